import type { Readable } from 'node:stream'
import type { Tx } from '../../platform/database.ts'

/** The bytes of a file that is here in full, measured and looked at. */
export interface StoredContent {
  sizeBytes: number
  /** hexadecimal */
  sha256: string
  pieces(): AsyncIterable<Buffer>
}

/**
 * Where the bytes of attachments lie (csatolmánytár), each file under a key of its own. Keys are made by the portal and hold nothing
 * that anybody typed. Whether the bytes that come back are as many and the same as went in is for the caller to check.
 */
export interface AttachmentStore {
  /**
   * Stores the bytes under a key under which nothing lies; all of them are there when this returns.
   *
   * @throws OutsideSystemDown when the store does not take them, or not in time; what the bytes' own source throws
   */
  put(key: string, content: StoredContent): Promise<void>
  /**
   * @returns the bytes as they come; the stream fails with OutsideSystemDown when the store ends before they do
   * @throws NothingStored; OutsideSystemDown when the store does not answer
   */
  get(key: string): Promise<Readable>
  /** Whether something lay there or not. @throws OutsideSystemDown */
  delete(key: string): Promise<void>
}

/** Runs work in a transaction with the rights of whoever reads or writes, as they are at that moment. */
export type Within = <T>(work: (tx: Tx) => Promise<T>) => Promise<T>

/** Whose bytes they are, and in which transactions a store inside the database may work. */
export interface StorePlace {
  within: Within
  settlementId: number
  partyId: string
}

export interface AttachmentStores {
  /** beside the rows, in the transactions it is given: what a transaction puts there stands if and only if the transaction does */
  inDatabase: (place: StorePlace) => AttachmentStore
  /** outside the database; where there is one, new files go there */
  objects: AttachmentStore | undefined
}

/** Nothing lies under a key. */
export class NothingStored extends Error {
  constructor() {
    super('nothing is stored under this key')
    this.name = 'NothingStored'
  }
}
