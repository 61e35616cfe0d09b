/** Fills in any form page by page, typing what it is told to wherever the form takes a text, until there is nothing more to fill in. */
import type { HTMLElement } from 'node-html-parser'
import { readDefinitions } from '../../src/features/forms/definition-files.ts'
import { bela, type CastPerson } from '../cast/people.ts'
import { marksOf } from '../features/submissions/general-request.ts'
import { jpg } from '../platform/files/sample-files.ts'
import { type Page, readPage, type TestPortal } from '../support/portal.ts'

export interface Typist {
  /** undefined: nobody signed in, only to print */
  person: CastPerson | undefined
  settlement: string
  form: string
  /** which of several choices is taken, by its number; the last when there are not so many */
  choice: number
  /** what to type into a field that takes at most so many signs */
  text(field: string, limit: number): string
  fileName(number: number): string
  /** sees every page that comes back, refused ones too */
  seen(page: Page): void
}

const day = new Date(Date.now() - 30 * 86_400_000).toISOString().slice(0, 10).split('-')

/** What is right where not every text is. */
const right: [RegExp, string][] = [
  [/\.postalCode$/, '2367'],
  [/\.settlement$/, 'Újhartyán'],
  [/\.streetType$/, 'utca'],
  [/\.houseNumber$/, '12.'],
  [/parcel-?number$/i, '123/4'],
  [/birth-date\.year$/, bela.identity.birthDate.slice(0, 4)],
  [/birth-date\.month$/, bela.identity.birthDate.slice(5, 7)],
  [/birth-date\.day$/, bela.identity.birthDate.slice(8)],
  [/\.year$/, day[0] ?? ''],
  [/\.month$/, day[1] ?? ''],
  [/\.day$/, day[2] ?? ''],
  [/\.family$/, bela.identity.familyName],
  [/\.given$/, bela.identity.givenName],
  [/tax-id$/, bela.taxId],
  [/tax-number$/, '99746746-2-42'],
  [/company-number$/, '13-09-123456'],
  [/statistical-number$/, '99746746-4711-113-01'],
  [/share$/, '1/2'],
  [/copies$/, '1'],
  [/amount$/, '3000'],
  [/email$/, 'proba@example.hu'],
  [/phone$/, '+36 30 123 4567'],
]

/** Fields of a form's newest version that take any text of a person, with how long it may be; parts of addresses by their own names. */
export function textFields(form: string): ReadonlyMap<string, number> {
  const versions = definitions.filter(({ code }) => code === form)
  const newest = versions.find(({ version }) => version === Math.max(...versions.map((one) => one.version)))
  if (newest === undefined) throw new Error(`no form ${form}`)
  return new Map(
    newest.pages
      .flatMap(({ items }) => items.flatMap((item) => ('fields' in item ? item.fields : [item])))
      .flatMap((field): [string, number][] => {
        if (field.type === 'text' || field.type === 'long-text') return [[field.id, field.maxLength]]
        if (field.type === 'address')
          return ['settlement', 'street', 'streetType', 'houseNumber'].map((part) => [`${field.id}.${part}`, 20])
        if (field.type === 'foreign-address')
          return [
            [`${field.id}.country`, 60],
            [`${field.id}.lines`, 300],
          ]
        return []
      }),
  )
}
const definitions = readDefinitions()

/** @returns the page after the last one: the overview, or the check of what would be printed */
export async function fillInForm(portal: TestPortal, typist: Typist): Promise<Page> {
  const { person, settlement, form, seen } = typist
  const as = person === undefined ? {} : { as: person }
  let page: Page
  if (person === undefined) page = await portal.visit(`/${settlement}/ugyek/${form}/kitoltes`)
  else {
    const start = await portal.visit(`/${settlement}/sajat/urlapok/uj?urlap=${form}`, as)
    seen(start)
    page = await follow(await portal.post(`/${settlement}/sajat/urlapok/uj`, { ...marksOf(start), mod: 'self' }, as))
  }
  let files = 0
  // On one page each field is typed once; what was refused stays put right.
  let here = { action: '', typed: new Map<string, string>(), refused: new Set<string>() }
  for (let posts = 0; posts < 90; posts += 1) {
    seen(page)
    const urlap = page.html.querySelector('#urlap')
    const action = urlap?.getAttribute('action') ?? ''
    if (urlap === null || action.endsWith('/ellenorzes')) {
      if (!/\/ellenorzes/.test(action) && page.html.querySelector('#bekuldes') === null)
        throw new Error(`no form: ${page.text.slice(0, 400)}`)
      return page
    }
    const add = urlap.querySelector('button[name=action][value^=add]')
    const isEmptyGroup = add !== null && urlap.querySelector('.portal-group__row, .portal-rows') === null
    if (action !== here.action) here = { action, typed: new Map(), refused: new Set() }
    for (const id of refusedIds(page)) here.refused.add(id)
    const fields = compose(urlap, typist, here)
    if (isEmptyGroup) fields['action'] = add.getAttribute('value') ?? ''
    // A row that is filled in on a page of its own, and is not yet.
    const unfinished =
      urlap.querySelector('button.govuk-button[name=action][value^=open]') ??
      urlap
        .querySelectorAll('.portal-rows__row')
        .find((row) => row.querySelector('.govuk-tag, .govuk-error-message') !== null)
        ?.querySelector('button[name=action][value^=open]')
    if (unfinished) fields['action'] = unfinished.getAttribute('value') ?? ''
    const uploads = urlap
      .querySelectorAll('input[type=file]')
      .filter((input) => input.parentNode.parentNode.querySelector('.portal-files') === null)
    page =
      urlap.getAttribute('enctype') === 'multipart/form-data' && person !== undefined
        ? await follow(
            await upload(
              action,
              fields,
              uploads.map((input) => input.getAttribute('name') ?? ''),
            ),
          )
        : await follow(await portal.post(action, fields, as))
  }
  throw new Error(
    `no end of ${form}: ${page.html.querySelector('h1')?.text ?? ''} ${[...refusedIds(page)].join(' ')} ${page.html.querySelector('.govuk-error-summary')?.text ?? ''}`,
  )

  async function follow(answer: Page): Promise<Page> {
    let reached = answer
    // Warnings are looked at, and passed over.
    while (reached.status === 303) reached = await portal.visit(reached.location.split('#')[0] ?? '', as)
    const overview =
      person === undefined
        ? undefined
        : reached.html.querySelector('a[href$="/attekintes"].govuk-button')?.getAttribute('href')
    if (overview === undefined || reached.html.querySelector('#urlap') !== null) return reached
    seen(reached)
    return portal.visit(overview, as)
  }

  async function upload(
    action: string,
    fields: Record<string, string | string[]>,
    inputs: readonly string[],
  ): Promise<Page> {
    if (person === undefined) throw new Error('nobody attaches anything for print')
    const { cookie, token } = await portal.session(person)
    const boundary = '----any-form'
    const parts: Buffer[] = [['_csrf', token] as const, ...Object.entries(fields)].flatMap(([name, values]) =>
      [values]
        .flat()
        .map((value) =>
          Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`),
        ),
    )
    for (const name of inputs) {
      files += 1
      const head = `Content-Disposition: form-data; name="${name}"; filename="${typist.fileName(files).replaceAll('"', '%22')}"`
      parts.push(
        Buffer.from(`--${boundary}\r\n${head}\r\nContent-Type: image/jpeg\r\n\r\n`),
        jpg(),
        Buffer.from(`${String(files)}\r\n`),
      )
    }
    const { publicUrl } = portal.portal.config.server
    const answer = await portal.app.inject({
      method: 'POST',
      url: action,
      headers: { host: publicUrl.host, cookie, 'content-type': `multipart/form-data; boundary=${boundary}` },
      payload: Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)]),
    })
    return readPage(answer)
  }
}

function compose(
  urlap: HTMLElement,
  typist: Typist,
  { refused, typed }: { refused: ReadonlySet<string>; typed: Map<string, string> },
): Record<string, string | string[]> {
  const fields: Record<string, string | string[]> = {}
  const choices = new Map<string, string[]>()
  const limits = textFields(typist.form)
  for (const input of urlap.querySelectorAll('input, textarea, select')) {
    const name = input.getAttribute('name') ?? ''
    const type = input.getAttribute('type') ?? ''
    const value = input.getAttribute('value') ?? ''
    if (name === '' || name === '_csrf' || type === 'file') continue
    if (type === 'hidden') fields[name] = value
    else if (type === 'radio') choices.set(name, [...(choices.get(name) ?? []), value])
    else if (type === 'checkbox') fields[name] = [...[fields[name] ?? []].flat(), value]
    else if (input.tagName === 'SELECT')
      choices.set(
        name,
        input.querySelectorAll('option').flatMap((option) => option.getAttribute('value') || []),
      )
    else {
      const id = input.getAttribute('id') ?? ''
      const isRefused = [...refused].some((one) => id === one || id.startsWith(`${one}-`))
      const plain = right.find(([pattern]) => pattern.test(name))?.[1] ?? 'Próba'
      const text = typed.get(name) ?? typist.text(name, limitOf(name, limits))
      typed.set(name, text)
      fields[name] = isRefused ? plain : text
    }
  }
  for (const [name, values] of choices) {
    const wanted =
      values.join() === 'yes,no'
        ? typist.choice === 1
          ? 'no'
          : 'yes'
        : values[Math.min(typist.choice, values.length - 1)]
    // What cannot be chosen together with the rest is given up for the first.
    fields[name] = (refused.has(name) ? values[0] : wanted) ?? ''
  }
  return fields
}

function limitOf(name: string, limits: ReadonlyMap<string, number>): number {
  const field = name.replace(/^.*\.\d+\./, '')
  return limits.get(field) ?? limits.get(field.split('.')[0] ?? '') ?? 20
}

function refusedIds(page: Page): Set<string> {
  return new Set(
    page.html
      .querySelectorAll('.govuk-error-summary__list a')
      .map((link) => link.getAttribute('href')?.replace(/^.*#/, '') ?? ''),
  )
}
