/** The pages of tax balances over HTTP: whose is shown to whom, what is said otherwise, and what leaves the portal. */
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { anna, bela, type CastPerson, edit, gabor } from '../../cast/people.ts'
import { openTestPortal, type Page, type TestPortal } from '../../support/portal.ts'
import { bringInTaxBooks } from '../../support/tax-books.ts'

let portal: TestPortal
const own = '/ujhartyan/sajat/ado'

beforeAll(async () => {
  portal = await openTestPortal({ REQUEST_LIMIT_FACTOR: '1' })
  const { ownerUrl } = portal.database
  await bringInTaxBooks(ownerUrl, portal.portal.config.personKeys)
}, 60_000)
afterAll(() => portal.close())
beforeEach(async () => {
  await portal.admin('delete from request_counts')
  await portal.admin('delete from remembered_tax_numbers')
})

const ask = (azonosito: string, as: CastPerson, path = own) => portal.post(path, { azonosito }, { as })

async function askFor(person: CastPerson, path = own): Promise<Page> {
  const asked = await ask(person.taxId, person, path)
  expect([asked.status, asked.location]).toEqual([303, path])
  return portal.visit(path, { as: person })
}

async function partyOf(name: string, settlementId: number): Promise<string> {
  const [row] = await portal.admin<{ label: string }>(
    'select label from represented_parties where name = $1 and settlement_id = $2',
    [name, settlementId],
  )
  if (row === undefined) throw new Error(`${name} is nobody's to act for`)
  return row.label
}

test('Anna types her number once, sees what she owes, and the number is in no address', async () => {
  expect((await portal.visit(own, { as: anna })).text).toContain('Adóazonosító jele vagy adószáma')
  const page = await askFor(anna)
  expect(page.status).toBe(200)
  expect(page.headers['cache-control']).toBe('no-store')
  expect(page.text).toContain('Építményadó')
  expect(page.text).toContain('24 000 Ft')
  expect(page.text).toContain('UH-1001')
  expect(page.html.querySelectorAll('a').map((link) => link.getAttribute('href') ?? '')).not.toContainEqual(
    expect.stringContaining(anna.taxId),
  )
  const [audited] = await portal.admin<{ looks: number }>(
    `select count(*)::int as looks from audit_trail join taxpayers on taxpayers.id::text = object_id
     where action = 'tax-balance.viewed' and register_key = 'UH-1001' and actor_id = $1`,
    [(await portal.session(anna)).accountId],
  )
  expect(audited?.looks).toBeGreaterThan(0)
})

test('the sum of a statement is that of its bookings, and one tax is never netted with another', async () => {
  const page = await askFor(anna)
  const [sums] = page.html.querySelectorAll('.portal-sums')
  const amounts = sums?.querySelectorAll('dd').map((amount) => Number(amount.text.replaceAll(/\D/g, '')))
  const [row] = await portal.admin<{ owed: string; overpaid: string }>(
    `select sum(greatest(balance_huf, 0)) as owed, sum(greatest(-balance_huf, 0)) as overpaid
     from tax_accounts join taxpayers on taxpayers.id = taxpayer_id where register_key = 'UH-1001'`,
  )
  expect((amounts?.[0] ?? 0) + (amounts?.[1] ?? 0)).toBe(Number(row?.owed))
  expect(amounts?.[2]).toBe(Number(row?.overpaid))
  expect(Number(row?.overpaid)).toBeGreaterThan(0)
})

test.each([
  ['', 'Adja meg az adóazonosító jelét vagy az adószámát.'],
  ['8446619904', 'Az adóazonosító jel hibás'],
  ['12345', 'Az adóazonosító jel 10, az adószám 11 számjegyből áll.'],
  ['99999906-2-99', 'Az adószám utolsó két számjegye'],
  ['84466l9903', 'csak számjegyek'],
])('a number that cannot be one is told so where it stands: %j', async (typed, sentence) => {
  const page = await ask(typed, anna)
  expect(page.status).toBe(422)
  expect(page.text).toContain(sentence)
  expect(page.html.querySelector('#azonosito')?.getAttribute('value') ?? '').toBe(typed)
})

/** What the asker reads, without what they typed themselves and without what differs from page to page. */
function answered({ status, body }: Page, typed: string) {
  return {
    status,
    body: body
      .replaceAll(typed, '…')
      .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'key')
      .replaceAll(/(name="_csrf" value|data-csrf)="[^"]*"/g, 'csrf')
      .replaceAll(/\d\d:\d\d:\d\d|data-[a-z-]+="\d+"/g, 'clock'),
  }
}

test("an unknown number, a stranger's and a client's get one answer, by the same statements", async () => {
  const asking = async (number: string) => {
    const statements: string[] = []
    const { pool } = portal.portal.db
    const connect = pool.connect.bind(pool)
    const listened = new Map<object, unknown>()
    pool.connect = (async () => {
      const client = await connect()
      if (!listened.has(client)) {
        listened.set(client, client.query)
        const query = client.query.bind(client) as (...args: unknown[]) => unknown
        client.query = ((...args: unknown[]) => {
          const [config] = args
          statements.push(typeof config === 'string' ? config : String((config as { text: string }).text))
          return query(...args)
        }) as typeof client.query
      }
      return client
    }) as typeof pool.connect
    try {
      return { page: answered(await ask(number, bela), number), statements }
    } finally {
      pool.connect = connect
      for (const [client, query] of listened) Object.assign(client, { query })
    }
  }
  await portal.visit('/sajat/beallitasok', { as: bela })
  await asking('8489739900')
  await portal.admin('delete from request_counts')
  const unknown = await asking('8489739900') // Gábor's, whom no register of Újhartyán knows
  const strangers = await asking(anna.taxId)
  const clients = await asking('99999906-2-13') // Béla may read it, but not as his own
  expect(unknown.page.status).toBe(422)
  expect(unknown.page.body).toContain('nem jeleníthető meg adószámla')
  expect(strangers.page).toEqual(unknown.page)
  expect(clients.page).toEqual(unknown.page)
  expect(unknown.statements.length).toBeGreaterThan(5)
  expect(strangers.statements).toEqual(unknown.statements)
  expect(clients.statements).toEqual(unknown.statements)
})

test('after five wrong numbers in an hour even the right one has to wait; right ones do not count', async () => {
  for (let time = 0; time < 3; time += 1) await askFor(anna)
  for (let time = 0; time < 5; time += 1) expect((await ask(bela.taxId, anna)).status).toBe(422)
  const refused = await ask(anna.taxId, anna)
  expect(refused.status).toBe(429)
  expect(refused.headers['retry-after']).toBeDefined()
  expect(refused.text).toContain('próbálja')
  expect((await ask(bela.taxId, bela)).status).toBe(422) // another person is not held up
})

test('wrong numbers that are sent at once are counted one by one', async () => {
  const asked = await Promise.all(Array.from({ length: 9 }, () => ask(bela.taxId, anna)))
  expect(asked.map(({ status }) => status).toSorted()).toEqual([422, 422, 422, 422, 422, 429, 429, 429, 429])
})

test('thirty numbers may be typed in an hour, right or wrong', async () => {
  const asked = await Promise.all(Array.from({ length: 31 }, () => ask('1', edit)))
  expect(asked.filter(({ status }) => status === 429)).toHaveLength(1)
})

test('what is remembered is masked, sealed, and forgotten when the person wants so', async () => {
  await askFor(anna)
  const page = await portal.visit('/sajat/ado', { as: anna })
  expect(page.text).toContain('8•••••••03')
  expect(page.body).not.toContain(anna.taxId)
  const [row] = await portal.admin<{ id: string; sealed: Buffer; number_mark: string }>(
    'select id, sealed, number_mark from remembered_tax_numbers',
  )
  expect(row?.sealed.includes(anna.taxId)).toBe(false)
  const forgotten = await portal.post('/sajat/ado/elfelejtes', { azonosito: row?.id ?? '' }, { as: bela })
  expect(forgotten.status).toBe(404) // nobody else's to forget
  expect((await portal.post('/sajat/ado/elfelejtes', { azonosito: row?.id ?? '' }, { as: anna })).location).toBe(
    '/sajat/ado?elfelejtve',
  )
  expect((await portal.visit(own, { as: anna })).text).toContain('Adóazonosító jele vagy adószáma')
})

test("nobody else's taxpayer is shown by any address", async () => {
  await askFor(anna)
  const rows = await portal.admin<{ id: string }>("select id from taxpayers where register_key <> 'UH-1001'")
  expect(rows.length).toBeGreaterThan(4)
  for (const { id } of rows) {
    for (const path of ['/ado', '/ado/egyenleg.pdf', '/ado/egyenleg.csv', '/ado/fizetes']) {
      const page = await portal.visit(`/ujhartyan/sajat${path}?szamla=${id}`, { as: anna })
      expect([path, page.status]).toEqual([path, 404])
    }
  }
  const party = await partyOf('Kitalált Kenyér Kft.', 6293)
  expect((await portal.visit(`/ujhartyan/${party}/ado`, { as: anna })).status).toBe(404)
})

test('who may read a company’s balance types nothing, and sees those taxes only which the right covers', async () => {
  const kenyer = await portal.visit(`/ujhartyan/${await partyOf('Kitalált Kenyér Kft.', 6293)}/ado`, { as: bela })
  expect(kenyer.status).toBe(200)
  expect(kenyer.text).toContain('Helyi iparűzési adó')
  expect(kenyer.text).toContain('99999906-2-13')
  const delibab = await portal.visit(`/ujhartyan/${await partyOf('Délibáb Építő Zrt.', 6293)}/ado`, { as: bela })
  expect(delibab.text).toContain('Építményadó')
  expect(delibab.text).not.toContain('Helyi iparűzési adó')
  expect(delibab.text).toContain('nem terjed ki minden adónemre')
})

test('where the right to read is missing the page says which, where it was looked for, and opens the mandate', async () => {
  const label = await partyOf('Képzelt Etelka', 6293)
  const page = await portal.visit(`/ujhartyan/${label}/ado`, { as: bela })
  expect(page.status).toBe(403)
  expect(page.text).toContain('adóegyenleg lekérdezése')
  expect(page.text).toContain('adónyilvántartásába bejegyzett')
  expect(page.text).not.toContain('kommunális')
  const form = page.html.querySelector('form[action$="/ado/meghatalmazas"]')
  const fields = Object.fromEntries(
    (form?.querySelectorAll('input[type=hidden]') ?? []).map((input) => [
      input.getAttribute('name') ?? '',
      input.getAttribute('value') ?? '',
    ]),
  )
  const begun = await portal.post(
    form?.getAttribute('action') ?? '',
    { kulcs: fields['kulcs'] ?? '', parti: label },
    {
      as: bela,
    },
  )
  expect(begun.status).toBe(303)
  expect(begun.location).toMatch(/^\/ujhartyan\/sajat\/urlapok\/[0-9a-f-]{36}\//)
  const [draft] = await portal.admin<{ answers: unknown }>('select answers from drafts where id = $1', [
    fields['kulcs'],
  ])
  expect(JSON.stringify(draft?.answers)).toContain('8255559973')
})

test('several accounts under one number are listed, and one is chosen', async () => {
  await portal.admin(`
    insert into taxpayers (settlement_id, register_key, kind, name, address, tax_number, person_mark, as_of)
    select settlement_id, 'UH-1001V', 'sole-trader', name || ' e.v.', address, tax_number, person_mark, as_of
    from taxpayers where register_key = 'UH-1001'`)
  try {
    const list = await askFor(anna)
    expect(list.text).toContain('Több adószámla tartozik az azonosítóhoz')
    const chosen = list.html.querySelectorAll('a.portal-card__link').map((link) => link.getAttribute('href') ?? '')
    expect(chosen).toHaveLength(2)
    const page = await portal.visit(chosen[0] ?? '', { as: anna })
    expect(page.text).toContain('Adószámla-kivonat')
  } finally {
    await portal.admin(`delete from taxpayers where register_key = 'UH-1001V'`)
  }
})

test('a tax system that does not answer leaves the last good copy, with its moment; without one it is said honestly', async () => {
  const path = '/komlo/sajat/ado'
  await askFor(bela, path)
  await portal.admin(`update taxpayers set taken_at = app_now() - interval '1 day' where settlement_id = 26408`)
  const page = await portal.visit(path, { as: bela })
  expect(page.status).toBe(200)
  expect(page.text).toContain('Az adórendszer most nem érhető el.')
  expect(page.text).toContain('Az utolsó lekérdezett adatokat mutatjuk.')
  expect(page.text).toContain('Építményadó')
  const nobody = await ask(gabor.taxId, bela, path)
  expect(nobody.status).toBe(503)
  expect(nobody.text).toContain('ezért nem tudjuk megmutatni az egyenleget')
  const all = await portal.visit('/sajat/ado', { as: bela })
  expect(all.text).toContain('Az utolsó lekérdezett adatokat mutatjuk')
})

test('a settlement without the service says so', async () => {
  const page = await portal.visit('/szeged/sajat/ado', { as: anna })
  expect(page.text).toContain('nem nyújtja az adóegyenleg lekérdezését')
  expect((await ask(anna.taxId, anna, '/szeged/sajat/ado')).status).toBe(404)
})

test('the statement leaves as PDF and as a file for spreadsheets that runs nothing', async () => {
  await askFor(anna)
  await portal.admin(`update taxpayers set name = '=HYPERLINK("http://example.hu")' where register_key = 'UH-1001'`)
  try {
    const pdf = await portal.visit(`${own}/egyenleg.pdf?tipus=reszletes`, { as: anna })
    expect(pdf.headers['content-type']).toBe('application/pdf')
    expect(pdf.headers['cache-control']).toBe('no-store')
    for (const kind of ['egyszeru', 'reszletes']) {
      const csv = await portal.visit(`${own}/egyenleg.csv?tipus=${kind}`, { as: anna })
      expect(csv.headers['content-disposition']).toContain('.csv')
      expect(csv.body.startsWith('\ufeff')).toBe(true)
      const rows: string[][] = parse(csv.body, { delimiter: ';', bom: true })
      expect(rows.length).toBeGreaterThan(3)
      expect(rows[1]?.[1]).toBe(`'=HYPERLINK("http://example.hu")`)
      const running = rows.flat().filter((cell) => /^[=+@\t\r]/.test(cell) || /^-(?!\d+$)/.test(cell))
      expect(running).toEqual([])
    }
  } finally {
    await portal.admin(`update taxpayers set name = 'Minta Anna' where register_key = 'UH-1001'`)
  }
})

test('what is to be paid stands with account, amount, reference and a code for each item', async () => {
  await askFor(anna)
  const page = await portal.visit(`${own}/fizetes`, { as: anna })
  expect(page.text).toContain('99900016-99900023-02440000')
  expect(page.text).toMatch(/8446619903 MINTA ANNA ÉPÍTMÉNYADÓ \d{4}/)
  expect(page.text).not.toContain('Telekadó') // overpaid: nothing to pay
  expect(page.html.querySelectorAll('svg.portal-code__drawing').length).toBe(
    page.html.querySelectorAll('.portal-pay').length,
  )
})

test('a form that follows is begun with the figures of the balance', async () => {
  const page = await askFor(anna)
  const forms = page.html.querySelectorAll('form[action$="/ado/urlap"]')
  const codes = forms.map((form) => form.querySelector('input[name=urlap]')?.getAttribute('value'))
  expect(codes).toContain('fizetesi-kedvezmeny-kerelem')
  const kulcs = forms[0]?.querySelector('input[name=kulcs]')?.getAttribute('value') ?? ''
  const begun = await portal.post(`${own}/urlap`, { urlap: 'fizetesi-kedvezmeny-kerelem', kulcs }, { as: anna })
  expect(begun.status).toBe(303)
  const [draft] = await portal.admin<{ answers: unknown }>('select answers from drafts where id = $1', [kulcs])
  expect(JSON.stringify(draft?.answers)).toContain('24000')
})

test('in English the pages have no Hungarian word of ours', async () => {
  await askFor(anna)
  const page = await portal.visit(`${own}?tipus=reszletes`, { as: anna, language: 'en' })
  expect(page.text).toContain('Tax statement')
  expect(page.text).toContain('Building tax')
  expect(page.text).not.toMatch(/Előírás|Esedékes|Túlfizetés|Kivonat/)
})
