import type { Readable } from 'node:stream'

/** What the virus scanner says of one file; only `clean` means that the whole file was looked at and nothing was found. */
export type ScanVerdict = 'clean' | 'infected' | 'not-scanned'

export interface VirusScanner {
  /** @throws OutsideSystemDown when the scanner cannot be reached or does not answer within 30 s */
  scan(bytes: Readable): Promise<ScanVerdict>
}
