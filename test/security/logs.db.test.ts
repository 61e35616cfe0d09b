/** A whole journey with its accidents, and every line that was logged on the way: ids, routes and kinds of failure, and no word of anybody. */
import { randomUUID } from 'node:crypto'
import { EventEmitter } from 'node:events'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { databaseStore } from '../../src/adapters/attachment-store/database-client.ts'
import { notificationJobs } from '../../src/features/notifications/index.ts'
import { submissionJobs } from '../../src/features/submissions/index.ts'
import { runJobs } from '../../src/platform/jobs/runner.ts'
import { openLog } from '../../src/platform/log.ts'
import { anna, type CastPerson, cecilia, denes } from '../cast/people.ts'
import { atTheForm } from '../features/submissions/general-request.ts'
import { jpg } from '../platform/files/sample-files.ts'
import { openTestPortal, type TestPortal } from '../support/portal.ts'
import { bringInTaxBooks } from '../support/tax-books.ts'
import { mandateTo } from './annas-matters.ts'
import { fillInForm } from './any-form.ts'

const mark = 'kanari'
/** Each personal field has a word of its own, so that a line that tells is traced to it at once. */
const person: CastPerson = {
  ...anna,
  subject: `${mark}-subject`,
  email: `${mark}.email@example.hu`,
  identity: {
    familyName: 'Kanaricsalad',
    givenName: 'Kanariuto',
    birthFamilyName: 'Kanariszul',
    birthGivenName: 'Kanariszulnev',
    motherFamilyName: 'Kanarianya',
    motherGivenName: 'Kanarianyauto',
    birthPlace: 'Kanarihely',
    birthDate: '1983-07-19',
  },
}

/** On its own: ids, hashes and moments have such digits too, among their others. */
const birthYear = /(?<![0-9a-f.:-])1983(?![0-9a-f:])/i
/** Line and column of a stack, and how long a request took, can be any number. */
const figures = /:\d+:\d+\b|"milliseconds":\d+/g

let portal: TestPortal
const lines: string[] = []
const printed: string[] = []

beforeAll(async () => {
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((text) => {
      printed.push(String(text))
      return true
    })
  }
  portal = await openTestPortal({ LOG_LEVEL: 'debug' }, (line) => lines.push(line))
})
afterEach(() => {
  vi.restoreAllMocks()
})
afterAll(() => portal.close())

test('nothing of a person, an answer, a file or an address is ever logged', async () => {
  let number = 0
  const word = (where: string) => {
    number += 1
    return `Kanari ${where} ${String(number)}`
  }
  const as = { as: person }
  const { cookie, token, accountId } = await portal.session(person)

  // The account, with what is refused too.
  const settings = { telepules: 'Újhartyán', email: person.email, telefon: '+36 30 998 7766', nyelv: 'hu' }
  await portal.post('/sajat/beallitasok', settings, as)
  await portal.post('/sajat/beallitasok', { ...settings, email: 'kanari rossz cím', telepules: 'Kanarifalva' }, as)

  // Every field of every form, for print and to be sent; files with names, also such as are refused.
  for (const form of ['altalanos-kerelem', 'adoigazolas-kerelem', 'kommunalis-ado-adatbejelentes']) {
    const typist = {
      settlement: 'ujhartyan',
      form,
      choice: 9,
      text: word,
      fileName: (one: number) => `Kanari fájl ${String(one)}.jpg`,
      seen: () => {},
    }
    await fillInForm(portal, { ...typist, person: undefined })
    await fillInForm(portal, { ...typist, person })
  }
  const form = atTheForm(portal, person)
  const draft = await form.begin()
  for (const page of ['bekuldo', 'cim']) await form.savePage(draft, page)
  await form.savePage(draft, 'kerelem', { subject: word('tárgy'), body: word('szöveg') })
  for (const [name, bytes] of [
    ['kanari.exe', Buffer.from('MZ')],
    ['kanari\u202e.pdf', jpg()],
    ['kanari.pdf', jpg()],
    [`${'kanari'.repeat(60)}.jpg`, jpg()],
  ] as const) {
    await form.upload(draft, [{ name, bytes }])
  }
  await form.upload(
    draft,
    [{ name: 'kanari.jpg', type: 'image/jpeg', bytes: Buffer.concat([jpg(), Buffer.from('kanari bájtok')]) }],
    { broken: true },
  )
  await form.upload(draft, [
    { name: 'kanari.jpg', type: 'image/jpeg', bytes: Buffer.concat([jpg(), Buffer.from('kanari bájtok')]) },
  ])
  await form.savePage(draft, 'nyilatkozat', { 'declared-at': word('hely') })

  // Accidents while saving and sending: failed statements carry what they were given, and whole rows.
  const spoil = async (statement: string, mend: string, act: () => Promise<{ status: number }>) => {
    await portal.admin(statement)
    await act()
    await portal.admin(mend)
  }
  const failed: number[] = []
  const failing = async (act: () => Promise<{ status: number }>) => {
    const answer = await act()
    failed.push(answer.status)
    return answer
  }
  const kerelem = async (fields: Record<string, string>) => {
    const ticket = await form.ticket(draft, 'kerelem')
    return () =>
      failing(() =>
        form.post(draft, 'kerelem', {
          addressee: 'Polgármesteri Hivatal',
          topic: 'other',
          ...fields,
          _jegy: ticket,
        }),
      )
  }
  await spoil(
    "alter table drafts add constraint spoiled check (answers::text not like '%eltérő%') not valid",
    'alter table drafts drop constraint spoiled',
    await kerelem({ subject: word('eltérő'), body: word('eltérő') }),
  )
  await spoil(
    'alter table drafts rename column kept_until to kept',
    'alter table drafts rename column kept to kept_until',
    await kerelem({ subject: word('másik'), body: word('másik') }),
  )
  await spoil(
    'revoke update on drafts from portal_citizen',
    'grant update on drafts to portal_citizen',
    await kerelem({ subject: word('harmadik'), body: word('harmadik') }),
  )
  await spoil(
    "alter table accounts add constraint spoiled check (contact_phone is distinct from '+36305554433') not valid",
    'alter table accounts drop constraint spoiled',
    () => failing(() => portal.post('/sajat/beallitasok', { ...settings, telefon: '+36 30 555 4433' }, as)),
  )
  await form.savePage(draft, 'kerelem', { subject: word('végleges'), body: word('végleges') })
  const sending = await form.sendForm(draft)
  await spoil(
    'alter table submissions add constraint spoiled check (false) not valid',
    'alter table submissions drop constraint spoiled',
    () => failing(() => form.post(draft, 'bekuldes', sending)),
  )
  const sent = await form.post(draft, 'bekuldes', sending)
  expect(sent.status).toBe(303)
  for (const path of ['', '/nyugta.pdf', '/tartalom.json']) await portal.visit(`${sent.location}${path}`, as)

  // The office.
  const [matter] = await portal.admin<{ id: string; arrival_number: string; client_name: string }>(
    'select * from cases where party_id = $1',
    [accountId],
  )
  const [worker] = await portal.admin<{ id: string }>('select id from clerks where subject = $1', [denes.subject])
  const desk = `/hivatal/ujhartyan/ugyek/${matter?.id ?? ''}`
  await portal.visit('/hivatal/ujhartyan/beerkezett', { as: cecilia })
  await portal.visit(`/hivatal/ujhartyan/kereses?szam=${encodeURIComponent('kanari szám')}`, { as: cecilia })
  for (const act of ['erkeztetes', 'iktatas']) await portal.post(`${desk}/${act}`, {}, { as: cecilia })
  await portal.post(
    `${desk}/szignalas`,
    { ugyintezo: worker?.id ?? '', helyett: '', utasitas: word('utasítás') },
    { as: cecilia },
  )
  await portal.post(`${desk}/megkezdes`, {}, { as: denes })
  // What is written to and fro in the case, what taxes are asked for, and who may act for whom.
  const message = { kulcs: randomUUID(), uzenet: word('kérdés'), fajta: 'from-office', szoveg: word('üzenet') }
  const followed = `/ujhartyan/sajat/ugyek/${matter?.id ?? ''}`
  for (const [address, by] of [
    [`${desk}/uzenetek`, denes],
    [`${followed}/uzenetek`, person],
  ] as const) {
    await spoil(
      'alter table case_messages rename column text to words',
      'alter table case_messages rename column words to text',
      () => failing(() => portal.post(address, message, { as: by })),
    )
    const { status } = await portal.post(address, { ...message, kulcs: randomUUID() }, { as: by })
    expect([address, status]).toEqual([address, 303])
  }
  await portal.post(`${desk}/lepes/megkereses`, { indok: word('egy másik hivatal') }, { as: denes })
  await portal.post(`${desk}/lepes/valasz-erkezett`, { indok: word('válaszolt') }, { as: denes })
  await bringInTaxBooks(portal.database.ownerUrl, portal.portal.config.personKeys)
  await portal.admin(`update taxpayers set person_mark = $1, name = $2 where register_key = 'UH-1001'`, [
    portal.portal.representation.marksOf(person)[0],
    word('adózó'),
  ])
  await portal.post('/ujhartyan/sajat/ado', { azonosito: 'kanari' }, as)
  await spoil(
    'alter table taxpayers rename column address to place',
    'alter table taxpayers rename column place to address',
    () => failing(() => portal.post('/ujhartyan/sajat/ado', { azonosito: person.taxId }, as)),
  )
  await portal.post('/ujhartyan/sajat/ado', { azonosito: person.taxId }, as)
  for (const path of ['', '/egyenleg.pdf', '/egyenleg.csv', '/fizetes'])
    expect([path, (await portal.visit(`/ujhartyan/sajat/ado${path}`, as)).status]).toEqual([path, 200])
  const given = {
    ...mandateTo({ ...person, name: word('meghatalmazott') }),
    kulcs: randomUUID(),
    telepules: 'ujhartyan',
  }
  await spoil(
    'alter table mandates rename column tax_types to taxes',
    'alter table mandates rename column taxes to tax_types',
    () => failing(() => portal.post('/sajat/meghatalmazasok/uj', { ...given, 'szuletesi-hely': 'Kanarifalva' }, as)),
  )
  await portal.post('/sajat/meghatalmazasok/uj', { ...given, 'szuletesi-hely': 'Kanarifalva' }, as)
  await portal.visit('/hivatal/ujhartyan/meghatalmazasok?keres=kanari', { as: denes })
  await portal.post(`${desk}/lezaras`, { valasz: 'kanari' }, { as: denes })
  const answer = { valasz: word('a válasz, amelyet az ügyfél kap') }
  await spoil(
    'alter table cases rename column answer to reply',
    'alter table cases rename column reply to answer',
    () => failing(() => portal.post(`${desk}/lezaras`, answer, { as: denes })),
  )
  await portal.post(`${desk}/lezaras`, answer, { as: denes })
  await portal.visit(desk, { as: denes })

  // What a stranger, or a broken browser, sends.
  for (const address of [
    '/kanari',
    '/sajat/kanari',
    `/onkormanyzatok?q=kanari`,
    '/sajat?kanari=kanari',
    '/%zzkanari',
    '/kau/visszateres?code=kanarikod&state=kanariallapot&error=kanari',
    '/belepes?kanari',
    `/ujhartyan/sajat/beadvanyok/kanari`,
    '//kanari',
  ]) {
    await portal.visit(address, {
      headers: {
        'user-agent': 'kanari',
        referer: 'http://127.0.0.1:8080/kanari',
        'x-request-id': 'kanari',
        'x-forwarded-for': 'kanari',
        'sec-fetch-site': 'same-origin',
        cookie: '__Host-munkamenet=kanari.kanari; __Host-belepes=kanari; kanari=kanari',
      },
    })
  }
  for (const type of [
    'application/json',
    'multipart/form-data',
    'application/x-www-form-urlencoded',
    'kanari/kanari',
  ]) {
    await portal.app.inject({
      method: 'POST',
      url: '/sajat/beallitasok',
      headers: { host: '127.0.0.1:8080', cookie, 'content-type': type },
      payload: '{"kanari": kanari, %zz&kanari=%ff',
    })
  }
  const report = [
    {
      type: 'csp-violation',
      url: 'http://kanari',
      body: { effectiveDirective: 'script-src', blockedURL: 'http://kanari', sample: 'kanari' },
    },
  ]
  await portal.app.inject({
    method: 'POST',
    url: '/csp-jelentes',
    headers: { host: '127.0.0.1:8080', 'content-type': 'application/reports+json' },
    payload: JSON.stringify(report),
  })

  // The database goes away in the middle of it.
  await portal.admin("update session_lineages set identity = '\\x00' where account_id = $1", [accountId])
  await failing(() => portal.visit('/sajat', as))
  await portal
    .admin(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    )
    .catch(() => [])
  await portal.visit('/sajat', as)

  // The worker, whose outside systems answer with what they were given.
  await portal.admin("update accounts set contact_email = 'kanari.email@example.hu', notices_by_email = true")
  const jobsUrl = new URL(portal.database.appUrl)
  jobsUrl.username = 'portal_jobs'
  const { db } = portal.portal
  const refused = new EventEmitter()
  const away = async (said: string): Promise<never> => {
    refused.emit('refused')
    throw new Error(`550 <${said}> kanari`, { cause: new Error('kanari') })
  }
  const runner = await runJobs({
    url: jobsUrl.href,
    timetable: [],
    log: openLog('debug', { write: (line: string) => void lines.push(line) }),
    handlers: {
      ...submissionJobs({
        db,
        attachmentStores: { inDatabase: databaseStore, objects: undefined },
        virusScanner: { scan: () => away('kanari.jpg') },
      }),
      ...notificationJobs({
        db,
        isMandateLiving: async () => true,
        findDraftEnd: async () => undefined,
        publicUrl: new URL('http://127.0.0.1:8080'),
        mailer: { send: (mail) => away(mail.to) },
      }),
    },
  })
  await vi.waitFor(() => expect(lines.filter((line) => line.includes('a job failed')).length).toBeGreaterThan(2), {
    timeout: 20_000,
  })
  await runner.stop()

  expect(failed.filter((status) => status >= 500).length).toBeGreaterThan(9)
  expect(lines.length).toBeGreaterThan(150)
  const secrets = [
    mark,
    person.identity.birthDate,
    ...[
      '998 7766',
      '9987766',
      '5554433',
      person.taxId,
      'email@example.hu',
      token,
      accountId,
      matter?.arrival_number ?? '?',
    ],
    decodeURIComponent(cookie).split('=')[1]?.split('.')[0] ?? '?',
    ...['Failing row', 'insert into', 'select "', 'update "', '127.0.0.1:8080/', 'gonosz', portal.database.appPassword],
  ]
  const told = [...lines, ...printed].flatMap((line) => [
    ...secrets
      .filter((secret) => line.toLowerCase().includes(secret.toLowerCase()))
      .map((secret) => `${secret}: ${line.slice(0, 300)}`),
    ...(birthYear.test(line.replaceAll(figures, '')) ? [`the year of birth: ${line.slice(0, 300)}`] : []),
  ])
  expect(told).toEqual([])

  // Nor does the queue keep it with a job that failed, or the trail with what was done.
  const kept = await portal.admin<{ text: string }>(
    'select last_error as text from graphile_worker._private_jobs union all select t::text from audit_trail t',
  )
  expect(kept.length).toBeGreaterThan(10)
  expect(
    kept.flatMap(({ text }) => (/kanari|998 ?7766/i.test(text ?? '') || birthYear.test(text ?? '') ? [text] : [])),
  ).toEqual([])
}, 120_000)

test('a line is one line of JSON in UTC, with nothing but what a line may hold', () => {
  const known = new Set([
    'level',
    'time',
    'msg',
    'request',
    'reqId',
    'method',
    'route',
    'status',
    'milliseconds',
    'failure',
    'system',
    'kind',
    'code',
    'at',
    'report',
    'directive',
    'job',
    'error',
    'failed',
  ])
  expect(lines.length).toBeGreaterThan(150)
  for (const line of lines) {
    expect(line.trimEnd()).not.toMatch(/[\n\r\u2028\u2029]/)
    const read = JSON.parse(line) as Record<string, unknown>
    expect([line.slice(0, 200), Object.keys(read).filter((key) => !known.has(key))]).toEqual([line.slice(0, 200), []])
    expect(read['time']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    if (typeof read['route'] === 'string') expect(read['route']).toMatch(/^[a-z/:.*?-]+$/i)
  }
})
