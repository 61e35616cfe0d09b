/** Forms that no page of ours has made: with fields too many, twice, of somebody else, or out of time. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { anna, bela, type CastPerson, cecilia, denes } from '../cast/people.ts'
import { atTheForm } from '../features/submissions/general-request.ts'
import { ticketFor } from '../support/form-tickets.ts'
import { openTestPortal, type Page, type TestPortal } from '../support/portal.ts'
import { type AnnasAffairs, type AnnasMatters, makeAnnasAffairs, makeAnnasMatters } from './annas-matters.ts'

let portal: TestPortal
let annas: AnnasMatters
let affairs: AnnasAffairs

beforeAll(async () => {
  portal = await openTestPortal()
  annas = await makeAnnasMatters(portal)
  affairs = await makeAnnasAffairs(portal, annas)
})
afterAll(() => portal.close())

interface PostedForm {
  as: CastPerson
  action: string
  fields: Record<string, string | string[]>
  several: Set<string>
}

/** Every form with which something is posted, as it stands on the pages of Anna, her clerk and her case worker. */
async function formsThatPost(): Promise<PostedForm[]> {
  const draft = `/ujhartyan/sajat/urlapok/${annas.draftId}`
  const [inWork = '', ...others] = await casesInEveryState()
  const pages: [CastPerson, string][] = [
    ...['bekuldo', 'cim', 'kerelem', 'csatolmanyok', 'nyilatkozat', 'attekintes'].map((page): [CastPerson, string] => [
      anna,
      `${draft}/${page}`,
    ]),
    [anna, `/sajat/urlapok/${annas.draftId}/torles`],
    [anna, '/ujhartyan/sajat/urlapok/uj?urlap=altalanos-kerelem'],
    [anna, '/sajat/beallitasok'],
    [anna, '/ujhartyan'],
    [anna, '/komlo'],
    [anna, `/ujhartyan/sajat/ugyek/${annas.caseId}`],
    [anna, `/ujhartyan/sajat/potlasok/${affairs.completionId}`],
    [anna, '/ujhartyan/sajat/ado'],
    [anna, '/ujhartyan/sajat/ado?masik'],
    [anna, '/sajat/ado'],
    [anna, '/sajat/meghatalmazasok'],
    [anna, '/sajat/meghatalmazasok/uj?telepules=ujhartyan'],
    [denes, `/hivatal/ujhartyan/ugyek/${annas.caseId}`],
    [denes, '/hivatal/ujhartyan/meghatalmazasok?keres=Minta'],
    [denes, `/hivatal/ujhartyan/meghatalmazasok/uj?ugy=${annas.caseId}`],
    ...[inWork, `${inWork}/hianypotlas`, `${inWork}/lepes/attetel`].map((address): [CastPerson, string] => [
      denes,
      `/hivatal/ujhartyan/ugyek/${address}`,
    ]),
    ...others.map((id): [CastPerson, string] => [cecilia, `/hivatal/ujhartyan/ugyek/${id}`]),
    [cecilia, '/hivatal/ujhartyan/beerkezett'],
  ]
  const found = new Map<string, PostedForm>()
  for (const [as, address] of pages) {
    const page = await portal.visit(address, { as })
    expect([address, page.status]).toEqual([address, 200])
    for (const form of page.html.querySelectorAll('form[method=post]')) {
      const action = form.getAttribute('action') ?? address
      // ends what the others need; and while the session is active the other merely leads on
      if (action === '/kijelentkezes' || action === '/munkamenet/folytatas') continue
      const fields: PostedForm['fields'] = {}
      const several = new Set<string>()
      for (const input of page.html.querySelectorAll('input, textarea, select, button[name]')) {
        const name = input.getAttribute('name') ?? ''
        const id = form.getAttribute('id')
        const belongs = input.closest('form') === form || (id !== undefined && input.getAttribute('form') === id)
        if (!belongs || name === '' || name === '_csrf' || input.getAttribute('type') === 'file') continue
        if (input.getAttribute('type') === 'checkbox' && name in fields) several.add(name)
        const value =
          input.tagName === 'SELECT'
            ? input.querySelector('option[selected], option')?.getAttribute('value')
            : input.getAttribute('value')
        fields[name] = input.tagName === 'TEXTAREA' ? input.textContent : (value ?? '')
      }
      found.set(`${as.id} ${action} ${Object.keys(fields).join()}`, { as, action, fields, several })
    }
  }
  return [...found.values()]
}

/** Cases of Béla, left where each act of the office begins; the first is the one that somebody works on. */
async function casesInEveryState(): Promise<string[]> {
  const form = atTheForm(portal, bela)
  const ids: string[] = []
  const [worker] = await portal.admin<{ id: string }>('select id from clerks where subject = $1', [denes.subject])
  const assignment = { ugyintezo: worker?.id ?? '', helyett: '', utasitas: '' }
  const asClerk = (act: string) => (act === 'megkezdes' ? denes : cecilia)
  const all = ['erkeztetes', 'iktatas', 'szignalas', 'megkezdes']
  for (const acts of [all, [], all.slice(0, 1), all.slice(0, 2)]) {
    await form.send(await form.filledIn())
    const [matter] = await portal.admin<{ id: string }>('select id from cases order by submitted_at desc limit 1')
    for (const act of acts)
      await portal.post(`/hivatal/ujhartyan/ugyek/${matter?.id ?? ''}/${act}`, assignment, { as: asClerk(act) })
    ids.push(matter?.id ?? '')
  }
  return ids
}

/** All there is, without what merely being there changes. */
async function everything(): Promise<string> {
  const tables = await portal.admin<{ name: string }>(
    `select tablename as name from pg_tables where schemaname = 'public'
       and tablename not in ('session_lineages', 'request_counts', 'sign_in_attempts', 'audit_trail')`,
  )
  const rows = []
  for (const { name } of tables) {
    const [row] = await portal.admin(`select count(*), md5(string_agg(t::text, '' order by t::text)) from ${name} t`)
    rows.push(`${name} ${JSON.stringify(row)}`)
  }
  return rows.join('\n')
}

async function rawPost(as: CastPerson, address: string, body: string, headers: Record<string, string> = {}) {
  const { cookie } = await portal.session(as)
  return portal.app.inject({
    method: 'POST',
    url: address,
    headers: { host: '127.0.0.1:8080', cookie, 'content-type': 'application/x-www-form-urlencoded', ...headers },
    payload: body,
  })
}

function asBody(fields: PostedForm['fields']): string {
  const body = new URLSearchParams()
  for (const [name, value] of Object.entries(fields)) for (const one of [value].flat()) body.append(name, one)
  return body.toString()
}

describe('a name that is used up', () => {
  test('whoever goes back after sending, and begins again, is shown the receipt', async () => {
    const form = atTheForm(portal, anna)
    const draft = await form.filledIn()
    const receipt = (await form.send(draft)).location
    const again = await portal.post(
      '/ujhartyan/sajat/urlapok/uj',
      {
        _jegy: await ticketFor(portal, anna, { draft, step: 'uj' }),
        urlap: 'altalanos-kerelem',
        kulcs: draft,
        mod: 'self',
      },
      { as: anna },
    )
    expect([again.status, again.location]).toEqual([303, receipt])
    expect(await portal.admin('select 1 from drafts where id = $1', [draft])).toEqual([])
  })

  test('taken to another settlement it cannot be sent twice, and that is no failure of ours', async () => {
    const form = atTheForm(portal, bela)
    const used = await form.filledIn()
    await form.send(used)
    const elsewhere = atTheForm(portal, bela, 'komlo')
    const _jegy = await ticketFor(portal, bela, { draft: used, step: 'uj', settlement: 'komlo' })
    const wish = { _jegy, urlap: 'altalanos-kerelem', kulcs: used, mod: 'self' }
    await portal.post('/komlo/sajat/urlapok/uj', wish, { as: bela })
    await elsewhere.fillIn(used)
    expect((await elsewhere.send(used)).status).toBe(409)
    expect(await portal.admin('select 1 from submissions where draft_id = $1', [used])).toHaveLength(1)
  })
})

test('no column can be filled in by posting its name', async () => {
  const columns = await portal.admin<{ name: string; type: string }>(
    `select distinct column_name as name, data_type as type from information_schema.columns where table_schema = 'public'`,
  )
  const stranger = (await portal.session(bela)).accountId
  const planted: Record<string, string> = {}
  for (const { name, type } of columns) {
    const value = /uuid/.test(type)
      ? stranger
      : /int/.test(type)
        ? '1942424249' // longer than what an id or a moment has by chance
        : /timestamp|date/.test(type)
          ? '2031-03-03'
          : type === 'boolean'
            ? 'true'
            : 'IDEGEN-ERTEK'
    planted[name] = value
    planted[name.replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase())] = value
  }
  // What a form does ask for keeps its own value.
  for (const own of ['subject', 'body', 'topic', 'email', 'addressee']) delete planted[own]
  const form = atTheForm(portal, anna)
  const draft = await form.begin()
  for (const page of ['bekuldo', 'cim', 'kerelem', 'nyilatkozat']) {
    if (page === 'nyilatkozat') await form.savePage(draft, 'csatolmanyok', planted)
    expect([page, (await form.savePage(draft, page, planted)).status]).toEqual([page, 303])
  }
  const sending = await form.sendForm(draft)
  expect((await form.post(draft, 'bekuldes', { ...planted, ...sending })).status).toBe(303)
  const [matter] = await portal.admin<{ id: string }>(
    "select id from cases where party_id = $1 and state = 'submitted' order by submitted_at desc",
    [annas.accountId],
  )
  const desk = `/hivatal/ujhartyan/ugyek/${matter?.id ?? ''}`
  for (const act of ['erkeztetes', 'iktatas'])
    expect((await portal.post(`${desk}/${act}`, planted, { as: cecilia })).status).toBe(303)
  const settings = { ...planted, telepules: 'Újhartyán', email: 'uj.cim@example.hu', telefon: '', nyelv: 'hu' }
  expect((await portal.post('/sajat/beallitasok', settings, { as: anna })).status).toBe(303)
  expect((await portal.post('/sajat/onkormanyzatok', { ...planted, telepules: '26408' }, { as: anna })).status).toBe(
    303,
  )

  const kept = JSON.stringify(
    await Promise.all(
      [
        'drafts',
        'submissions',
        'cases',
        'case_events',
        'accounts',
        'account_settlements',
        'attachments',
        'arrivals',
        'registers',
        'register_entries',
        'audit_trail',
      ].map((name) => portal.admin(`select t::text from ${name} t`)),
    ),
  )
  for (const value of ['IDEGEN-ERTEK', '1942424249', '2031-03-03'])
    expect([value, kept.includes(value)]).toEqual([value, false])
  const [stored] = await portal.admin(
    `select s.author_id, s.party_id, s.settlement_id, c.state, c.party_id as client, c.assigned_to, c.file_number is not null as numbered
       from submissions s join cases c on c.submission_id = s.id where c.id = $1`,
    [matter?.id],
  )
  const { accountId } = annas
  expect(stored).toEqual({
    author_id: accountId,
    party_id: accountId,
    settlement_id: 6293,
    state: 'registered',
    client: accountId,
    assigned_to: null,
    numbered: true,
  })
})

/** With the right token it leads to the KAÜ, which is not there. */
const toKau = '/munkamenet/azonositas'

/** What is compared with the ticket is refused before it is read. */
const judgedByTheTicket: Record<string, number> = { _jegy: 403, kulcs: 409 }

describe('every form there is', () => {
  let forms: PostedForm[]
  beforeAll(async () => {
    forms = await formsThatPost()
    expect(forms.length).toBeGreaterThan(15)
  })

  test('refuses a field that comes twice, and changes nothing', async () => {
    const before = await everything()
    for (const { as, action, fields, several } of forms) {
      if (action === toKau) continue
      for (const name of Object.keys(fields)) {
        if (several.has(name)) continue
        const doubled = { ...fields, [name]: ['egy', 'más'] }
        const { status } = await portal.post(action, doubled, { as })
        const expected = '_jegy' in fields ? judgedByTheTicket[name] : undefined
        expect([action, name, status]).toEqual([action, name, expected ?? 400])
      }
    }
    expect(await everything()).toBe(before)
  })

  test('needs the token of the very session, in the body, once', async () => {
    const before = await everything()
    const theirs = (await portal.session(bela)).token
    for (const { as, action, fields } of forms) {
      if (action === '/nyelv') continue
      const { token } = await portal.session(as)
      const rest = asBody(fields)
      for (const [address, body, headers] of [
        [action, rest, {}],
        [action, `${rest}&_csrf=${theirs}`, {}],
        [action, `${rest}&_csrf=`, {}],
        [action, `${rest}&_csrf=${token}&_csrf=${token}`, {}],
        [action, `${rest}&_csrf=${token.slice(0, -1)}`, {}],
        [action, `${rest}&_csrf[]=${token}`, {}],
        [`${action}?_csrf=${token}`, rest, {}],
        [action, rest, { 'x-csrf-token': token, 'csrf-token': token, 'x-xsrf-token': token }],
        [action, `${rest}&_csrf=${token}`, { origin: 'https://gonosz.example' }],
        [action, `${rest}&_csrf=${token}`, { origin: 'null' }],
        [action, `${rest}&_csrf=${token}`, { 'sec-fetch-site': 'cross-site' }],
      ] as const) {
        const { statusCode } = await rawPost(as, address, body, headers)
        expect([address, body.slice(-30), statusCode]).toEqual([address, body.slice(-30), 403])
      }
    }
    expect(await everything()).toBe(before)
  })

  test('takes nothing at all, and anything at all, for a mistake of the sender', async () => {
    const junk = [
      '',
      ' ',
      '\u0000',
      '\ud83d',
      '\u202e',
      '-1',
      '99999999999999999999',
      '1e9',
      'NaN',
      '٣',
      '[object Object]',
      '{"a":1}',
      '__proto__',
      "' or 1=1 --",
      '<svg/onload=x>',
      '9'.repeat(2_000),
      'ő'.repeat(9_000),
      '00000000-0000-4000-8000-000000000000',
      '../../x',
      '%',
      '\n\n\n',
    ]
    for (const { as, action, fields } of forms) {
      if (/torles$/.test(action) || action === toKau) continue
      const nothing = await portal.post(action, {}, { as })
      expect([action, nothing.status < 500]).toEqual([action, true])
      for (const [at, text] of junk.entries()) {
        const names = Object.keys(fields)
        // Each in one field, in turn, and each in all.
        const one = names[at % Math.max(1, names.length)] ?? 'x'
        for (const posted of [{ ...fields, [one]: text }, Object.fromEntries(names.map((name) => [name, text]))]) {
          const { status } = await portal.post(action, posted, { as })
          expect([action, one, text.slice(0, 20), status < 500]).toEqual([action, one, text.slice(0, 20), true])
        }
      }
    }
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })

  test('reads nothing that is not UTF-8, or broken, or too much', async () => {
    const before = await everything()
    for (const { as, action, fields } of forms) {
      if (action === '/nyelv') continue
      const { token } = await portal.session(as)
      const rest = `${asBody(fields)}&_csrf=${token}`
      for (const [body, status] of [
        [`${rest}&x=%ff%fe`, 400],
        [`${rest}&x=%c0%af`, 400],
        [`${rest}&x=%ed%a0%80`, 400],
        [`${rest}&x=%zz`, 400],
        [`${rest}&x=%`, 400],
        [`${rest}&${'a=1&'.repeat(500)}`, 400],
        [`${rest}&${'a'.repeat(500)}=1`, 400],
        [`${rest}&x=${'a'.repeat(300_000)}`, 413],
      ] as const) {
        const { statusCode } = await rawPost(as, action, body)
        expect([action, body.slice(-12), statusCode]).toEqual([action, body.slice(-12), status])
      }
    }
    expect(await everything()).toBe(before)
  })
})

test('a page that was shown before somebody else signed in here does nothing for them', async () => {
  const shown: Page = await portal.visit(`/ujhartyan/sajat/urlapok/${annas.draftId}/kerelem`, { as: anna })
  const token = shown.html.querySelector('input[name=_csrf]')?.getAttribute('value') ?? ''
  const ticket = shown.html.querySelector('input[name=_jegy]')?.getAttribute('value') ?? ''
  const before = await everything()
  const { statusCode, body } = await rawPost(
    bela,
    `/ujhartyan/sajat/urlapok/${annas.draftId}/kerelem`,
    `_csrf=${token}&_jegy=${ticket}&subject=x`,
  )
  expect(statusCode).toBe(409)
  expect(body).toContain('Ez az oldal egy másik bejelentkezéshez tartozott')
  expect(body).not.toContain('Vízjel')
  expect(await everything()).toBe(before)
})
