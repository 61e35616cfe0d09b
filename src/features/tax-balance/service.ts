import { type AuditRecord, recordAudit } from '../../platform/audit/index.ts'
import { budapestDay, databaseNow } from '../../platform/clock.ts'
import { type Db, inScope, type Tx } from '../../platform/database.ts'
import { NotFound } from '../../platform/http/errors.ts'
import type { Tries } from '../../platform/http/request-limits.ts'
import {
  type Asker,
  actFor,
  auditedAs,
  letSeeTaxOf,
  type OwnParty,
  type Party,
  type RepresentedParty,
  readableTaxTypes,
} from '../representation/index.ts'
import { type Office, type Settlement, settlementProfile } from '../settlements/index.ts'
import type { Booking } from './ledger.ts'
import {
  type BookingOfAccount,
  findBookings,
  findOwnTaxpayers,
  findOwnTaxpayersEverywhere,
  findReadableTaxpayers,
  findTaxAccounts,
  findTaxSources,
  letSeeTaxpayers,
  type TaxAccountRow,
  type TaxpayerRow,
} from './queries.ts'
import type { RememberedNumber, RememberedNumbers } from './remembered.ts'
import { dueBy } from './statement.ts'

/** Who looks, for whom, where: the three facts of every address below `/{settlement}/{party}`. */
export interface Looking {
  asker: Asker
  party: Party
  settlement: Settlement
  requestId: string
  /** it is taken along as a file */
  isDownload?: boolean
}

/** What the pages of a balance show of an account, its bookings in the order of the books. */
export interface AccountBooks extends TaxAccountRow {
  bookings: Booking[]
}

/** A taxpayer's books (adószámla) in one settlement, as far as the asker may read them. */
export interface Books {
  taxpayer: TaxpayerRow
  accounts: AccountBooks[]
  /** some of the taxpayer's taxes may not be read: the right names others */
  narrowed: boolean
  /** the tax system did not answer: this is the last good copy */
  isCopy: boolean
  /** the number under which the person asked; undefined for somebody else's balance */
  remembered: Pick<RememberedNumber, 'id' | 'masked'> | undefined
  /** there are others to choose from */
  hasOthers: boolean
  office: Office | undefined
  /** database time */
  now: Date
  /** calendar day in Budapest */
  today: string
}

export type Look =
  /** the settlement offers no tax balance */
  | { outcome: 'no-service' }
  /** one's own: a number is to be typed; `nothingUnder`: masked numbers known already, with nothing to show here */
  | { outcome: 'ask'; nothingUnder: string[]; isDown: boolean }
  /** a right to read the party's balance is missing */
  | { outcome: 'right-missing'; taxNumber: string | null }
  /** the right is there, the register has no account (or none under a number known here) */
  | { outcome: 'nothing'; isDown: boolean }
  | { outcome: 'choose'; taxpayers: TaxpayerRow[] }
  | { outcome: 'books'; books: Books }

/** One of one's own taxpayers in a settlement, summed over its taxes; forint. */
export interface OwnBalance {
  taxpayer: Pick<TaxpayerRow, 'id' | 'kind' | 'name' | 'asOf'>
  dueNowHuf: number
  notYetDueHuf: number
  /** of each tax by itself: never netted with what is owed of another */
  overpaymentHuf: number
}

/** What a person has in one settlement; each settlement fails on its own. */
export interface SettlementBalance {
  settlementId: number
  offered: boolean
  /** the tax system did not answer: what is shown is the last good copy */
  isDown: boolean
  balances: OwnBalance[]
}

export interface OwnBalances {
  /** as shown; without any there is nothing to look for */
  remembered: Pick<RememberedNumber, 'id' | 'masked'>[]
  settlements: SettlementBalance[]
  today: string
}

/** So many numbers with nothing to show may be tried. */
export const wrongTaxNumbers = { name: 'wrong-tax-number', max: 5, minutes: 60 } as const

/** How asking with a typed number ends; nothing tells whether somebody else has it. */
export type Asked = 'found' | 'none' | 'down' | 'no-service'

/**
 * Lets our copy of the books under a number be as new as the tax system's, where there is one to ask. Never waits longer than its
 * time, and never fails.
 *
 * @returns whether the tax system answered; files are always as new as they can be
 */
export type Refresh = (asked: {
  settlement: Settlement
  taxNumber: string
  /** for whose eyes it is: the asker's own books only, or those of somebody the right to read was found for */
  reader: { marks: readonly string[] } | 'representative'
}) => Promise<'fresh' | 'down'>

export interface TaxBalanceParts {
  db: Db
  remembered: RememberedNumbers
  refresh: Refresh
  /** wrong numbers of a person */
  wrongNumbers: Tries
}

export type TaxBalances = ReturnType<typeof taxBalanceService>

/** Balances of tax accounts (adóegyenleg): one's own, and of those whose balance one may read. */
export function taxBalanceService({ db, remembered, refresh, wrongNumbers }: TaxBalanceParts) {
  return {
    /**
     * What the page of a party shows in a settlement. The look is written into the audit trail with whose books were shown.
     *
     * @param wish.taxpayerId one of several accounts of the same number
     * @param wish.typeAgain the person wants to ask with another number
     * @throws NotFound for a taxpayer that is none of the asker's; RightEnded when the right to act has ended
     */
    async look(looking: Looking, wish: { taxpayerId?: string | undefined; typeAgain?: boolean } = {}): Promise<Look> {
      return looking.party.kind === 'self'
        ? lookAtOwn(looking, looking.party, wish)
        : lookAtOthers(looking, looking.party, wish.taxpayerId)
    },

    /**
     * Asks with a number that is right in form. It is remembered when there is something to show for it. An unknown number and
     * somebody else's take the same steps and say the same.
     *
     * @throws TooMany after five numbers in an hour with nothing to show
     */
    async ask({ asker, party, settlement }: Looking, taxNumber: string): Promise<Asked> {
      if (party.kind !== 'self') throw new NotFound('page')
      await wrongNumbers.take(asker.accountId)
      if (!(await offersBalance(settlement.id))) {
        await wrongNumbers.giveBack(asker.accountId)
        return 'no-service'
      }
      const answered = await refresh({ settlement, taxNumber, reader: { marks: party.marks } })
      const scope = { role: 'citizen' as const, account: asker.accountId, person: party.marks }
      const found = await inScope(db, scope, async (tx) => {
        const own = await findOwnTaxpayers(tx, [taxKey(settlement.id, taxNumber)])
        if (own.length === 0) return false
        await remembered.keep(tx, asker.accountId, taxNumber)
        return true
      })
      // A number that could not be looked up is not a wrong one.
      if (found || answered === 'down') await wrongNumbers.giveBack(asker.accountId)
      if (found) return 'found'
      return answered === 'down' ? 'down' : 'none'
    },

    /**
     * One's own balances under the numbers that are remembered: in these settlements, and in whichever else there is an account.
     * Reads what is open on each account, no bookings.
     *
     * @param isFresh whether tax systems are asked first, all at once
     */
    async own(
      { asker, requestId }: Pick<Looking, 'asker' | 'requestId'>,
      {
        marks,
        settlements,
        isFresh,
      }: { marks: readonly string[]; settlements: readonly Settlement[]; isFresh: boolean },
    ): Promise<OwnBalances> {
      const scope = { role: 'citizen' as const, account: asker.accountId, person: marks }
      const { offered, numbers } = await inScope(db, scope, async (tx) => {
        const [sources, numbers] = await Promise.all([
          findTaxSources(
            tx,
            settlements.map(({ id }) => id),
          ),
          remembered.list(tx, asker.accountId),
        ])
        return { offered: new Set(sources.map(({ settlementId }) => settlementId)), numbers }
      })
      const asked = isFresh ? settlements.filter(({ id }) => offered.has(id)) : []
      const answers = await Promise.all(
        asked.flatMap((settlement) =>
          numbers.map(async ({ number }) => ({
            settlementId: settlement.id,
            answered: await refresh({ settlement, taxNumber: number, reader: { marks } }),
          })),
        ),
      )
      const down = new Set(
        answers.filter(({ answered }) => answered === 'down').map(({ settlementId }) => settlementId),
      )
      return inScope(db, scope, async (tx) => {
        const today = budapestDay(await databaseNow(tx))
        const own = await ownUnder(tx, numbers)
        const accounts = await accountsOf(tx, own)
        for (const { id, settlementId } of own) await recordLook(tx, { asker, requestId }, { id, settlementId })
        const ids = [...new Set([...settlements.map(({ id }) => id), ...own.map(({ settlementId }) => settlementId)])]
        return {
          remembered: numbers,
          today,
          settlements: ids.map((settlementId) => ({
            settlementId,
            offered: offered.has(settlementId) || own.some((taxpayer) => taxpayer.settlementId === settlementId),
            isDown: down.has(settlementId),
            balances: own
              .filter((taxpayer) => taxpayer.settlementId === settlementId)
              .map((taxpayer) => ownBalance(taxpayer, accounts, today)),
          })),
        }
      })
    },

    /**
     * What is due now from the person, in all settlements together; undefined for who has not asked for a balance yet.
     *
     * @returns forint
     */
    dueNow(
      { asker, requestId }: Pick<Looking, 'asker' | 'requestId'>,
      marks: readonly string[],
    ): Promise<number | undefined> {
      return inScope(db, { role: 'citizen', account: asker.accountId, person: marks }, async (tx) => {
        const numbers = await remembered.list(tx, asker.accountId)
        if (numbers.length === 0) return undefined
        const own = await ownUnder(tx, numbers)
        const accounts = await accountsOf(tx, own)
        for (const taxpayer of own) await recordLook(tx, { asker, requestId }, taxpayer)
        return dueBy(
          budapestDay(await databaseNow(tx)),
          accounts.flatMap(({ openItems }) => openItems),
        )
      })
    },

    /** @throws NotFound when there is no such number any more */
    async forget({ accountId }: Pick<Asker, 'accountId'>, id: string): Promise<void> {
      const gone = await inScope(db, { role: 'citizen', account: accountId }, (tx) =>
        remembered.drop(tx, accountId, id),
      )
      if (!gone) throw new NotFound('tax number')
    },

    /** Which of these settlements offer a tax balance. */
    offering(settlementIds: readonly number[]): Promise<Set<number>> {
      return inScope(db, { role: 'citizen' }, async (tx) => {
        const sources = settlementIds.length === 0 ? [] : await findTaxSources(tx, settlementIds)
        return new Set(sources.map(({ settlementId }) => settlementId))
      })
    },
  }

  async function offersBalance(settlementId: number): Promise<boolean> {
    return inScope(db, { role: 'citizen' }, async (tx) => (await findTaxSources(tx, [settlementId])).length > 0)
  }

  async function lookAtOwn(
    looking: Looking,
    party: OwnParty,
    { taxpayerId, typeAgain = false }: { taxpayerId?: string | undefined; typeAgain?: boolean },
  ): Promise<Look> {
    const { asker, settlement } = looking
    const scope = { role: 'citizen' as const, account: asker.accountId, person: party.marks }
    const known = await inScope(db, scope, async (tx) => {
      const [sources, numbers] = await Promise.all([
        findTaxSources(tx, [settlement.id]),
        remembered.list(tx, asker.accountId),
      ])
      return { offered: sources.length > 0, numbers }
    })
    if (!known.offered) return { outcome: 'no-service' }
    if (typeAgain || known.numbers.length === 0) return { outcome: 'ask', nothingUnder: [], isDown: false }
    const answers = await Promise.all(
      known.numbers.map(async ({ number }) => ({
        number,
        answered: await refresh({ settlement, taxNumber: number, reader: { marks: party.marks } }),
      })),
    )
    const downFor = answers.filter(({ answered }) => answered === 'down').map(({ number }) => number)
    return inScope(db, scope, async (tx) => {
      const own = await findOwnTaxpayers(
        tx,
        known.numbers.map(({ number }) => taxKey(settlement.id, number)),
      )
      if (own.length === 0) {
        if (taxpayerId !== undefined) throw new NotFound('tax account')
        return { outcome: 'ask', nothingUnder: known.numbers.map(({ masked }) => masked), isDown: downFor.length > 0 }
      }
      const taxpayer = chosen(own, taxpayerId)
      if (taxpayer === undefined) return { outcome: 'choose', taxpayers: own }
      const number = known.numbers.find((one) => one.number === taxpayer.taxNumber)
      const books = await readBooks(tx, looking, { taxpayer, party, readable: 'all' })
      const isCopy = number !== undefined && downFor.includes(number.number)
      return { outcome: 'books', books: { ...books, isCopy, hasOthers: own.length > 1, remembered: number } }
    })
  }

  async function lookAtOthers(
    looking: Looking,
    party: RepresentedParty,
    taxpayerId: string | undefined,
  ): Promise<Look> {
    const { asker, settlement } = looking
    if (!(await offersBalance(settlement.id))) return { outcome: 'no-service' }
    const { taxNumber } = party
    // Whoever may not read must not make the tax system speak of the party either.
    const answered =
      taxNumber !== null && readableTaxTypes(party) !== undefined
        ? await refresh({ settlement, taxNumber, reader: 'representative' })
        : 'fresh'
    return actFor(db, { accountId: asker.accountId, party, hold: false }, async (tx, now) => {
      // The right as it is now, not as it was before the tax system was asked.
      const readable = readableTaxTypes(now)
      if (readable === undefined) return { outcome: 'right-missing', taxNumber }
      if (taxNumber === null) return { outcome: 'nothing', isDown: false }
      await letSeeTaxOf(tx, [now])
      const found = await findReadableTaxpayers(tx, [taxKey(settlement.id, taxNumber)])
      if (found.length === 0) {
        if (taxpayerId !== undefined) throw new NotFound('tax account')
        return { outcome: 'nothing', isDown: answered === 'down' }
      }
      const taxpayer = chosen(found, taxpayerId)
      if (taxpayer === undefined) return { outcome: 'choose', taxpayers: found }
      const books = await readBooks(tx, looking, { taxpayer, party: now, readable })
      const isCopy = answered === 'down'
      return { outcome: 'books', books: { ...books, isCopy, hasOthers: found.length > 1, remembered: undefined } }
    })
  }
}

/** @throws NotFound for one that is not among them; undefined when there are several and none was chosen */
function chosen(taxpayers: readonly TaxpayerRow[], id: string | undefined): TaxpayerRow | undefined {
  if (id === undefined) return taxpayers.length === 1 ? taxpayers[0] : undefined
  const one = taxpayers.find((taxpayer) => taxpayer.id === id)
  if (one === undefined) throw new NotFound('tax account')
  return one
}

/** All at once: what belongs to the taxpayer follows from its id alone. */
async function readBooks(
  tx: Tx,
  { asker, settlement, requestId, isDownload = false }: Looking,
  { taxpayer, party, readable }: { taxpayer: TaxpayerRow; party: Party; readable: 'all' | readonly string[] },
): Promise<Omit<Books, 'isCopy' | 'hasOthers' | 'remembered'>> {
  const [, rows, bookings, profile, now] = await Promise.all([
    letSeeTaxpayers(tx, [taxpayer.id]),
    findTaxAccounts(tx, [taxpayer.id]),
    findBookings(tx, taxpayer.id),
    settlementProfile(tx, settlement.id),
    databaseNow(tx),
    recordLook(tx, { asker, requestId, isDownload }, taxpayer, party),
  ])
  const accounts = readable === 'all' ? rows : rows.filter(({ taxType }) => readable.includes(taxType))
  return {
    taxpayer,
    accounts: withBookings(accounts, bookings),
    narrowed: accounts.length < rows.length,
    office: profile.joined ? profile.office : undefined,
    now,
    today: budapestDay(now),
  }
}

/** Every look at somebody's books is in the audit trail. */
function recordLook(
  tx: Tx,
  { asker, requestId, isDownload = false }: Pick<Looking, 'asker' | 'requestId' | 'isDownload'>,
  { id, settlementId }: Pick<TaxpayerRow, 'id' | 'settlementId'>,
  party?: Party,
): Promise<void> {
  return recordAudit(tx, {
    action: isDownload ? 'tax-balance.downloaded' : 'tax-balance.viewed',
    actor: { kind: 'citizen', id: asker.accountId },
    settlementId,
    object: { kind: 'taxpayer', id },
    requestId,
    ...readerOf(asker, party),
  })
}

/** In which role somebody reads: for oneself, or by the strongest right to read that one has. */
function readerOf(
  { accountId }: Pick<Asker, 'accountId'>,
  party: Party | undefined,
): Pick<AuditRecord, 'partyId' | 'role' | 'purpose' | 'mandateId'> {
  if (party === undefined || party.kind === 'self') return { partyId: accountId, role: 'self', purpose: 'own-matter' }
  const mandate = party.mandates.find(({ rights }) => rights.includes('read-tax'))
  const { actor: _actor, ...as } = auditedAs(accountId, party, mandate)
  return as
}

/** One's own taxpayers in all settlements under these numbers. */
async function ownUnder(tx: Tx, numbers: readonly RememberedNumber[]): Promise<TaxpayerRow[]> {
  if (numbers.length === 0) return []
  const everywhere = await findOwnTaxpayersEverywhere(tx)
  return everywhere.filter(({ taxNumber }) => numbers.some(({ number }) => number === taxNumber))
}

async function accountsOf(tx: Tx, taxpayers: readonly TaxpayerRow[]): Promise<TaxAccountRow[]> {
  if (taxpayers.length === 0) return []
  const ids = taxpayers.map(({ id }) => id)
  const [, accounts] = await Promise.all([letSeeTaxpayers(tx, ids), findTaxAccounts(tx, ids)])
  return accounts
}

function ownBalance(
  { id, kind, name, asOf }: TaxpayerRow,
  accounts: readonly TaxAccountRow[],
  today: string,
): OwnBalance {
  const own = accounts.filter(({ taxpayerId }) => taxpayerId === id)
  const open = own.flatMap(({ openItems }) => openItems)
  const dueNowHuf = dueBy(today, open)
  return {
    taxpayer: { id, kind, name, asOf },
    dueNowHuf,
    notYetDueHuf: open.reduce((sum, { amountHuf }) => sum + amountHuf, 0) - dueNowHuf,
    overpaymentHuf: own.reduce((sum, { balanceHuf }) => sum + Math.max(0, -balanceHuf), 0),
  }
}

function withBookings(accounts: readonly TaxAccountRow[], bookings: readonly BookingOfAccount[]): AccountBooks[] {
  return accounts.map((account) => ({
    ...account,
    bookings: bookings.filter(({ accountId }) => accountId === account.id),
  }))
}

/** „6293:8446619903” */
export function taxKey(settlementId: number, taxNumber: string): string {
  return `${String(settlementId)}:${taxNumber}`
}
