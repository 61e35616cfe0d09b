/**
 * A scanner that is relied on only after it has shown, within the last hour, that it does what is relied on: that it reports what
 * every scanner must report (EICAR), looks at a file of our largest size to its end, and says so when it did not look at something in
 * full. clamd by itself calls clean what exceeds its limits, unless it is told `AlertExceedsMax yes`.
 */
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { OutsideSystemDown } from '../../platform/http/errors.ts'
import type { ScanVerdict, VirusScanner } from './contract.ts'

export interface ProbedScanner extends VirusScanner {
  /** @throws OutsideSystemDown when the scanner is away, or does not do what is relied on; then nothing is scanned */
  prove(): Promise<void>
}

/** In pieces, so that no scanner takes this program for the file itself. */
const eicar = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$', 'EICAR', '-STANDARD-ANTIVIRUS-', 'TEST-FILE', '!$H+H*'].join('')
/** More than a scanner can be told to unpack. */
const deepest = 120
const hourMs = 3_600_000

/**
 * @param largestBytes the largest file that is ever to be scanned
 * @param onUnfit told which of the probes failed
 */
export function probedScanner(
  scanner: VirusScanner,
  {
    largestBytes,
    onUnfit,
    now = () => performance.now(),
  }: { largestBytes: number; onUnfit: (probe: string) => void; now?: () => number },
): ProbedScanner {
  let provenAt: number | undefined
  let proving: Promise<void> | undefined
  const probes: [string, () => Readable, ScanVerdict][] = [
    ['does not report the EICAR test file', () => Readable.from([Buffer.from(eicar, 'latin1')]), 'infected'],
    ['calls clean what it does not look at in full', () => Readable.from([nested()]), 'not-scanned'],
    ['does not look at the largest files in full', () => Readable.from(zeros(largestBytes)), 'clean'],
  ]

  return {
    prove,
    async scan(bytes) {
      try {
        if (provenAt === undefined || now() - provenAt >= hourMs) await prove()
      } catch (failure) {
        bytes.destroy()
        throw failure
      }
      return scanner.scan(bytes)
    },
  }

  function prove(): Promise<void> {
    proving ??= probe().finally(() => {
      proving = undefined
    })
    return proving
  }

  async function probe(): Promise<void> {
    provenAt = undefined
    for (const [fault, bytes, verdict] of probes) {
      if ((await scanner.scan(bytes())) === verdict) continue
      onUnfit(fault)
      throw new OutsideSystemDown('virus scanner', new Error(fault))
    }
    provenAt = now()
  }
}

function nested(): Buffer {
  let bytes = Buffer.from('x')
  for (let depth = 0; depth < deepest; depth += 1) bytes = gzipSync(bytes)
  return bytes
}

function* zeros(count: number): Generator<Buffer> {
  const piece = Buffer.alloc(65_536)
  for (let left = count; left > 0; left -= piece.length) yield piece.subarray(0, Math.min(left, piece.length))
}
