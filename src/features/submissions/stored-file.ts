import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import {
  type AttachmentStore,
  type AttachmentStores,
  NothingStored,
  type Within,
} from '../../adapters/attachment-store/contract.ts'
import { pieceBytes } from '../../platform/files/spooled-file.ts'
import { OutsideSystemDown } from '../../platform/http/errors.ts'
import type { AttachmentRow } from './queries.ts'
import { findObjectKey } from './stored-object-queries.ts'

export type StoredFile = Pick<AttachmentRow, 'id' | 'settlementId' | 'partyId' | 'sizeBytes' | 'sha256'>

/** What is stored is not what came in; nothing of such a file is taken for good. */
export class NotAsItCame extends Error {
  constructor(cause?: unknown) {
    super('an attachment is not stored as it came', { cause })
    this.name = 'NotAsItCame'
  }
}

/**
 * The bytes of an attachment, from where they lie. Each piece is read with the rights of that moment: a slow reader holds no
 * connection, and rights that are withdrawn meanwhile end the download. Its last bytes come only when all of them are, by number
 * and fingerprint, what came in; the stream fails with NotAsItCame else.
 *
 * @throws OutsideSystemDown when the store they lie in does not answer; NotAsItCame when nothing lies there
 */
export async function openStored(stores: AttachmentStores, within: Within, file: StoredFile): Promise<Readable> {
  const key = await within((tx) => findObjectKey(tx, file.id))
  if (key !== undefined) {
    const bytes = await begin(requireObjects(stores), key)
    return Readable.from(checked(whileAllowed(bytes, within), file), { objectMode: false })
  }
  const { settlementId, partyId } = file
  const bytes = await begin(stores.inDatabase({ within, settlementId, partyId }), file.id)
  return Readable.from(checked(bytes, file), { objectMode: false })
}

/** @throws OutsideSystemDown where the portal was started without the store that some files lie in */
export function requireObjects({ objects }: AttachmentStores): AttachmentStore {
  if (objects === undefined) throw new OutsideSystemDown('attachment store', new Error('no object store is configured'))
  return objects
}

/** Reads a file to its end for its own sake. @throws as `openStored` and its stream */
export async function requireSound(stores: AttachmentStores, within: Within, file: StoredFile): Promise<void> {
  for await (const _piece of await openStored(stores, within, file)) {
    // looked at while it is read
  }
}

async function begin(store: AttachmentStore, key: string): Promise<Readable> {
  try {
    return await store.get(key)
  } catch (failure) {
    throw failure instanceof NothingStored ? new NotAsItCame(failure) : failure
  }
}

async function* checked(bytes: AsyncIterable<Buffer>, { sizeBytes, sha256 }: StoredFile): AsyncGenerator<Buffer> {
  const hash = createHash('sha256')
  let size = 0
  let held: Buffer | undefined
  for await (const piece of bytes) {
    hash.update(piece)
    size += piece.length
    if (size > sizeBytes) throw new NotAsItCame()
    if (held !== undefined) yield held
    held = piece
  }
  if (size !== sizeBytes || hash.digest('hex') !== sha256) throw new NotAsItCame()
  if (held !== undefined) yield held
}

/** Asks for the rights anew with every piece as long as those in the database are. */
async function* whileAllowed(bytes: AsyncIterable<Buffer>, within: Within): AsyncGenerator<Buffer> {
  let unasked = 0
  for await (const piece of bytes) {
    unasked += piece.length
    if (unasked >= pieceBytes) {
      await within(async () => undefined)
      unasked = 0
    }
    yield piece
  }
}
