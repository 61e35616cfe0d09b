import { readFileSync } from 'node:fs'
import { projectRoot } from '../project-root.ts'

/** Ranges of code points which every font of printed documents has; both ends included, ascending. */
const coverage = readCoverage()

/**
 * Text as it can be printed: one line an entry, composed letters (NFC), and whatever the fonts do not have (control and
 * direction signs, emoji, scripts of other continents) written out as its code point, so that nothing typed disappears
 * or works unseen: `[U+202E]`.
 */
export function printableLines(text: string): string[] {
  return text
    .normalize('NFC')
    .split(/\r\n|[\n\r\u0085\u2028\u2029]/)
    .map(printableLine)
}

function printableLine(line: string): string {
  let printable = ''
  for (const character of line) {
    if (character === '\t') printable += '    '
    else if (isCovered(character.codePointAt(0) ?? 0)) printable += character
    else printable += codePointOf(character)
  }
  return printable
}

function isCovered(point: number): boolean {
  let low = 0
  let high = coverage.length - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const pair: unknown[] = range
    const [first, last] = pair
    if (typeof first !== 'number' || typeof last !== 'number') {
      throw new Error('a range of the printed fonts is not a pair')
    }
    return [first, last]
  })
}
