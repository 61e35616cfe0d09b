/** What reading balances costs: how many pages of the database are touched, however many bookings there are. */
import { Readable } from 'node:stream'
import pg from 'pg'
import { personMarks } from '../../src/features/representation/index.ts'
import { settlementDirectory } from '../../src/features/settlements/index.ts'
import { clientDuesService } from '../../src/features/tax-balance/client-dues.ts'
import { importTaxFile, type TaxFile, type TaxImportProgress } from '../../src/features/tax-balance/index.ts'
import { taxBalanceService } from '../../src/features/tax-balance/service.ts'
import { openDatabase } from '../../src/platform/database.ts'
import { anna, ferenc } from '../cast/people.ts'

const settlementCode = '06293'
const bookingsOfTaxpayer = 30

export interface Size {
  bookings: number
  clients: number
}

/**
 * A register with so many bookings, made while it is read: Anna with two accounts, companies with two accounts each, and a
 * book-keeper with so many of them as clients, all over the register.
 */
function registerOf({ bookings, clients }: Size, now: Date): TaxFile {
  const taxpayers = Math.max(clients + 1, Math.ceil(bookings / bookingsOfTaxpayer))
  return {
    format: 'jsonl',
    isPacked: false,
    sizeBytes: taxpayers * 6_200,
    read: () => Readable.from(linesOf(taxpayers, clients, now)),
  }
}

function* linesOf(taxpayers: number, clients: number, now: Date): Generator<Buffer> {
  const line = (value: unknown): string => `${JSON.stringify(value)}\n`
  let text = line({ format: 'tax-books/1', settlement: settlementCode, asOf: now.toISOString() })
  for (let place = 0; place < taxpayers; place += 1) {
    // Anna in the middle: she is not to lie on the first page
    const isAnna = place === Math.floor(taxpayers / 2)
    text += line({ taxpayer: isAnna ? own(place) : company(place) })
    if (text.length < 65_536) continue
    yield Buffer.from(text)
    text = ''
  }
  const step = Math.floor(taxpayers / clients)
  for (let index = 0; index < clients; index += 1) text += line({ mandate: mandate(index, index * step) })
  yield Buffer.from(`${text}${line({ end: { taxpayers, mandates: clients } })}`)
}

function own(place: number) {
  const { familyName: _family, givenName: _given, ...birthData } = anna.identity
  return { ...taxpayer(place), kind: 'person', name: anna.name, taxNumber: anna.taxId, birthData }
}

function company(place: number) {
  return {
    ...taxpayer(place),
    kind: 'company',
    name: `Kitalált ${place} Kft.`,
    taxNumber: taxNumber(place),
    birthData: null,
  }
}

function taxpayer(place: number) {
  return {
    registerKey: `N-${place}`,
    address: '2367 Újhartyán, Példasor 1.',
    accounts: ['02440000', '03540000'].map((suffix, index) => ({
      taxType: index === 0 ? 'building-tax' : 'business-tax',
      bankAccount: `99900016-99900023-${suffix}`,
      payee: 'Újhartyán Község Önkormányzata (kitalált)',
      bic: null,
      interestBookedUntil: null,
      bookings: Array.from({ length: bookingsOfTaxpayer / 2 }, (_, number) => {
        const isPaid = number % 2 === 1
        const day = `${2018 + Math.floor(number / 2)}-09-1${isPaid ? 4 : 0}`
        return {
          bookedOn: day,
          dueOn: isPaid ? null : day,
          valueOn: isPaid ? day : null,
          title: isPaid ? 'payment' : 'assessment',
          document: `D-${place}/${number}`,
          taxYear: 2018 + Math.floor(number / 2),
          amountHuf: isPaid ? -10_000 : 10_000,
        }
      }),
    })),
  }
}

function mandate(index: number, place: number) {
  const { familyName: _family, givenName: _given, ...birthData } = ferenc.identity
  return {
    key: `M-${index}`,
    party: { kind: 'company', name: `Kitalált ${place} Kft.`, taxNumber: taxNumber(place) },
    representative: { name: ferenc.name, ...birthData },
    kind: 'permanent',
    rights: ['read-tax'],
    taxTypes: [],
    validFrom: '2020-01-01',
    validUntil: null,
  }
}

/** Right in form, and nobody's: there are not so many companies as this counts. */
function taxNumber(place: number): string {
  const serial = String(3_000_000 + place)
  const sum = [...serial].reduce((total, digit, at) => total + Number(digit) * ([9, 7, 3, 1][at % 4] ?? 0), 0)
  return `${serial}${(10 - (sum % 10)) % 10}213`
}

/** Takes such a register over, and leaves the tables as they are some time later. */
export async function seedRegister(
  ownerUrl: string,
  { personKey, onProgress, ...size }: Size & { personKey: Buffer; onProgress?: (at: TaxImportProgress) => void },
): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl })
  await client.connect()
  try {
    await client.query(
      `insert into tax_sources (settlement_id, kind) values ($1, 'files') on conflict (settlement_id) do update set kind = 'files'`,
      [Number(settlementCode)],
    )
    const file = registerOf(size, new Date(Date.now() - 60_000))
    await importTaxFile(client, {
      settlementCode,
      file,
      marksOf: personMarks([personKey]),
      ...(onProgress === undefined ? {} : { onProgress }),
    })
    await client.query('vacuum analyze taxpayers, tax_accounts, tax_bookings, represented_parties, mandates')
  } finally {
    await client.end()
  }
}

export interface PagesTouched {
  /** the statement of one's own account with all its bookings */
  statement: number
  /** one's own balances in all settlements */
  own: number
  /** what all clients of a book-keeper owe */
  clients: number
}

/**
 * Runs what the pages run, in its role and under its policies, and each statement that reads once more under EXPLAIN in the same
 * transaction.
 *
 * @param accountId a personal account that exists
 */
export async function pagesTouched(
  appUrl: string,
  { accountId, personKey }: { accountId: string; personKey: Buffer },
): Promise<PagesTouched> {
  const db = openDatabase({ url: appUrl, connections: 1, answerMilliseconds: 600_000 })
  const explained: Promise<number>[] = []
  db.pool.on('connect', (client) => explainReads(client, explained))
  const settlement = settlementDirectory().all.find(({ kshCode }) => kshCode === settlementCode)
  if (settlement === undefined) throw new Error('there is no such settlement')
  const masked = 'masked'
  const balances = taxBalanceService({
    db,
    remembered: {
      list: async () => [{ id: accountId, masked, number: anna.taxId }],
      keep: async () => {},
      drop: async () => false,
    },
    refresh: async () => 'fresh',
    wrongNumbers: { take: async () => {}, giveBack: async () => {} },
  })
  const marksOf = personMarks([personKey])
  const asker = { accountId, identity: anna.identity }
  const marks = marksOf(anna.identity)
  const party = { kind: 'self' as const, id: accountId, slug: 'sajat' as const, marks }
  const cost = async (work: () => Promise<number>): Promise<number> => {
    explained.length = 0
    const found = await work()
    if (found === 0) throw new Error('there was nothing to read')
    return (await Promise.all(explained)).reduce((sum, pages) => sum + pages, 0)
  }

  try {
    return {
      statement: await cost(async () => {
        const look = await balances.look({ asker, party, settlement, requestId: 'bench' })
        return look.outcome === 'books' ? (look.books.accounts[0]?.bookings.length ?? 0) : 0
      }),
      own: await cost(async () => {
        const own = await balances.own(
          { asker, requestId: 'bench' },
          { marks, settlements: [settlement], isFresh: false },
        )
        return own.settlements.reduce((sum, one) => sum + one.balances.length, 0)
      }),
      clients: await cost(async () => {
        const marks = marksOf(ferenc.identity)
        const { rows } = await clientDuesService({ db, refreshMandates: async () => 'fresh' }).dues(
          asker,
          marks,
          { requestId: 'bench', action: 'tax-balance.viewed' },
          (all) => ({
            rows: all,
          }),
        )
        return rows.length
      }),
    }
  } finally {
    await db.pool.end()
  }
}

/** What touches more with a large register than it may. */
export function pagesTooMany(small: PagesTouched, large: PagesTouched, clients: number): (keyof PagesTouched)[] {
  const grown = (['statement', 'own'] as const).filter((what) => large[what] > 1.5 * small[what] + 3)
  return large.clients > pagesOfClient * clients ? [...grown, 'clients'] : grown
}

/** Three levels of an index and a row, for mandate, party, taxpayer and accounts. */
const pagesOfClient = 16

interface Plan {
  'Shared Hit Blocks': number
  'Shared Read Blocks': number
}

/** Sends each read a second time under EXPLAIN, while role and scope are still those of the first. */
function explainReads(client: pg.ClientBase, explained: Promise<number>[]): void {
  const send = client.query.bind(client) as (...sent: unknown[]) => Promise<pg.QueryResult>
  const sendBoth = (...sent: unknown[]): Promise<pg.QueryResult> => {
    const [first, second] = sent
    const { text, values } = asStatement(first, second)
    const answer = send(...sent)
    if (/^\s*(select|with)\b/i.test(text) && /\b(taxpayers|tax_accounts|tax_bookings|mandates)\b/.test(text)) {
      const told = send({ text: `explain (analyze, buffers, format json) ${text}`, values })
      explained.push(
        told.then(({ rows }) => {
          const plan = (rows[0] as { 'QUERY PLAN': { Plan: Plan }[] })['QUERY PLAN'][0]?.Plan
          return (plan?.['Shared Hit Blocks'] ?? 0) + (plan?.['Shared Read Blocks'] ?? 0)
        }),
      )
    }
    return answer
  }
  Object.assign(client, { query: sendBoth })
}

function asStatement(first: unknown, second: unknown): { text: string; values: unknown[] } {
  if (typeof first === 'string') return { text: first, values: Array.isArray(second) ? second : [] }
  const { text, values } = first as { text: string; values?: unknown[] }
  return { text, values: values ?? (Array.isArray(second) ? second : []) }
}
