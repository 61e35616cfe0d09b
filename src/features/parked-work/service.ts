import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { recordAudit } from '../../platform/audit/index.ts'
import { type Db, inScope, type Scope, type Tx } from '../../platform/database.ts'
import type { Seal } from '../../platform/seal.ts'
import type { Parking, PostedWork } from '../session/index.ts'
import {
  deleteParked,
  findOfAccount,
  findOfLineage,
  findParked,
  insertParked,
  lockLineage,
  type ParkedRow,
  replaceParked,
} from './queries.ts'
import { readFilling, readWork, type Work, writeWork } from './work.ts'

/** Kept so long; the clean-up takes away what is older. */
export const parkedHours = 24

const limits = {
  /** of one lineage */
  items: 5,
  /** a form's own limit on what it may post, and as much again for how it is written down */
  letters: 524_288,
}

export interface ParkedItem<Kind extends Work = Work> {
  id: string
  lineageLabel: string
  parkedAt: Date
  work: Kind
}

export type ParkedWork = ReturnType<typeof parkedWorkService>

/** Putting work aside for its owner, and what becomes of it. Everything is done in the owner's own scope. */
export function parkedWorkService({ db, seal }: { db: Db; seal: Seal }) {
  return {
    /**
     * Puts a posted form aside; it is there when this returns. The same post again is the same item, and what a page sends by
     * itself takes the place of what it sent by itself before.
     */
    parkPosted(work: PostedWork): Promise<Parking> {
      return park(work.ticket.accountId, work.ticket.lineage, work, (before) => {
        if (before.kind === 'filling' || before.rendering !== work.rendering) return false
        return before.autosave || isDeepStrictEqual(plain(before), plain(work))
      })
    },

    /**
     * Puts aside what somebody filled in before signing in, for whom they then identified as.
     * @param written as the forms wrote it when it was taken along
     */
    parkFilling(accountId: string, lineageLabel: string, written: string): Promise<Parking> {
      const work = readFilling(written)
      return park(accountId, lineageLabel, work, (before) => isDeepStrictEqual(plain(before), plain(work)))
    },

    /** All that is kept for a person, the newest first. */
    list(accountId: string): Promise<ParkedItem[]> {
      return inScope(db, own(accountId), async (tx) =>
        (await findOfAccount(tx, accountId, parkedHours)).flatMap((row) => opened(row) ?? []),
      )
    },

    async count(accountId: string): Promise<number> {
      return (await inScope(db, own(accountId), (tx) => findOfAccount(tx, accountId, parkedHours))).length
    },

    async find(accountId: string, id: string): Promise<ParkedItem | undefined> {
      const row = await inScope(db, own(accountId), (tx) => findParked(tx, accountId, id, parkedHours))
      return row && opened(row)
    },

    /** Throws an item away, at its owner's wish. False: it was gone already. */
    discard(accountId: string, id: string): Promise<boolean> {
      return inScope(db, own(accountId), (tx) => remove(tx, accountId, id, 'work.discarded'))
    },

    /** Takes an item that is gone on with and holds nothing to be saved. False: it was gone already. */
    take(accountId: string, id: string): Promise<boolean> {
      return inScope(db, own(accountId), (tx) => remove(tx, accountId, id, 'work.applied'))
    },

    /** Takes an item in the transaction that makes use of it: both happen, or neither. False: it was gone already. */
    takeWithin(tx: Tx, accountId: string, id: string): Promise<boolean> {
      return remove(tx, accountId, id, 'work.applied')
    },
  }

  function park(accountId: string, lineageLabel: string, work: Work, replaces: (before: Work) => boolean) {
    const written = writeWork(work)
    if (written.length > limits.letters) return Promise.resolve<Parking>('too-large')
    return inScope(db, own(accountId), async (tx): Promise<Parking> => {
      await lockLineage(tx, lineageLabel)
      const present = await findOfLineage(tx, accountId, lineageLabel, parkedHours)
      const former = present.flatMap((row) => opened(row) ?? []).find((one) => replaces(one.work))
      if (former === undefined && present.length >= limits.items) return 'too-many'
      const id = former?.id ?? randomUUID()
      const contents = seal.close(written, purpose(accountId, id))
      if (former === undefined) await insertParked(tx, { id, accountId, lineageLabel, contents })
      else await replaceParked(tx, accountId, id, contents)
      await record(tx, accountId, id, 'work.parked')
      return 'parked'
    })
  }

  async function remove(tx: Tx, accountId: string, id: string, action: string): Promise<boolean> {
    if (!(await deleteParked(tx, accountId, id))) return false
    await record(tx, accountId, id, action)
    return true
  }

  async function record(tx: Tx, accountId: string, id: string, action: string): Promise<void> {
    await recordAudit(tx, { action, actor: { kind: 'citizen', id: accountId }, object: { kind: 'parked-work', id } })
  }

  /** undefined: its key is gone, or a later program wrote it; the others are there all the same */
  function opened({ id, accountId, lineageLabel, parkedAt, contents }: ParkedRow): ParkedItem | undefined {
    try {
      return { id, lineageLabel, parkedAt, work: readWork(seal.open(contents, purpose(accountId, id))) }
    } catch {
      return undefined
    }
  }
}

/** Whose it is and which: a row moved to another account, or another's contents in this row, cannot be opened. */
function purpose(accountId: string, id: string): string {
  return `parked-work:${accountId}:${id}`
}

function own(accountId: string): Scope {
  return { role: 'citizen', account: accountId }
}

/** As it comes back from being written down. */
function plain(work: Work): unknown {
  return JSON.parse(writeWork(work))
}
