import { createHash, randomUUID } from 'node:crypto'
import { type FileHandle, open, unlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import type { Bytes } from './bytes.ts'

/** Pieces in which files are kept in the database and read back. */
export const pieceBytes = 262_144

/**
 * A file on its way in. It lies in a nameless temporary file: its name is removed as soon as it is open, so the system takes
 * it back by itself when the process ends, however it ends. Memory holds one piece at a time.
 *
 * Only when all of it is here, measured and looked at, does it go into the database, in one short transaction: a slow or
 * broken upload holds no connection and leaves no row.
 */
export interface SpooledFile extends Bytes {
  /** hexadecimal */
  sha256: string
  pieces(): AsyncGenerator<Buffer>
  /** Must be called once, whatever happened. */
  discard(): Promise<void>
}

/** @returns 'too-large' when more than `maxBytes` came; what is too much is read and thrown away, so that the sender can go on */
export async function spool(source: Readable, { maxBytes }: { maxBytes: number }): Promise<SpooledFile | 'too-large'> {
  const handle = await openNameless()
  const hash = createHash('sha256')
  let sizeBytes = 0
  try {
    for await (const chunk of source) {
      if (!Buffer.isBuffer(chunk)) throw new TypeError('a file comes in bytes')
      if (sizeBytes + chunk.length <= maxBytes) {
        hash.update(chunk)
        await writeAll(handle, chunk, sizeBytes)
      }
      sizeBytes += chunk.length
    }
  } catch (failure) {
    await handle.close()
    throw failure
  }
  if (sizeBytes > maxBytes) {
    await handle.close()
    return 'too-large'
  }
  const read = (position: number, length: number) => readAll(handle, position, Math.min(length, sizeBytes - position))
  return {
    sizeBytes,
    sha256: hash.digest('hex'),
    read,
    async *pieces() {
      for (let position = 0; position < sizeBytes; position += pieceBytes) yield read(position, pieceBytes)
    },
    discard: () => handle.close(),
  }
}

async function openNameless(): Promise<FileHandle> {
  const path = join(tmpdir(), `portal-upload-${randomUUID()}`)
  const handle = await open(path, 'wx+', 0o600)
  await unlink(path)
  return handle
}

async function writeAll(handle: FileHandle, chunk: Buffer, position: number): Promise<void> {
  for (let written = 0; written < chunk.length; ) {
    const { bytesWritten } = await handle.write(chunk, written, chunk.length - written, position + written)
    written += bytesWritten
  }
}

async function readAll(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(Math.max(0, length))
  let filled = 0
  while (filled < bytes.length) {
    const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, position + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return bytes.subarray(0, filled)
}
