/**
 * Every text a person can type, filled with what has broken pages elsewhere, and every page on which it turns up: no page gets an
 * element or an attribute it has not with honest texts (security requirement 19).
 */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { writeCodes } from '../../src/platform/codes/numbered-codes.ts'
import { anna, type CastPerson, cecilia, denes, hanna } from '../cast/people.ts'
import { takingOver } from '../features/paper-forms/taking-over.ts'
import { valueOf } from '../features/submissions/general-request.ts'
import { deedsOf, readPdf } from '../platform/pdf/read-pdf.ts'
import { ticketFor } from '../support/form-tickets.ts'
import { openTestPortal, type Page, readPage, type TestPortal } from '../support/portal.ts'
import { bringInTaxBooks } from '../support/tax-books.ts'
import { mandateTo, scanAll } from './annas-matters.ts'
import { fillInForm, textFields } from './any-form.ts'

const vectors = [
  `"'><svg/onload=canary(1)>`,
  '<script>canary(2)</script>',
  '<img src=x onerror=canary(3)>',
  '</textarea><script>canary(4)</script>',
  '</title><style>*{x:canary(5)}</style>',
  '" onfocus="canary(6)" autofocus="',
  `' onmouseover='canary(7)' x='`,
  '` onclick=canary(8) `',
  'javascript:canary(9)//',
  '{{ 7*191 }}{% raw %}',
  '${7*191}<%= 7*191 %>#{7*191}',
  `{{ range.constructor('return 7*191')() }}`,
  '<!--<canary13>-->',
  ']]><canary14/>',
  `<iframe srcdoc="<script>canary(15)</script>">`,
  '&lt;canary16&gt;&#60;x&#62;&quot;',
  '<a href="javascript:canary(17)">x</a>',
  '<base href="https://gonosz.example/">',
  '<form action="https://gonosz.example"><input name=canary19>',
  '{n, plural, other {canary20}} {x}',
  '<meta http-equiv="refresh" content="0;url=https://gonosz.example">',
  '=HYPERLINK("https://gonosz.example")',
  '＜script＞canary(23)＜/script＞',
  'a \u202etpircs<canary24\u202c',
  'b\u200b<canary25>\ufeff',
  '\u2028canary26\u2029',
  '%3Cscript%3Ecanary(27)%3C/script%3E',
  '../../../../etc/passwd',
  '<x/onclick=a>',
  '"><b>',
  `'><i x='`,
  '{{7*191}}',
  'W'.repeat(8_000),
  '𠀀<b>\u0301ő',
]
/** What 7*191 makes; ids and hashes have such digits too, among their others. */
const computed = /(?<![0-9a-z])1337(?![0-9a-z])/i
const all = vectors.filter((vector) => vector.length < 200).join(' ')
const fitting = (number: number, limit: number) => {
  if (number < 0) return vectors.find((vector) => vector.length > 200)?.slice(0, limit) ?? ''
  if (limit > all.length + 100) return all
  const short = vectors.filter((vector) => [...vector].length <= limit)
  return short[number % short.length] ?? '"<b>'
}
const hostileFile = (number: number) => `{{7*191}}' onload=canary &lt;b&gt; \${7*191} ő(${number}).jpg`

const forms = ['altalanos-kerelem', 'adoigazolas-kerelem', 'kommunalis-ado-adatbejelentes']

/** One reading of the whole portal: by somebody honest, or by somebody who types the above. */
interface Round {
  portal: TestPortal
  pages: { what: string; page: Page }[]
  typed: Map<string, Set<string>>
  pdfs: Buffer[]
}
let honest: Round
let hostile: Round

beforeAll(async () => {
  hostile = await walk((number, limit) => fitting(number, limit), hostileFile)
  honest = await walk(
    (_number, limit) => [...'Egy rendes szöveg, amelyet bárki írhat.'].slice(0, limit).join(''),
    (number) => `rendes ${number}.jpg`,
  )
}, 240_000)
afterAll(async () => {
  await honest.portal.close()
  await hostile.portal.close()
})

async function walk(
  text: (number: number, limit: number) => string,
  fileName: (number: number) => string,
): Promise<Round> {
  const portal = await openTestPortal()
  const pages: Round['pages'] = []
  const typed: Round['typed'] = new Map()
  const pdfs: Buffer[] = []
  let number = 0
  let visited = 0
  const next = (limit: number) => {
    number += 1
    return text(number, limit)
  }
  const see = (what: string) => (page: Page) => {
    pages.push({ what, page })
  }
  async function visit(path: string, as?: CastPerson): Promise<void> {
    visited += 1
    const language = visited % 2 === 0 ? 'hu' : 'en'
    see(`${language} ${path}`)(await portal.visit(path, { language, ...(as !== undefined && { as }) }))
  }
  async function post(path: string, fields: Record<string, string>, as?: CastPerson): Promise<Page> {
    const page = await portal.post(path, fields, as === undefined ? {} : { as })
    see(`POST ${path}`)(page)
    return page
  }

  // Names as the KAÜ gives them.
  const person: CastPerson = {
    ...anna,
    identity: { ...anna.identity, birthPlace: next(100), motherFamilyName: next(60), motherGivenName: next(60) },
  }
  const named: CastPerson = {
    ...anna,
    id: 'gabor',
    subject: 'canary-named',
    identity: {
      ...person.identity,
      familyName: next(60),
      givenName: next(60),
      birthFamilyName: next(60),
      birthGivenName: next(60),
    },
  }
  // What an office says of itself and of its people.
  await portal.admin('update offices set name = $1, street_address = $2, city = $3, phone = $4, email = $5', [
    next(150),
    next(150),
    next(60),
    next(40),
    next(100),
  ])
  await portal.admin('update offices set opening_hours = $1, note = $2', [
    JSON.stringify([{ days: { hu: next(60), en: next(60) }, hours: next(60) }]),
    JSON.stringify({ hu: next(150), en: next(150) }),
  ])
  await portal.admin('update clerks set name = $1', [next(100)])
  await portal.admin('update settlement_forms set contact = $1', [next(200)])
  await visit('/ujhartyan')
  await visit('/ujhartyan/ugyek')
  for (const form of forms) await visit(`/ujhartyan/ugyek/${form}`)

  // Filling in, the pages refused and the pages taken.
  const sent: string[] = []
  for (const form of forms) {
    for (const choice of [0, 1, 9]) {
      const typist = {
        settlement: 'ujhartyan',
        form,
        choice,
        fileName,
        text(field: string, limit: number) {
          const value = limit >= 8_000 && choice === 1 ? text(-1, limit) : next(limit)
          const known = field.replace(/^.*\.\d+\./, '')
          typed.set(known, (typed.get(known) ?? new Set()).add(value))
          return value
        },
      }
      if (choice !== 1) {
        const check = await fillInForm(portal, { ...typist, person: undefined, seen: see(`${form} for print`) })
        const fields = Object.fromEntries(
          check.html
            .querySelectorAll('#urlap input[type=hidden]')
            .map((input) => [input.getAttribute('name') ?? '', input.getAttribute('value') ?? '']),
        )
        for (const button of ['nyomtatas', 'pdf']) {
          const { publicUrl } = portal.portal.config.server
          const answer = await portal.app.inject({
            method: 'POST',
            url: `/ujhartyan/ugyek/${form}/kitoltes/ellenorzes`,
            headers: { host: publicUrl.host, 'content-type': 'application/x-www-form-urlencoded' },
            payload: new URLSearchParams({ ...fields, _gomb: button }).toString(),
          })
          if (button === 'pdf' && String(answer.headers['content-type']).includes('pdf')) pdfs.push(answer.rawPayload)
          else see(`${form} printed`)(readPage(answer))
        }
      }
      const overview = await fillInForm(portal, { ...typist, person, seen: see(form) })
      const draft =
        /\/urlapok\/([0-9a-f-]{36})/.exec(
          overview.html.querySelector('#bekuldes')?.getAttribute('action') ?? '',
        )?.[1] ?? ''
      const base = `/ujhartyan/sajat/urlapok/${draft}`
      await visit(`${base}/attekintes`, person)
      await visit(`${base}/ellenorzes`, person)
      await visit(`/ujhartyan/sajat/urlapok/uj?urlap=${form}`, person)
      await visit('/sajat/urlapok', person)
      await visit(`/sajat/urlapok/${draft}/torles`, person)
      // The same page saved in two windows: both versions are shown.
      const steps = overview.html
        .querySelectorAll(`a[href^="${base}/"]`)
        .flatMap((link) => link.getAttribute('href')?.split('?')[0]?.split('/').at(-1) ?? [])
      const textPage = steps.includes('kerelem') ? 'kerelem' : 'nyilatkozat'
      await post(
        `${base}/${textPage}`,
        {
          _jegy: await ticketFor(portal, person, {
            draft,
            step: textPage,
            form: { code: form, version: portal.portal.forms.latest(form)?.version ?? 1 },
          }),
          'declared-at': next(100),
          subject: next(200),
          body: next(8_000),
          addressee: next(100),
          topic: 'other',
        },
        person,
      )
      await scanAll(portal)
      const done = await post(`${base}/bekuldes`, hiddenOf(overview), person)
      if (done.status !== 303) throw new Error(`not sent: ${String(done.status)} ${done.text.slice(0, 300)}`)
      sent.push(done.location)
    }
  }
  for (const receipt of sent) {
    await visit(receipt, person)
    const { cookie } = await portal.session(person)
    for (const language of ['hu', 'en']) {
      const answer = await portal.app.inject({
        url: `${receipt}/nyugta.pdf`,
        headers: { host: '127.0.0.1:8080', cookie: `${cookie}; __Host-nyelv=${language}` },
      })
      expect(answer.statusCode).toBe(200)
      pdfs.push(answer.rawPayload)
    }
  }

  // A form begun with what was sent, beside another, and of an older version.
  const [general = ''] = forms
  for (const receipt of sent) {
    await visit(`${receipt}/masolat`, person)
    await post(`${receipt}/masolat`, { kulcs: randomUUID(), ismert: next(100) }, person)
  }
  await portal.admin('update drafts set form_version = 1 where form_code = $1', [general])
  for (const { id } of await portal.admin<{ id: string }>('select id from drafts where form_code = $1', [general])) {
    await visit(`/ujhartyan/sajat/urlapok/${id}/valtozat`, person)
    await post(`/ujhartyan/sajat/urlapok/${id}/valtozat`, { revizio: next(20), valtozat: next(20) }, person)
  }
  await visit('/sajat/urlapok', person)

  // What came on paper, with codes that anybody may have written.
  const answers = {
    'sender-name': { family: next(60), given: next(60) },
    'sender-email': next(100),
    'declared-at': next(100),
    subject: next(150),
    body: next(6_000),
    'acts-as-agent': 'yes',
    'represented-name': next(100),
    'sender-home-address': { street: next(60), settlement: next(60), postalCode: next(20) },
  }
  const version = portal.portal.forms.latest(general)?.version
  const codes = writeCodes(Buffer.from(JSON.stringify({ form: [general, version], settlement: 6293, answers }))) ?? []
  await post('/hivatal/ujhartyan/papir', { kodok: next(3_000) }, cecilia)
  await post('/hivatal/ujhartyan/papir', { kodok: [next(100), ...codes.slice(1)].join('\n') }, cecilia)
  const read = await post('/hivatal/ujhartyan/papir', { kodok: [...codes, next(100)].join('\n') }, cecilia)
  const refusable = { kuldo: next(200), 'erkezett.year': next(9), 'erkezett.month': next(9), 'erkezett.day': next(9) }
  await post('/hivatal/ujhartyan/papir/atvetel', { ...takingOver(read), ...refusable }, cecilia)
  const taken = await post('/hivatal/ujhartyan/papir/atvetel', { ...takingOver(read), kuldo: 'Papír Piroska' }, cecilia)
  if (taken.status !== 303) throw new Error(`not taken over: ${String(taken.status)} ${taken.text.slice(0, 300)}`)
  await post('/hivatal/ujhartyan/papir', { kodok: codes.join('\n') }, cecilia)

  // What the office says of its forms, right and wrong.
  const published = `/hivatal/ujhartyan/urlapok/ujhartyan/${general}`
  const terms = { kapcsolat: next(200), 'dij-megjegyzes': next(300), 'dij-megjegyzes-en': next(300) }
  const fee = { dij: '100', 'dij-tol.year': '2020', 'dij-tol.month': '1', 'dij-tol.day': '1', hatarido: '3' }
  const saved = await post(`${published}/helyi-adatok`, { ...terms, ...fee }, hanna)
  if (saved.status !== 303) throw new Error(`not saved: ${String(saved.status)} ${saved.text.slice(0, 300)}`)
  const wrong = { dij: next(40), 'dij-tol.year': next(9), 'dij-ig.day': next(9), hatarido: next(9) }
  await post(`${published}/helyi-adatok`, { ...terms, ...wrong }, hanna)
  for (const path of [published, '/hivatal/ujhartyan/urlapok/ujhartyan']) {
    await visit(path, hanna)
    await visit(`${path}?kesz=${encodeURIComponent(next(40))}&urlap=${encodeURIComponent(next(40))}`, hanna)
  }
  for (const path of ['', '/ures', '/kitoltes']) {
    await visit(`/ujhartyan/ugyek/${general}${path}`)
    await visit(`/ujhartyan/ugyek/${general}${path}`)
  }

  // The office's side, with names no check of ours has seen.
  await portal.admin('update cases set client_name = $1', [next(200)])
  const [worker] = await portal.admin<{ id: string }>('select id from clerks where subject = $1', [denes.subject])
  const matters = await portal.admin<{ id: string }>('select id from cases order by submitted_at')
  await visit('/hivatal/ujhartyan/beerkezett', cecilia)
  for (const { id } of matters) {
    const at = `/hivatal/ujhartyan/ugyek/${id}`
    await visit(at, cecilia)
    await post(`${at}/erkeztetes`, { vissza: next(100) }, cecilia)
    await post(`${at}/iktatas`, {}, cecilia)
    await post(`${at}/szignalas`, { ugyintezo: next(100), helyett: next(100), utasitas: next(1_000) }, cecilia)
    await post(`${at}/szignalas`, { ugyintezo: worker?.id ?? '', helyett: '', utasitas: next(1_000) }, cecilia)
    await post(`${at}/megkezdes`, {}, denes)
    if (id === matters[0]?.id) await talkAbout(id)
    if (id === matters[1]?.id) await endWithReason(id)
    await post(`${at}/lezaras`, { valasz: next(15) }, denes)
    await post(`${at}/lezaras`, { valasz: `A válasz: ${next(9_000)} ${next(100)}` }, denes)
    await visit(at, denes)
    await visit(`/ujhartyan/sajat/ugyek/${id}`, person)
  }
  await giveMandates(matters[2]?.id ?? '')
  await lookAtTaxes()
  for (const path of ['beerkezett', 'ugyek', 'ugyek?nezet=lezart', 'ugyek?nezet=folyamatban'])
    await visit(`/hivatal/ujhartyan/${path}`, denes)
  for (const path of ['/sajat', '/sajat/ugyek', '/sajat/urlapok', '/sajat/beallitasok']) {
    await visit(path, person)
    await visit(path, named)
  }
  await visit('/hivatal/ujhartyan', denes)
  await fillInForm(portal, {
    person: named,
    settlement: 'ujhartyan',
    form: forms[0] ?? '',
    choice: 0,
    text: (_field, limit) => next(limit),
    fileName,
    seen: see('a name of the KAÜ'),
  }).catch(() => undefined)

  // What is repeated from an address or a refused form, each with everything there is.
  for (const word of text(0, 9) === fitting(0, 9) ? vectors : ['rendes', 'b', 'Egy rendes szöveg']) {
    const q = encodeURIComponent(word.slice(0, 150))
    await visit(`/onkormanyzatok?q=${q}`)
    await visit(`/ujhartyan/ugyek?q=${q}&elethelyzet=${q}`)
    await visit(`/hivatal/ujhartyan/kereses?szam=${encodeURIComponent(word.slice(0, 60))}`, cecilia)
    await visit(`/hivatal/ujhartyan/meghatalmazasok?keres=${encodeURIComponent(word.slice(0, 90))}`, cecilia)
    await visit(`/sajat/ugyfelek?keres=${encodeURIComponent(word.slice(0, 90))}`, hanna)
    await visit(`/sajat/adatnaplo?tol=${q}&telepules=${q}&utan=${q}`, person)
    await visit(`/ujhartyan/sajat/ado?tipus=${q}&ev=${q}`, person)
    await post('/ujhartyan/sajat/ado', { azonosito: word.slice(0, 100) }, person)
    await visit(`/hivatal/ujhartyan/beerkezett?telepules=${q}&nezet=${q}&kesz=${q}`, cecilia)
    await visit(`/${encodeURIComponent(word.slice(0, 100)).replaceAll('%2F', '-')}`)
    await post(
      '/sajat/beallitasok',
      {
        telepules: word.slice(0, 200),
        email: word.slice(0, 300),
        telefon: word.slice(0, 60),
        nyelv: word.slice(0, 9),
        telepulesId: word.slice(0, 9),
      },
      named,
    )
    await post('/ujhartyan/sajat/urlapok/uj', { urlap: word.slice(0, 100), kulcs: word, mod: word }, named)
    await post('/nyelv', { nyelv: word.slice(0, 9), vissza: word.slice(0, 99) })
  }
  return { portal, pages, typed, pdfs }

  /** A call, an answer to it, and messages, right and too long. */
  async function talkAbout(id: string): Promise<void> {
    const desk = `/hivatal/ujhartyan/ugyek/${id}`
    const followed = `/ujhartyan/sajat/ugyek/${id}`
    const tooLong = (limit: number) => `${next(limit)}${'x'.repeat(4_100)}`
    await post(`${desk}/hianypotlas`, { kerdes: next(40), leiras: tooLong(1_000), napok: next(9) }, denes)
    await post(`${desk}/hianypotlas`, { kerdes: 'subject', leiras: next(2_000), napok: '15' }, denes)
    const begun = await post(`${followed}/hianypotlas`, {}, person)
    const answering = await portal.visit(begun.location, { as: person })
    see(begun.location)(answering)
    await post(begun.location, { _jegy: valueOf(answering, '_jegy'), subject: next(150) }, person)
    await visit(`${begun.location}/attekintes`, person)
    for (const uzenet of [tooLong(1_000), next(3_000), next(300)])
      await post(`${followed}/uzenetek`, { kulcs: randomUUID(), uzenet }, person)
    for (const fajta of ['note', 'from-office'])
      for (const szoveg of [tooLong(1_000), next(3_000)])
        await post(`${desk}/uzenetek`, { kulcs: randomUUID(), fajta, szoveg }, denes)
    await post(`${followed}/visszavonas`, { indok: tooLong(1_000) }, person)
  }

  async function endWithReason(id: string): Promise<void> {
    const step = `/hivatal/ujhartyan/ugyek/${id}/lepes/attetel`
    await visit(step, denes)
    await post(step, { indok: next(9), cimzett: `${next(100)}${'x'.repeat(210)}` }, denes)
    const ended = await post(step, { indok: `Az indok: ${next(2_000)}`, cimzett: next(200) }, denes)
    if (ended.status !== 303) throw new Error(`not ended: ${String(ended.status)} ${ended.text.slice(0, 300)}`)
  }

  /** Given by oneself and recorded by a clerk, with names that are refused and names no check of ours has seen. */
  async function giveMandates(evidence: string): Promise<void> {
    const lists: [string, CastPerson][] = [
      ['/sajat/meghatalmazasok', person],
      ['/hivatal/ujhartyan/meghatalmazasok', denes],
    ]
    for (const [list, as] of lists) {
      const where = { telepules: 'ujhartyan', ugy: evidence, jogok: 'ugyek', 'ugyek-kore': 'minden' }
      const words = { nev: next(100), 'szuletesi-hely': next(60), 'anyja-utoneve': next(60), 'kezdete.year': next(9) }
      const party = { 'kepviselt-nev': next(150), 'kepviselt-szam': next(20), 'kepviselt-fajta': next(20) }
      const kulcs = randomUUID()
      await post(`${list}/uj`, { ...mandateTo(hanna), ...where, kulcs, ...words, ...party }, as)
      const given = await post(`${list}/uj`, { ...mandateTo(hanna), ...where, kulcs }, as)
      if (given.status !== 303) throw new Error(`not given: ${String(given.status)} ${given.text.slice(0, 300)}`)
    }
    await portal.admin('update mandates set representative_name = $1', [next(150)])
    await portal.admin('update represented_parties set name = $1, seat = null', [next(150)])
    for (const [list, as] of lists) await visit(`${list}?keres=a`, as)
    for (const path of ['kepviseletek', 'ugyfelek', 'ugyfelek/tetelek']) await visit(`/sajat/${path}`, hanna)
  }

  /** What a tax register may say. */
  async function lookAtTaxes(): Promise<void> {
    await bringInTaxBooks(portal.database.ownerUrl, portal.portal.config.personKeys)
    const [mark] = portal.portal.representation.marksOf(person)
    await portal.admin(`update taxpayers set person_mark = $1 where register_key = 'UH-1001'`, [mark])
    await portal.admin('update taxpayers set name = $1, address = $2', [next(150), next(150)])
    await portal.admin('update tax_accounts set payee = $1', [next(70)])
    await portal.admin('update tax_bookings set document = $1', [next(60)])
    const balance = '/ujhartyan/sajat/ado'
    const asked = await post(balance, { azonosito: anna.taxId }, person)
    if (asked.status !== 303) throw new Error(`not found: ${String(asked.status)} ${asked.text.slice(0, 300)}`)
    for (const path of [balance, `${balance}?tipus=reszletes`, `${balance}/fizetes`, '/sajat/ado', '/sajat/adatnaplo'])
      await visit(path, person)
    const { cookie } = await portal.session(person)
    const answer = await portal.app.inject({
      url: `${balance}/egyenleg.pdf?tipus=reszletes`,
      headers: { host: '127.0.0.1:8080', cookie },
    })
    expect(answer.statusCode).toBe(200)
    pdfs.push(answer.rawPayload)
  }
}

function hiddenOf(page: Page): Record<string, string> {
  return Object.fromEntries(
    page.html
      .querySelectorAll('#bekuldes input[type=hidden]:not([name=_csrf])')
      .map((input) => [input.getAttribute('name') ?? '', input.getAttribute('value') ?? '']),
  )
}

/** What a page is made of, its texts left out. */
function building(page: Page): Set<string> {
  return new Set(
    page.html
      .querySelectorAll('*')
      .flatMap((element) => [
        element.tagName,
        ...Object.keys(element.attributes).map((name) => `${element.tagName} ${name}`),
      ]),
  )
}

describe('with hostile texts everywhere', () => {
  test('every field that takes a text was typed into, with each of the texts', () => {
    const fields = new Set(forms.flatMap((form) => [...textFields(form).keys()]))
    const never = [...fields].filter((field) => !hostile.typed.has(field))
    // These two follow from the settlement; what is known of somebody signed in is typed for print.
    expect(never).toEqual(['addressee', 'object-address.settlement'])
    const typed = [...hostile.typed.values()].flatMap((texts) => [...texts]).join('\n')
    expect(vectors.filter((vector) => !typed.includes(vector)).map((vector) => vector.slice(0, 60))).toEqual([])
    expect(hostile.pages.length).toBeGreaterThan(350)
  })

  test('nothing is answered as a failure of ours', () => {
    expect(
      hostile.pages.filter(({ page }) => page.status >= 500).map(({ what, page }) => `${what} ${String(page.status)}`),
    ).toEqual([])
  })

  test('no page has an element or an attribute that honest texts do not give it', () => {
    const known = new Set(honest.pages.flatMap(({ page }) => [...building(page)]))
    const strange = hostile.pages.flatMap(({ what, page }) =>
      [...building(page)].filter((part) => !known.has(part)).map((part) => `${what}: ${part}`),
    )
    expect([...new Set(strange)].slice(0, 20)).toEqual([])
  })

  test('no text stands on a page as it was typed when it holds a sign that means something there', () => {
    const dangerous = vectors.filter((vector) => /[<>"']/.test(vector))
    const raw = hostile.pages.flatMap(({ what, page }) =>
      dangerous.filter((vector) => page.body.includes(vector)).map((vector) => `${what}: ${vector}`),
    )
    expect([...new Set(raw)].slice(0, 20)).toEqual([])
  })

  test('what was typed is shown as it was typed, and computed nowhere', () => {
    const all = hostile.pages.map(({ page }) => page.text).join('\n')
    expect(all).not.toMatch(computed)
    for (const shown of ['{{ 7*191 }}{% raw %}', '${7*191}', '{n, plural, other {canary20}} {x}', '&lt;canary16&gt;']) {
      expect(all).toContain(shown)
    }
  })

  test('signs that turn the writing are shown by their names', () => {
    const pages = hostile.pages.filter(
      ({ what, page }) => what.includes('beadvanyok') && page.text.includes('[U+202E]'),
    )
    expect(pages.length).toBeGreaterThan(0)
  })

  test('every address on every page is one of the portal, a letter, a telephone, or one that honest texts lead to', () => {
    const addresses = ({ html }: Page) =>
      ['href', 'src', 'action', 'formaction'].flatMap((name) =>
        html.querySelectorAll(`[${name}]`).map((element) => element.getAttribute(name) ?? ''),
      )
    const own = /^(?:\/(?![/\\])|#|mailto:|tel:[+\d]*$)/
    const known = new Set(honest.pages.flatMap(({ page }) => addresses(page)))
    const strange = hostile.pages.flatMap(({ what, page }) =>
      addresses(page).flatMap((address) => (own.test(address) || known.has(address) ? [] : [`${what}: ${address}`])),
    )
    expect([...new Set(strange)].slice(0, 20)).toEqual([])
    expect([...known].filter((address) => !own.test(address) && !address.startsWith('https://'))).toEqual([])
  })

  test('no page has a script, a style or a handler of its own', () => {
    for (const { what, page } of [...hostile.pages, ...honest.pages]) {
      const scripts = page.html
        .querySelectorAll('script')
        .filter((script) => script.getAttribute('src') === undefined || script.textContent.trim() !== '')
      const inline = page.html.querySelectorAll('style, [style], base, iframe, object, embed, [srcdoc]')
      const handlers = page.html
        .querySelectorAll('*')
        .filter((element) => Object.keys(element.attributes).some((name) => /^on/i.test(name)))
      expect([what, scripts.length, inline.length, handlers.length]).toEqual([what, 0, 0, 0])
    }
  })

  test('papers show the texts, fetch nothing and run nothing', () => {
    expect(hostile.pdfs.length).toBeGreaterThan(20)
    for (const bytes of hostile.pdfs) {
      expect(bytes.subarray(0, 5).toString()).toBe('%PDF-')
      expect(deedsOf(bytes)).toEqual([])
    }
    const texts = hostile.pdfs.map((bytes) => readPdf(bytes).text.replaceAll(/\s+/g, ' ')).join('\n')
    expect(texts).not.toMatch(computed)
    expect(texts).toContain('{{ 7*191 }}{% raw %}')
    expect(texts).toContain('<img src=x onerror=canary(3)>')
  })
})
