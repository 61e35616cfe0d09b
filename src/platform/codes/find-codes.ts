import { Worker } from 'node:worker_threads'
import { projectRoot } from '../project-root.ts'

const thread = new URL('src/platform/codes/find-codes-thread.js', projectRoot)

/** `unreadable`: the file cannot be opened as what it is, or looking for codes in it takes more time or memory than a scan does */
export type FoundCodes = { outcome: 'read'; texts: string[] } | { outcome: 'unreadable' }

let before: Promise<unknown> = Promise.resolve()

/**
 * The texts of all 2D codes (QR) in a scan, in no particular order. Files are looked at one after another, each in a thread that
 * ends with it, so that other requests are answered meanwhile.
 *
 * @param file.kind `picture`: PNG or JPEG. The caller has looked at its structure and size.
 */
export function findCodes(
  file: { bytes: Uint8Array; kind: 'pdf' | 'picture' },
  { withinMilliseconds = 30_000 }: { withinMilliseconds?: number } = {},
): Promise<FoundCodes> {
  const turn = before.then(() => lookInThread(file, withinMilliseconds))
  before = turn
  return turn
}

function lookInThread(
  workerData: { bytes: Uint8Array; kind: string },
  withinMilliseconds: number,
): Promise<FoundCodes> {
  return new Promise((resolve) => {
    const worker = new Worker(thread, {
      workerData,
      // What the process was started with (a debugger, a loader of TypeScript) is nothing for a file like this.
      execArgv: [],
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 64 },
      stdout: true,
      stderr: true,
    })
    const timer = setTimeout(() => end({ outcome: 'unreadable' }), withinMilliseconds)
    const end = (found: FoundCodes) => {
      clearTimeout(timer)
      resolve(found)
      void worker.terminate()
    }
    worker.once('message', (texts: string[]) => end({ outcome: 'read', texts }))
    worker.once('error', () => end({ outcome: 'unreadable' }))
    worker.once('exit', () => end({ outcome: 'unreadable' }))
  })
}
