/** The longest name kept, in code points. */
const longestName = 120

/** Control signs (C0, C1), halves of surrogate pairs, and signs that are not seen. */
const unseen =
  /[\p{Cc}\p{Cs}\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B-\u200D\u2060-\u2064\u206A-\u206F\u3164\uFE00-\uFE0F\uFEFF\uFFA0\uFFF9-\uFFFB]/u
/** Signs that turn the direction of writing: `számla\u202Efdp.exe` reads as if it ended in pdf. */
const turning = /[\u200E\u200F\u202A-\u202E\u2066-\u2069]/u
/** Signs that mean something to some file system. */
const meaning = /[\\/:*?"<>|]/g

export type CleanName =
  | { ok: true; name: string; extension: string }
  | { ok: false; because: 'unreadable-name' | 'no-name' }

/**
 * The name of a file somebody sends, fit to be stored, shown and offered for download: composed letters (NFC), no folders,
 * at most 120 code points with the extension kept. It is data only; nothing is ever stored under it.
 */
export function cleanFileName(sent: string): CleanName {
  const composed = sent.normalize('NFC')
  if (unseen.test(composed) || turning.test(composed)) return { ok: false, because: 'unreadable-name' }
  const last = composed.split(/[\\/]/).at(-1) ?? ''
  const tidy = withoutEdges(last.replace(meaning, '_').replace(/\s+/g, ' '))
  const dot = tidy.lastIndexOf('.')
  if (dot < 1) return { ok: false, because: 'no-name' }
  const extension = tidy.slice(dot + 1).toLowerCase()
  const stem = [...tidy.slice(0, dot)]
    .slice(0, Math.max(1, longestName - 1 - [...extension].length))
    .join('')
    .trimEnd()
  if (stem === '' || extension === '' || [...extension].length > 10) return { ok: false, because: 'no-name' }
  return { ok: true, name: `${stem}.${extension}`, extension }
}

/** Blanks and dots at either end; looked for from the ends, since a name may be as long as its sender likes. */
function withoutEdges(text: string): string {
  let from = 0
  let to = text.length
  while (from < to && isEdge(text[from])) from += 1
  while (to > from && isEdge(text[to - 1])) to -= 1
  return text.slice(from, to)
}

function isEdge(sign: string | undefined): boolean {
  return sign === ' ' || sign === '.'
}

/** The name of a file that was not taken, to be told: it may hold anything, and what works unseen is not shown. */
export function visibleName(sent: string): string {
  return [...sent.replace(/\p{C}/gu, '·')].slice(0, longestName).join('')
}
