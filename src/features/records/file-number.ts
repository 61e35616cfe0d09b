/**
 * A file number (iktatószám): `PREFIX/főszám-alszám/year`, such as `UJH/12-1/2026`.
 *
 * The main number (főszám) names the case file within the settlement's register of that year, the subnumber (alszám) the
 * document within the file; 1 opened it.
 * Source: 335/2005. (XII. 29.) Korm. rendelet; pattern as municipalities use it
 */
export interface FileNumber {
  /** of the register, chosen by the settlement */
  prefix: string
  mainNumber: number
  subNumber: number
  year: number
}

/** What a register may be called: up to twelve letters and digits. */
const registerPrefix = /^[\p{L}\d]{1,12}$/u

export function formatFileNumber({ prefix, mainNumber, subNumber, year }: FileNumber): string {
  return `${prefix}/${mainNumber}-${subNumber}/${year}`
}

/**
 * Reads a file number as people type it: spaces anywhere, any dash. Without a subnumber the whole file is meant, and its
 * opening document is given. The prefix stays as typed; whoever compares it does so without regard to case.
 *
 * @returns undefined when it is not a file number
 */
export function parseFileNumber(typed: string): FileNumber | undefined {
  if (typed.length > 60) return undefined
  const compact = typed
    .normalize('NFC')
    .replace(/\s+/gu, '')
    .replace(/[‐‑‒–—−]/gu, '-')
  const parts = compact.split('/')
  const [prefix, numbers, year] = parts
  if (parts.length !== 3 || prefix === undefined || numbers === undefined || year === undefined) return undefined
  const match = /^([1-9]\d{0,8})(?:-([1-9]\d{0,5}))?$/u.exec(numbers)
  if (!registerPrefix.test(prefix) || !match || !/^(?:19|20|21)\d\d$/u.test(year)) return undefined
  return {
    prefix,
    mainNumber: Number(match[1]),
    subNumber: Number(match[2] ?? '1'),
    year: Number(year),
  }
}
