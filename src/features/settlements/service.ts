import type { SpecialistSystem } from '../../adapters/specialist-systems/contract.ts'
import { specialistSystems } from '../../adapters/specialist-systems/contract.ts'
import { type Db, inOneFlush, inScope, type Tx } from '../../platform/database.ts'
import { OutsideSystemDown } from '../../platform/http/errors.ts'
import { findJoined, findProfile, findSystems, type Office } from './queries.ts'
import type { SettlementDirectory } from './settlement-directory.ts'

/** What a settlement offers here; a settlement that has not joined the portal offers nothing. */
export type SettlementProfile = { joined: false } | JoinedSettlement

export interface JoinedSettlement {
  joined: true
  joinedOn: string
  /** before the file numbers of its register (iktatókönyv) */
  registerPrefix: string
  /** the office that serves it today */
  office: Office
  /** the specialist systems (szakrendszerek) it has introduced, in their usual order */
  systems: SpecialistSystem[]
}

/** The settlement's profile as of today, within a transaction of any role; sent before this returns. */
export async function settlementProfile(tx: Tx, settlementId: number): Promise<SettlementProfile> {
  const [profile, introduced] = await Promise.all([findProfile(tx, settlementId), findSystems(tx, settlementId)])
  if (!profile) return { joined: false }
  const systems = specialistSystems.filter((system) => introduced.some((row) => row.system === system))
  return { joined: true, ...profile, systems }
}

export type SettlementService = ReturnType<typeof settlementService>

export function settlementService({ db, directory }: { db: Db; directory: SettlementDirectory }) {
  return {
    directory,

    /** @throws OutsideSystemDown when the database cannot be reached */
    profile(settlementId: number): Promise<SettlementProfile> {
      return inOneFlush(db, { role: 'citizen' }, (tx) => settlementProfile(tx, settlementId))
    },

    /**
     * Which of these settlements have joined; undefined when the database cannot be reached, since finding a settlement
     * does not need it and goes on.
     */
    async joinedAmong(settlementIds: readonly number[]): Promise<ReadonlySet<number> | undefined> {
      if (settlementIds.length === 0) return new Set()
      try {
        return new Set(await inScope(db, { role: 'citizen' }, (tx) => findJoined(tx, settlementIds)))
      } catch (error) {
        if (error instanceof OutsideSystemDown) return undefined
        throw error
      }
    },
  }
}
