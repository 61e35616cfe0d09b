import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Answers, FormContext } from '../../../src/features/forms/engine/answers.ts'
import { type FormDefinition, readDefinitions, summarise } from '../../../src/features/forms/index.ts'
import { anna, cecilia } from '../../cast/people.ts'
import { pdf } from '../../platform/files/sample-files.ts'
import { openTestPortal, type Page, readPage, type TestPortal } from '../../support/portal.ts'
import { errorsOf, marksOf, valueOf } from '../submissions/general-request.ts'
import { postsOf, validAnswers, withFiles } from './generated-answers.ts'

/** What a form may be answered hangs on the day; so it is always the same day. */
const moment = new Date('2026-11-22T10:00:00Z')
const base = '/ujhartyan/sajat'
const as = { as: anna }

let portal: TestPortal

beforeAll(async () => {
  portal = await openTestPortal()
  await portal.clock.set((moment.getTime() - Date.now()) / 1000)
  await portal.admin("update settlement_forms set published_at = '2026-01-01'")
  await portal.session(anna)
  await portal.session(cecilia)
}, 120_000)
afterAll(() => portal.close())

const all = readDefinitions()
const newest = all.filter(({ code, version }) => !all.some((one) => one.code === code && one.version > version))

describe.each(newest.map((definition) => [definition.code, definition] as const))('%s', (code, definition) => {
  test('is filled in by a citizen, sent in, printed, and read by a clerk', async () => {
    const context = annasContext(definition)
    const answers = validAnswers(definition, context)
    if (answers === undefined) throw new Error('no answers were found that the form takes')

    const draft = await begin(code)
    await fillIn(definition, draft, answers, context)
    const overview = await portal.visit(`${base}/urlapok/${draft}/attekintes`, as)
    const words = wordsOf(definition, answers, context)
    expect(words.length).toBeGreaterThan(5)
    expect(missingIn(overview, words)).toEqual([])

    const sent = await portal.post(
      `${base}/urlapok/${draft}/bekuldes`,
      {
        _jegy: valueOf(overview, '_jegy'),
        _azonosito: valueOf(overview, '_azonosito'),
        _tartalom: valueOf(overview, '_tartalom'),
        nyilatkozat: 'yes',
      },
      as,
    )
    expect([sent.status, errorsOf(sent)]).toEqual([303, []])
    expect(sent.location).toMatch(new RegExp(`^${base}/beadvanyok/`))
    expect(missingIn(await portal.visit(sent.location, as), words)).toEqual([])
    const paper = await portal.visit(`${sent.location}/nyugta.pdf`, as)
    expect([paper.status, paper.body.slice(0, 5)]).toEqual([200, '%PDF-'])

    const [matter] = await portal.admin<{ id: string }>('select id from cases where submission_id = $1', [
      sent.location.split('/').at(-1),
    ])
    const desk = await portal.visit(`/hivatal/ujhartyan/ugyek/${matter?.id ?? ''}`, { as: cecilia })
    expect([desk.status, missingIn(desk, words)]).toEqual([200, []])
  }, 60_000)
})

function annasContext(definition: FormDefinition): FormContext {
  const settlement = portal.portal.directory.findBySlug('ujhartyan')
  if (settlement === undefined) throw new Error('Újhartyán is gone')
  const { id, name, postalCodes } = settlement
  return withFiles(definition, {
    today: '2026-11-22',
    settlement: { id, name, postalCodes },
    identity: anna.identity,
    contact: {},
    actingAs: 'self',
  })
}

async function begin(code: string): Promise<string> {
  const start = await portal.visit(`${base}/urlapok/uj?urlap=${code}`, as)
  const begun = await portal.post(`${base}/urlapok/uj`, { ...marksOf(start), mod: 'self' }, as)
  expect([begun.status, errorsOf(begun)]).toEqual([303, []])
  return begun.location.split('/')[4] ?? ''
}

/** Every page in its turn: looked at, files attached where it takes any, and sent. */
async function fillIn(
  definition: FormDefinition,
  draft: string,
  answers: Answers,
  context: FormContext,
): Promise<void> {
  for (const { path, fields } of postsOf(definition, answers, context)) {
    const address = `${base}/urlapok/${draft}/${path}`
    const files = definition.pages
      .find(({ id }) => id === path)
      ?.items.flatMap((item) => (item.type === 'attachment' ? [item.id] : []))
    const shown = await portal.visit(address, as)
    expect([path, shown.status]).toEqual([path, 200])
    const asked = files?.filter((id) => shown.html.querySelector(`input[name="${id}"]`) !== null) ?? []
    if (asked.length > 0) await attach(draft, path, asked, valueOf(shown, '_jegy'))
    const _jegy = asked.length > 0 ? valueOf(await portal.visit(address, as), '_jegy') : valueOf(shown, '_jegy')
    const saved = await portal.post(asked.length > 0 ? `${address}/fajlok` : address, { ...fields, _jegy }, as)
    expect([path, saved.status, errorsOf(saved)]).toEqual([path, 303, []])
  }
}

/** A file in each field, found clean: the worker is not there. */
async function attach(draft: string, path: string, fields: readonly string[], ticket: string): Promise<void> {
  const { cookie, token } = await portal.session(anna)
  const boundary = `----portal${randomBytes(8).toString('hex')}`
  const part = (head: string, body: Buffer | string) =>
    Buffer.concat([
      Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; ${head}\r\n\r\n`),
      Buffer.from(body),
      Buffer.from('\r\n'),
    ])
  const { publicUrl } = portal.portal.config.server
  const answer = readPage(
    await portal.app.inject({
      method: 'POST',
      url: `${base}/urlapok/${draft}/${path}/fajlok`,
      headers: {
        host: publicUrl.host,
        origin: publicUrl.origin,
        cookie,
        'content-type': `multipart/form-data; boundary=${boundary}`,
      },
      payload: Buffer.concat([
        part('name="_csrf"', token),
        part('name="_jegy"', ticket),
        part('name="_feltoltes"', fields[0] ?? ''),
        ...fields.map((field) =>
          part(`name="${field}"; filename="melleklet.pdf"\r\nContent-Type: application/pdf`, pdf),
        ),
        Buffer.from(`--${boundary}--\r\n`),
      ]),
    }),
  )
  expect([path, answer.status, errorsOf(answer)]).toEqual([path, 303, []])
  await portal.admin("update attachments set scan = 'clean' where draft_id = $1", [draft])
}

/** All answers in words, as every page shows them. */
function wordsOf(definition: FormDefinition, answers: Answers, context: FormContext): string[] {
  return summarise(definition, answers, context, 'hu')
    .flatMap(({ rows }) => rows)
    .flatMap(({ values }) => values)
    .map(spaced)
    .filter((word) => word !== '')
}

function missingIn(page: Page, words: readonly string[]): string[] {
  const text = spaced(page.text)
  return words.filter((word) => !text.includes(word))
}

function spaced(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim()
}
