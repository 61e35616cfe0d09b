import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { inScope } from '../../../src/platform/database.ts'
import { anna, bela, cecilia, gabor } from '../../cast/people.ts'
import { openTestPortal, type TestPortal } from '../../support/portal.ts'
import { atTheForm } from '../submissions/general-request.ts'

const path = '/sajat/adatnaplo'
const nobody = '00000000-0000-4000-8000-000000000000'
let portal: TestPortal
let annaId: string
let belaId: string
let officeId: string
let company: { id: string; label: string }

interface Written {
  action: string
  by: 'citizen' | 'clerk' | 'system'
  actor: string
  party: string
  settlement: number
  office: string | null
  role: string | null
  purpose: string
  object: [kind: string, id: string]
  at: string
}

beforeAll(async () => {
  portal = await openTestPortal()
  annaId = (await portal.session(anna)).accountId
  belaId = (await portal.session(bela)).accountId
  const [office] = await portal.admin<{ id: string }>(`select id from offices where slug = 'ujhartyan'`)
  officeId = office?.id ?? ''
  const [found] = await portal.admin<{ id: string; label: string }>(
    `select id, label from represented_parties where settlement_id = 6293 and name = 'Kitalált Kenyér Kft.'`,
  )
  company = found ?? { id: '', label: '' }
  await portal.admin('alter table audit_trail disable trigger only_ever_added')
})
beforeEach(() => portal.admin('delete from audit_trail'))
afterAll(() => portal.close())

/** A clerk's look at Anna's case, but for what is said. */
async function write(change: Partial<Written> = {}): Promise<void> {
  const row: Written = {
    action: 'case.viewed',
    by: 'clerk',
    actor: nobody,
    party: annaId,
    settlement: 6293,
    office: officeId,
    role: 'records_clerk',
    purpose: 'case-handling',
    object: ['case', nobody],
    at: '2026-03-02 10:00+01',
    ...change,
  }
  await portal.admin(
    `insert into audit_trail (action, actor_kind, actor_id, party_id, settlement_id, office_id, role, purpose, object_kind, object_id, at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      row.action,
      row.by,
      row.actor,
      row.party,
      row.settlement,
      row.office,
      row.role,
      row.purpose,
      ...row.object,
      row.at,
    ],
  )
}

const visit = (query = '', as = anna, language: 'hu' | 'en' = 'hu') => portal.visit(`${path}${query}`, { as, language })
const rowsOf = ({ html }: Awaited<ReturnType<typeof visit>>) =>
  html.querySelectorAll('tbody tr').map((row) => row.text.replaceAll(/\s+/g, ' ').trim())

test('who has been looked at by nobody is told so, and what would be listed', async () => {
  expect((await visit()).text).toContain('Még senki nem nézte meg az adatait.')
})

test('a clerk’s look is told with office, role, purpose and settlement, and without a name', async () => {
  const sent = atTheForm(portal, anna, 'ujhartyan', 'sajat')
  const draft = await sent.filledIn()
  await sent.send(draft)
  const [matter] = await portal.admin<{ id: string }>(
    'select c.id from cases c join submissions s on s.id = c.submission_id where s.draft_id = $1',
    [draft],
  )
  const desk = await portal.visit(`/hivatal/ujhartyan/ugyek/${matter?.id ?? ''}`, { as: cecilia })
  expect(desk.status).toBe(200)
  const page = await visit()
  const [look, submission, ...others] = rowsOf(page)
  for (const word of ['Újhartyáni Polgármesteri Hivatal', 'iktató', 'Megnyitotta az ügyet', 'ügyintézés', 'Újhartyán'])
    expect(look).toContain(word)
  for (const word of ['Ön', 'Beküldött egy űrlapot', 'saját ügyintézés']) expect(submission).toContain(word)
  expect(others).toEqual([])
  expect(page.body).not.toContain(cecilia.name)
  const href = page.html.querySelector('tbody a')?.getAttribute('href') ?? ''
  expect((await portal.visit(href, { as: anna })).status).toBe(200)
  expect(rowsOf(await visit('', anna, 'en'))[0]).toContain('Opened the case')
  // It is nobody else's, and nothing comes of asking for it by another party's name.
  expect(rowsOf(await visit('', bela))).toEqual([])
  expect((await visit(`?ugyfel=${annaId}`, bela)).status).toBe(404)
})

test('it is filtered by who, settlement and day, and the filters stay on the next page', async () => {
  for (let minute = 10; minute < 40; minute++) await write({ at: `2026-03-02 10:${String(minute)}+01` })
  await write({
    action: 'tax-balance.viewed',
    by: 'citizen',
    actor: annaId,
    office: null,
    role: 'self',
    settlement: 14535,
  })
  await write({ action: 'attachment.infected', by: 'system', office: null, role: null, at: '2026-03-03 00:30+01' })
  await write({ action: 'submission.sent', by: 'citizen', actor: belaId, office: null, role: 'permanent' })
  // the list of a desk is nobody's in particular
  await write({ action: 'cases.listed' })

  expect(rowsOf(await visit('?ki=sajat')).join()).toContain('adóegyenleget')
  expect(rowsOf(await visit('?ki=kepviselo')).join()).toContain('állandó meghatalmazottként')
  expect(rowsOf(await visit('?ki=rendszer'))).toHaveLength(1)
  expect(rowsOf(await visit('?telepules=14535'))).toHaveLength(1)
  expect(rowsOf(await visit('?tol=2026-03-03&ig=2026-03-03'))).toHaveLength(1)
  expect(rowsOf(await visit('?ig=2026-03-01'))).toEqual([])
  expect((await visit('?ig=2026-03-01')).text).toContain('Nincs a szűrőknek megfelelő bejegyzés.')

  const first = await visit('?ki=hivatal')
  expect(rowsOf(first)).toHaveLength(25)
  const next = first.html.querySelector('a[rel=next]')?.getAttribute('href') ?? ''
  const second = await portal.visit(next, { as: anna })
  expect(rowsOf(second)).toHaveLength(5)
  expect(new Set([...rowsOf(first), ...rowsOf(second)]).size).toBe(30)
  expect(second.html.querySelector('a[rel=prev]')?.getAttribute('href')).toBe(`${path}?ki=hivatal`)
})

test('a represented party’s trail is for whoever may read all of its matters; others see what they did themselves', async () => {
  await write({ party: company.id })
  await write({
    party: company.id,
    action: 'submission.sent',
    by: 'citizen',
    actor: belaId,
    office: null,
    role: 'statutory',
  })
  const whole = await visit(`?ugyfel=${company.label}`, bela)
  expect(whole.text).toContain('Kitalált Kenyér Kft.')
  expect(rowsOf(whole)).toHaveLength(2)
  await portal.admin(`update mandates set everything = false, form_codes = '{altalanos-kerelem}' where party_id = $1`, [
    company.id,
  ])
  const narrow = await visit(`?ugyfel=${company.label}`, bela)
  expect(rowsOf(narrow)).toHaveLength(1)
  expect(rowsOf(narrow)[0]).toContain('Beküldött egy űrlapot')
  expect(narrow.text).toContain('csak azt látja, amit Ön tett')
  expect((await visit(`?ugyfel=${company.label}`, gabor)).status).toBe(404)
})

test('what was done in the name of somebody whom only the tax register knows is told to that person', async () => {
  const [party] = await portal.admin<{ id: string }>(
    `insert into represented_parties (settlement_id, kind, name, tax_number, label)
     values (6293, 'person', 'Minta Anna', '8446619903', 'annasnumberabcdefghijklmno') returning id`,
  )
  const theirs = { party: party?.id ?? '', by: 'citizen' as const, actor: belaId, office: null, role: 'permanent' }
  await write({ ...theirs, action: 'tax-balance.viewed' })
  expect(rowsOf(await visit())).toEqual([])
  await portal.admin(
    `insert into taxpayers (settlement_id, register_key, kind, name, address, tax_number, person_mark, as_of)
     values (6293, 'anna', 'person', 'Minta Anna', 'Újhartyán', '8446619903', $1, now())`,
    [portal.portal.representation.marksOf({ identity: anna.identity })[0]],
  )
  expect(rowsOf(await visit()).join()).toContain('Megnézte az adóegyenleget')
})

test('the policies let nobody read rows of others, nor what was noted for the operator', async () => {
  await write()
  const read = (columns: string, party: string) =>
    inScope(portal.portal.db, { role: 'citizen', account: party, parties: [party] }, (tx) =>
      tx.execute(`select ${columns} from audit_trail`),
    )
  expect((await read('id', annaId)).rows).toHaveLength(1)
  expect((await read('id', belaId)).rows).toEqual([])
  for (const column of ['detail', 'request_id', '*']) await expect(read(column, annaId), column).rejects.toThrow()
})
