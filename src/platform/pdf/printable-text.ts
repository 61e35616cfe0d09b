import { readFileSync } from 'node:fs'
import { z } from 'zod'
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
    const [first, last] = coverage[middle] ?? [0, 0]
    if (point < first) high = middle - 1
    else if (point > last) low = middle + 1
    else return true
  }
  return false
}

function codePointOf(character: string): string {
  return `[U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`
}

function readCoverage(): [number, number][] {
  const file = new URL('src/platform/pdf/fonts/coverage.json', projectRoot)
  const ranges: unknown = JSON.parse(readFileSync(file, 'utf8'))
  return z.array(z.tuple([z.int(), z.int()])).parse(ranges)
}
