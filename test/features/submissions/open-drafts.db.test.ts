import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { buildApp } from '../../../src/app.ts'
import { openCase } from '../../../src/features/cases/index.ts'
import { readDefinitions } from '../../../src/features/forms/definition-files.ts'
import { type FormDefinition, formCatalogue } from '../../../src/features/forms/index.ts'
import { submissionService } from '../../../src/features/submissions/index.ts'
import { anna, bela } from '../../cast/people.ts'
import { jpg } from '../../platform/files/sample-files.ts'
import { openTestPortal, type Page, readPage, type TestPortal } from '../../support/portal.ts'
import { atTheForm, errorsOf, formCode, marksOf, valueOf } from './general-request.ts'

let portal: TestPortal
let form: ReturnType<typeof atTheForm>
let kenyer: string
const as = { as: anna }

beforeAll(async () => {
  portal = await openTestPortal()
  form = atTheForm(portal, anna)
  const [company] = await portal.admin<{ label: string }>(
    "select label from represented_parties where name = 'Kitalált Kenyér Kft.' and settlement_id = 6293",
  )
  kenyer = company?.label ?? ''
})
afterAll(() => portal.close())
beforeEach(() => portal.admin('delete from drafts'))

const draftsNow = async () =>
  (await portal.admin<{ id: string }>('select id from drafts order by created_at')).map(({ id }) => id)
const draftIn = ({ location }: Page) => location.split('/')[4] ?? ''
const question = 'Folytatja a megkezdettet, vagy újat kezd?'
const start = (base = form.base, code = formCode, person = anna) =>
  portal.visit(`${base}/urlapok/uj?urlap=${code}`, { as: person })
const begin = (page: Page, base = form.base, fields: Record<string, string> = {}) =>
  portal.post(`${base}/urlapok/uj`, { ...marksOf(page), mod: 'self', ...fields }, as)

describe('whoever begins a form of which they have one open', () => {
  test('is asked first, with its date and how far it is, and may continue or begin a new one', async () => {
    const draft = await form.begin()
    await form.savePage(draft, 'bekuldo')
    const page = await start()
    expect(page.text).toContain(question)
    expect(page.text).toContain('1 / 5 oldal kész')
    expect(page.text).toContain('Megőrizzük eddig')
    expect(page.html.querySelector(`a[href="${form.base}/urlapok/${draft}"]`)?.textContent).toContain('Folytatás')
    expect((await begin(page)).status).toBe(303)
    expect(await draftsNow()).toHaveLength(2)
  })

  test('is asked by the server, whatever was posted: nothing is begun before they know', async () => {
    const page = await start()
    const draft = await form.begin()
    for (const ismert of ['', 'nem az', 'ab8a1ab4-41a5-4b8b-9b0e-7d0a4ff2d9a1']) {
      const asked = await begin(page, form.base, { ismert })
      expect(asked.status).toBe(409)
      expect(asked.text).toContain(question)
      expect(asked.html.querySelector(`a[href="${form.base}/urlapok/${draft}"]`)).not.toBeNull()
    }
    expect(await draftsNow()).toEqual([draft])
    const asked = await begin(page)
    const begun = await begin(asked, form.base, { mod: valueOf(asked, 'mod') })
    expect(begun.status).toBe(303)
    expect(await draftsNow()).toEqual([draft, draftIn(begun)])
    // the button again, from the older page: it is begun already
    expect((await begin(page)).location).toBe(begun.location)
  })

  test('of two windows at the same time one begins it and the other is asked', async () => {
    for (let round = 0; round < 3; round += 1) {
      await portal.admin('delete from drafts')
      const windows = await Promise.all([start(), start(), start()])
      const begun = await Promise.all(windows.map((page) => begin(page)))
      expect(begun.map(({ status }) => status).sort()).toEqual([303, 409, 409])
      const [draft] = await draftsNow()
      for (const asked of begun.filter(({ status }) => status === 409)) {
        expect(asked.html.querySelector(`a[href$="/urlapok/${draft ?? ''}"]`)).not.toBeNull()
      }
    }
  })

  test('is not asked for another form, settlement or party', async () => {
    const own = atTheForm(portal, bela)
    await own.begin()
    const elsewhere = [start('/komlo/sajat', formCode, bela), start('/ujhartyan/sajat', 'adoigazolas-kerelem', bela)]
    for (const page of await Promise.all(elsewhere)) expect(page.text).not.toContain(question)
    await atTheForm(portal, bela, 'komlo').begin()
    // The page that asks for whom shows them all; that one was not asked about the company's is no matter here.
    const page = await start('/ujhartyan/sajat', formCode, bela)
    const fields = { ...marksOf(page), ismert: '', mod: kenyer }
    expect((await portal.post('/ujhartyan/sajat/urlapok/uj', fields, { as: bela })).status).toBe(303)
    const again = await portal.post(
      '/ujhartyan/sajat/urlapok/uj',
      { ...marksOf(await start('/ujhartyan/sajat', formCode, bela)), ismert: '', mod: kenyer },
      { as: bela },
    )
    expect(again.status).toBe(409)
    expect(again.text).toContain('Kitalált Kenyér Kft. nevében')
  })

  test('is asked when taking over what they filled in before signing in, too; an older version of it is carried over', async () => {
    const { accountId, lineageId } = await portal.session(anna)
    const [lineage] = await portal.admin<{ label: string }>('select label from session_lineages where id = $1', [
      lineageId,
    ])
    const filling = {
      settlement: 'ujhartyan',
      form: { code: formCode, version: 1 },
      answers: { subject: 'Előre megírt' },
    }
    await portal.portal.submissions.parked.parkFilling(accountId, lineage?.label ?? '', JSON.stringify(filling))
    const [item] = await portal.admin<{ id: string }>('select id from parked_work')
    const address = `${form.base}/felretett/${item?.id ?? ''}`
    const draft = await form.begin()
    const asked = await portal.post(address, {}, as)
    expect(asked.status).toBe(409)
    expect(asked.html.querySelector(`a[href="${form.base}/urlapok/${draft}"]`)).not.toBeNull()
    expect(await portal.admin('select 1 from parked_work')).toHaveLength(1)
    const begun = await portal.post(address, { ismert: valueOf(asked, 'ismert') }, as)
    const [row] = await portal.admin('select form_version, answers from drafts where id = $1', [draftIn(begun)])
    expect(row).toEqual({ form_version: 2, answers: { subject: 'Előre megírt' } })
    expect(await portal.admin('select 1 from parked_work')).toEqual([])
  })

  test('reads it in English too', async () => {
    await form.begin()
    const page = await portal.visit(`${form.base}/urlapok/uj?urlap=${formCode}`, { ...as, language: 'en' })
    expect(page.text).toContain('Continue what you began, or begin a new one?')
  })
})

describe('a copy of what was sent', () => {
  async function sent(fields: Record<string, string> = {}): Promise<{ receipt: string; id: string }> {
    const draft = await form.filledIn()
    await form.savePage(draft, 'kerelem', fields)
    const receipt = (await form.send(draft)).location
    return { receipt, id: receipt.split('/').at(-1) ?? '' }
  }
  const copy = (page: Page, address: string, person = anna) =>
    portal.post(address, { kulcs: valueOf(page, 'kulcs'), ismert: valueOf(page, 'ismert') }, { as: person })

  test('begins a new form with its answers, without declarations and files, and says so', async () => {
    const draft = await form.filledIn()
    await form.upload(draft, [{ name: 'kep.jpg', type: 'image/jpeg', bytes: jpg() }], {
      fields: { _feltoltes: 'files' },
    })
    const receipt = (await form.send(draft)).location
    const [matter] = await portal.admin<{ id: string }>('select id from cases order by submitted_at desc limit 1')
    const address = `${receipt}/masolat`
    for (const place of [receipt, `${form.base}/ugyek/${matter?.id ?? ''}`]) {
      expect((await form.visit(place)).html.querySelector(`a[href="${address}"]`)?.textContent).toBe(
        'Új űrlap ennek a másolatával',
      )
    }
    const page = await form.visit(address)
    expect(page.status).toBe(200)
    expect(page.text).toContain('A nyilatkozatokat nem másoljuk')
    expect(page.text).toContain('A csatolmányokat nem másoljuk. Ha most is szükségesek, csatolja őket újra: kep.jpg')
    const begun = await copy(page, address)
    const copied = draftIn(begun)
    expect(begun.location).toBe(`${form.base}/urlapok/${copied}/bekuldo`)
    expect(
      (await form.page(copied, 'kerelem')).html.querySelector('input[name="subject"]')?.getAttribute('value'),
    ).toBe('Kátyú az Álom téren')
    expect(await portal.admin('select 1 from attachments where draft_id = $1', [copied])).toEqual([])
    // the files are asked for again, the declaration is to be made again
    expect((await form.visit(`${form.base}/urlapok/${copied}`)).location).toMatch(/\/csatolmanyok$/)
    await form.savePage(copied, 'csatolmanyok')
    const declaration = await form.page(copied, 'nyilatkozat')
    expect(declaration.html.querySelector('input[name="true-data"]')?.hasAttribute('checked')).toBe(false)
    const check = await form.page(copied, 'ellenorzes')
    expect(check.html.querySelectorAll('.portal-faults a').map((link) => link.getAttribute('href'))).toEqual([
      `${form.base}/urlapok/${copied}/nyilatkozat?vissza=ellenorzes&hibak#true-data`,
    ])
    expect((await form.savePage(copied, 'nyilatkozat')).status).toBe(303)
    expect((await form.send(copied)).status).toBe(303)
    // pressed again: what the copy has become
    expect((await copy(page, address)).location).toMatch(/\/beadvanyok\//)
  })

  test('is asked about like any other when one is open already, in two windows too', async () => {
    const { receipt } = await sent()
    const address = `${receipt}/masolat`
    const [page, other] = [await form.visit(address), await form.visit(address)]
    const first = await copy(page, address)
    expect(first.status).toBe(303)
    const asked = await copy(other, address)
    expect(asked.status).toBe(409)
    expect(asked.text).toContain(question)
    expect(asked.html.querySelector(`a[href="${form.base}/urlapok/${draftIn(first)}"]`)).not.toBeNull()
    expect((await copy(asked, address)).status).toBe(303)
    expect(await draftsNow()).toHaveLength(2)
    expect((await form.visit(address)).text).toContain(question)
  })

  test('is made by nobody else, and of nothing that is not offered any more', async () => {
    const { receipt, id } = await sent()
    const page = await form.visit(`${receipt}/masolat`)
    for (const address of [
      `/ujhartyan/sajat/beadvanyok/${id}/masolat`,
      `/ujhartyan/${kenyer}/beadvanyok/${id}/masolat`,
    ]) {
      expect((await portal.visit(address, { as: bela })).status, address).toBe(404)
      expect((await copy(page, address, bela)).status, address).toBe(404)
    }
    expect((await form.visit(`/komlo/sajat/beadvanyok/${id}/masolat`)).status).toBe(404)
    const offer = (closed: string) =>
      portal.admin(`update settlement_forms set closed_at = ${closed} where settlement_id = 6293 and form_code = $1`, [
        formCode,
      ])
    await offer('now()')
    expect((await form.visit(`${receipt}/masolat`)).status).toBe(404)
    expect((await copy(page, `${receipt}/masolat`)).status).toBe(404)
    await offer('null')
    expect(await draftsNow()).toEqual([])
  })

  test('leaves what is the sender’s own to the sender, when somebody else acts for the same party', async () => {
    const company = atTheForm(portal, bela, 'ujhartyan', kenyer)
    const draft = await company.filledIn()
    const receipt = (await company.send(draft)).location
    await portal.admin('alter table submissions disable trigger only_ever_added')
    await portal.admin('update submissions set author_id = $1 where draft_id = $2', [
      (await portal.session(anna)).accountId,
      draft,
    ])
    await portal.admin('alter table submissions enable trigger only_ever_added')
    const address = `${receipt}/masolat`
    const begun = await copy(await portal.visit(address, { as: bela }), address, bela)
    const [row] = await portal.admin<{ answers: Record<string, unknown> }>('select answers from drafts where id = $1', [
      draftIn(begun),
    ])
    expect(row?.answers['subject']).toBe('Kátyú az Álom téren')
    for (const own of ['sender-email', 'sender-phone', 'sender-home-address']) {
      expect(Object.keys(row?.answers ?? {}), own).not.toContain(own)
    }
  })
})

describe('a draft of an older version', () => {
  const newest = readDefinitions().find(({ code, version }) => code === formCode && version === 2)
  /** The next version: the topics without one, the reference number gone, a question more. */
  const next = (more: Partial<FormDefinition> = {}): FormDefinition => {
    if (newest === undefined) throw new Error('no general request')
    const say = (hu: string) => ({ hu, en: `${hu} (en)` })
    const change = (item: FormDefinition['pages'][number]['items'][number]) => {
      if (item.id === 'reference-number') return []
      if (item.type !== 'choice' || item.id !== 'topic') return [item]
      const choices = item.choices.filter(({ value }) => value !== 'administration')
      const urgency = { ...item, id: 'urgency', label: say('Mennyire sürgős?'), choices }
      return [{ ...item, choices }, urgency]
    }
    const pages = newest.pages.map((page) => ({ ...page, items: page.items.flatMap(change) }))
    return { ...newest, version: 3, pages, ...more }
  }

  /** The portal after the next version was published. */
  async function published(definition: FormDefinition): Promise<TestPortal> {
    const forms = formCatalogue({ db: portal.portal.db, definitions: [...readDefinitions(), definition] })
    const submissions = submissionService({ ...portal.portal, forms, onSubmitted: openCase })
    const app = await buildApp({ ...portal.portal, forms, submissions })
    const headers = async () => ({ host: '127.0.0.1:8080', cookie: (await portal.session(anna)).cookie })
    return {
      ...portal,
      app,
      visit: async (url) => readPage(await app.inject({ url, headers: await headers() })),
      async post(url, fields) {
        const { token } = await portal.session(anna)
        const payload = new URLSearchParams({ _csrf: token })
        for (const [name, value] of Object.entries(fields)) for (const one of [value].flat()) payload.append(name, one)
        return readPage(
          await app.inject({
            method: 'POST',
            url,
            headers: {
              ...(await headers()),
              origin: 'http://127.0.0.1:8080',
              'content-type': 'application/x-www-form-urlencoded',
            },
            payload: payload.toString(),
          }),
        )
      },
    }
  }

  const choice = (page: Page) => ({ revizio: valueOf(page, 'revizio'), valtozat: valueOf(page, 'valtozat') })
  const versionOf = async (draft: string) =>
    (await portal.admin<{ version: number }>('select form_version as version from drafts where id = $1', [draft]))[0]
      ?.version

  test('says so on its pages and in the list, may be sent as it was begun, and is carried over on request', async () => {
    const draft = await form.filledIn()
    await form.savePage(draft, 'kerelem', { 'reference-number': 'X/12' })
    const later = await published(next())
    const there = atTheForm(later, anna)
    const address = `${form.base}/urlapok/${draft}/valtozat`
    for (const place of [
      `${form.base}/urlapok/${draft}/kerelem`,
      `${form.base}/urlapok/${draft}/attekintes`,
      '/sajat/urlapok',
    ]) {
      expect((await form.visit(place)).html.querySelector(`a[href="${address}"]`), place).toBeNull()
      expect((await there.visit(place)).html.querySelector(`a[href="${address}"]`), place).not.toBeNull()
    }
    const page = await there.visit(address)
    for (const words of [
      'Új kérdés Mennyire sürgős?',
      'Megváltozott Témakör (A kérelem): mások a választási lehetőségek',
      'Megszűnt',
      'nem vihetők át',
      'Önkormányzati igazgatás',
      'X/12',
      'Maradok ennél',
    ]) {
      expect(page.text).toContain(words)
    }
    expect(page.html.querySelector(`a[href="${form.base}/urlapok/${draft}"].govuk-button`)).not.toBeNull()

    const old = await there.ticket(draft, 'kerelem')
    const carried = await later.post(address, choice(page))
    expect(carried.location).toBe(`${form.base}/urlapok/${draft}/ellenorzes?atveve`)
    expect(await versionOf(draft)).toBe(3)
    const check = await there.visit(carried.location)
    expect(check.text).toContain('Az adatait átvettük az új változatba, kérjük, ellenőrizze.')
    expect(check.text).toContain('Válassza ki a témakört')
    expect(
      (await there.page(draft, 'kerelem')).html.querySelector('input[name="subject"]')?.getAttribute('value'),
    ).toBe('Kátyú az Álom téren')
    // pressed twice
    expect((await later.post(address, choice(page))).location).toBe(carried.location)
    expect((await there.visit(address)).location).toBe(`${form.base}/urlapok/${draft}`)
    // a window still open with the older version's page
    const stale = await there.post(draft, 'kerelem', { _jegy: old, subject: 'A régi ablakból' })
    expect(stale.status).toBe(409)
    expect(stale.text).toContain('A régi ablakból')
    expect(stale.text).toContain('Kátyú az Álom téren')

    await there.savePage(draft, 'kerelem', { topic: 'tax', urgency: 'other' })
    expect((await there.send(draft)).status).toBe(303)
    const [submission] = await portal.admin('select form_version, answers from submissions where draft_id = $1', [
      draft,
    ])
    expect(submission).toMatchObject({ form_version: 3, answers: { topic: 'tax', urgency: 'other' } })
    await later.app.close()
  })

  test('that stays with it is sent as it was begun', async () => {
    const draft = await form.filledIn()
    const later = await published(next())
    const sent = await atTheForm(later, anna).send(draft)
    expect(sent.location).toMatch(/\/beadvanyok\//)
    const [submission] = await portal.admin('select form_version from submissions where draft_id = $1', [draft])
    expect(submission).toEqual({ form_version: 2 })
    await later.app.close()
  })

  test('that was saved after the choice was shown is not carried over by an older page', async () => {
    const draft = await form.filledIn()
    const later = await published(next())
    const address = `${form.base}/urlapok/${draft}/valtozat`
    const page = await later.visit(address)
    await form.savePage(draft, 'kerelem', { subject: 'Közben mentve' })
    const posted = await later.post(address, choice(page))
    expect(posted.location).toBe(`${address}?valtozott`)
    expect(await versionOf(draft)).toBe(2)
    expect((await later.visit(posted.location)).text).toContain('Az űrlap közben megváltozott')
    for (const fields of [{}, { revizio: '1', valtozat: 'x' }, { ...choice(page), valtozat: '4' }]) {
      const refused = await later.post(address, fields)
      expect([400, 303]).toContain(refused.status)
      expect(await versionOf(draft)).toBe(2)
    }
    expect((await portal.post(address, choice(page), { as: bela })).status).toBe(404)
    await later.app.close()
  })

  test('that was replaced at once cannot be sent, only carried over and checked', async () => {
    const draft = await form.filledIn()
    const send = await form.sendForm(draft)
    const later = await published(next({ replaces: 'at-once' }))
    const there = atTheForm(later, anna)
    const address = `${form.base}/urlapok/${draft}/valtozat`
    expect((await there.page(draft, 'attekintes')).location).toBe(address)
    expect((await there.post(draft, 'bekuldes', send)).location).toBe(address)
    expect(await portal.admin('select 1 from submissions where draft_id = $1', [draft])).toEqual([])
    expect((await there.visit('/sajat/urlapok')).text).toContain('Ebben a változatban már nem küldhető be')
    const page = await there.visit(address)
    expect(page.text).toContain('Ez az űrlap már nem küldhető be')
    expect(page.text).not.toContain('Maradok ennél')
    await later.post(address, choice(page))
    await there.savePage(draft, 'kerelem', { topic: 'tax', urgency: 'other' })
    expect(errorsOf(await there.page(draft, 'attekintes'))).toEqual([])
    expect((await there.send(draft)).location).toMatch(/\/beadvanyok\//)
    await later.app.close()
  })

  test('is neither carried over nor sent where the version is not for those who act so', async () => {
    const draft = await form.filledIn()
    const later = await published(next({ manners: ['company'] }))
    const address = `${form.base}/urlapok/${draft}/valtozat`
    const refused = await later.post(address, choice(await later.visit(address)))
    expect(refused.status).toBe(409)
    expect(refused.text).toContain('ennek az ügyfélnek a nevében nem lehet benyújtani')
    expect(await versionOf(draft)).toBe(2)
    await portal.admin('update drafts set form_version = 3 where id = $1', [draft])
    const there = atTheForm(later, anna)
    await there.savePage(draft, 'kerelem', { topic: 'tax', urgency: 'other' })
    expect((await there.send(draft)).status).toBe(409)
    expect(await portal.admin('select 1 from submissions where draft_id = $1', [draft])).toEqual([])
    await later.app.close()
  })

  test('whose files the next version does not ask for says which, and loses them only then', async () => {
    const draft = await form.begin()
    for (const page of ['bekuldo', 'cim', 'kerelem']) await form.savePage(draft, page)
    await form.upload(draft, [{ name: 'kep.jpg', type: 'image/jpeg', bytes: jpg() }], {
      fields: { _feltoltes: 'files' },
    })
    const without = next()
    const later = await published({ ...without, pages: without.pages.filter(({ id }) => id !== 'csatolmanyok') })
    const address = `${form.base}/urlapok/${draft}/valtozat`
    const page = await later.visit(address)
    expect(page.text).toContain('kep.jpg')
    const files = () => portal.admin('select 1 from attachments where draft_id = $1', [draft])
    expect(await files()).toHaveLength(1)
    await later.post(address, choice(page))
    expect(await files()).toEqual([])
    await later.app.close()
  })
})

describe('on the way through a form', () => {
  test('every answer in the overview has its way back, known data have none', async () => {
    const draft = await form.filledIn()
    const overview = await form.page(draft, 'attekintes')
    const links = overview.html
      .querySelectorAll('.govuk-summary-list__actions a')
      .map((link) => link.getAttribute('href') ?? '')
    const subject = links.find((href) => href.endsWith('#subject')) ?? ''
    expect(subject).toBe(`${form.base}/urlapok/${draft}/kerelem?vissza=attekintes#subject`)
    expect((await form.visit(subject.split('#')[0] ?? '')).html.querySelector('[id="subject"]')).not.toBeNull()
    expect(links.some((href) => href.endsWith('#sender-name'))).toBe(false)
    for (const link of links) {
      const [address = '', id = ''] = link.split('#')
      expect((await form.visit(address)).html.querySelector(`[id="${id}"]`), link).not.toBeNull()
    }
  })

  test('finished pages and the next one are open, later ones are not, and the check links only to what is open', async () => {
    const draft = await form.begin()
    await form.savePage(draft, 'bekuldo')
    await form.savePage(draft, 'cim', { 'sender-home-address.postalCode': '' })
    const page = await form.page(draft, 'bekuldo')
    const steps = page.html
      .querySelectorAll('.portal-steps a')
      .map((link) => link.getAttribute('href')?.split('/').at(-1))
    expect(steps).toEqual(['cim', 'kerelem'])
    expect(page.html.querySelector(`a[href="${form.base}/urlapok/${draft}/ellenorzes"]`)).not.toBeNull()
    const check = await form.page(draft, 'ellenorzes')
    const open = check.html
      .querySelectorAll('.portal-with-aside__main a')
      .map((link) => link.getAttribute('href')?.split('/').at(-1)?.split('?')[0])
    expect(new Set(open)).toEqual(new Set(['cim', 'kerelem']))
    expect(check.text.match(/Ez az oldal még nincs kitöltve/g)).toHaveLength(3)
  })
})
