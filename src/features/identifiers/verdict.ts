/** What a check says of a typed identifier: its canonical form, or why it can't be one. */
export type Verdict<Reason extends string> = { ok: true; value: string } | { ok: false; reason: Reason }

/** No identifier is longer, however it is grouped; nothing longer reaches a pattern. */
const longestTyped = 64

/**
 * Drops what people put between digits: spaces of every width, hyphens and dashes.
 *
 * @returns undefined when the typed text is too long to be any identifier
 */
export function withoutSeparators(typed: string): string | undefined {
  if (typed.length > longestTyped) return undefined
  return typed.replace(/[\s\u2010-\u2013\u2212-]/gu, '')
}
