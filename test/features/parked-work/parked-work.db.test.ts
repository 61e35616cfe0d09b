/** Work that was posted when its session could not act: kept, for its owner only, and gone on with; never carried out. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { anna, bela } from '../../cast/people.ts'
import type { Page } from '../../support/portal.ts'
import { pages } from '../submissions/general-request.ts'
import { openScene, type Scene, type Visitor, visitor } from './visitor.ts'

const base = '/ujhartyan/sajat'
const paused = 31
const identifiedLongAgo = 241

let scene: Scene

beforeAll(async () => {
  scene = await openScene()
}, 60_000)
afterAll(() => scene.close())
beforeEach(async () => {
  for (const table of ['parked_work', 'former_identifiers', 'session_lineages', 'drafts']) {
    await scene.portal.admin(`delete from ${table}`)
  }
})

/** Anna, signed in, with a general request filled in up to a page, which is open before her. */
async function annaAt(page: string): Promise<{ her: Visitor; draft: string; shown: Page; address: string }> {
  const her = visitor(scene)
  await her.signIn(anna)
  const draft = await fillIn(her, page)
  const address = `${base}/urlapok/${draft}/${page}`
  return { her, draft, shown: await her.visit(address), address }
}

async function fillIn(her: Visitor, upTo: string, home = base): Promise<string> {
  const start = await her.visit(`${home}/urlapok/uj?urlap=altalanos-kerelem`)
  const begun = await her.submit(start, `${home}/urlapok/uj`, { mod: 'self' })
  const draft = begun.location.split('/')[4] ?? ''
  for (const [page, fields] of Object.entries(pages)) {
    if (page === upTo) break
    const saved = await her.submit(await her.visit(`${home}/urlapok/${draft}/${page}`), undefined, fields)
    if (saved.status !== 303) throw new Error(`${page}: ${String(saved.status)} ${saved.text.slice(0, 300)}`)
  }
  return draft
}

const request = (subject: string) => ({ ...pages['kerelem'], subject })
const subjectOn = (page: Page) => page.html.querySelector('input[name="subject"]')?.getAttribute('value')

async function itemsOf(person: typeof anna) {
  return scene.portal.admin<{ id: string; lineage_label: string }>(
    `select p.id, p.lineage_label from parked_work p join accounts a on a.id = p.account_id where a.subject = $1`,
    [person.subject],
  )
}

const count = async (table: string, draft: string) =>
  Number(
    (await scene.portal.admin<{ n: string }>(`select count(*) as n from ${table} where draft_id = $1`, [draft]))[0]?.n,
  )

async function storedSubject(draft: string): Promise<unknown> {
  const [row] = await scene.portal.admin<{ subject: string | null }>(
    `select answers->>'subject' as subject from drafts where id = $1`,
    [draft],
  )
  return row?.subject
}

describe('a page posted when the session is paused', () => {
  test('is kept, says so without a personal word, and is saved on the very page after going on', async () => {
    const { her, draft, shown, address } = await annaAt('kerelem')
    await her.rest(paused)
    const posted = await her.submit(shown, undefined, request('Amit szünet alatt írt'))
    expect([posted.status, posted.location]).toEqual([303, '/munkamenet/szunet?felreteve'])
    const told = await her.visit(posted.location)
    expect(told.text).toContain('félretettük, és 24 órán át megőrizzük')
    for (const secret of [anna.name, 'Újhartyán', 'kérelem', 'Amit szünet alatt'])
      expect(told.text).not.toContain(secret)
    expect(await storedSubject(draft)).toBe(null)

    const back = await her.goOn()
    expect(back.at).toBe(`${address}?felretett=0`)
    expect(subjectOn(back)).toBe('Amit szünet alatt írt')
    expect(back.text).toContain('félretettük, és most elmentettük')
    expect(await storedSubject(draft)).toBe('Amit szünet alatt írt')
    expect(await itemsOf(anna)).toEqual([])
    expect((await her.visit(address)).text).not.toContain('félretettük')
  })

  test('is saved on the page of its row, when a row is filled in on a page of its own', async () => {
    const her = visitor(scene)
    await her.signIn(anna)
    const start = await her.visit(`${base}/urlapok/uj?urlap=kommunalis-ado-adatbejelentes`)
    const begun = await her.submit(start, `${base}/urlapok/uj`, { mod: 'self' })
    const draft = begun.location.split('/')[4] ?? ''
    const send = async (page: string, fields: Record<string, string>) =>
      her.submit(await her.visit(`${base}/urlapok/${draft}/${page}`), undefined, fields)
    await send('bekuldo', { 'acts-as-agent': 'no' })
    for (const page of ['bejelentes', 'adoalany', 'lakcim', 'adotargy']) await send(page, {})
    await send('jogosultsag', { 'own-share': '1/2' })
    const { location } = await send('tulajdonostarsak', { action: 'add:co-owners' })
    const shown = await her.visit(location)
    await her.rest(paused)
    const name = { 'co-owners.0.co-owner-kind': 'person', 'co-owners.0.co-owner-name.family': 'Szünetben' }
    expect((await her.submit(shown, undefined, name)).location).toBe('/munkamenet/szunet?felreteve')
    const back = await her.goOn()
    expect(back.at).toBe(`${base}/urlapok/${draft}/tulajdonostarsak/sor/1?felretett=0`)
    expect(back.html.querySelector('[name="co-owners.0.co-owner-name.family"]')?.getAttribute('value')).toBe(
      'Szünetben',
    )
    const list = await her.visit(`${base}/urlapok/${draft}/tulajdonostarsak`)
    await her.rest(paused)
    await her.submit(list, undefined, { action: 'add:co-owners' })
    expect((await her.goOn()).at).toBe(`${base}/urlapok/${draft}/tulajdonostarsak/sor/2?felretett=0`)
    expect(await itemsOf(anna)).toEqual([])
  })

  test('is kept when identification is over, and comes back after a new one', async () => {
    const { her, address, shown } = await annaAt('kerelem')
    await her.rest(identifiedLongAgo)
    const posted = await her.submit(shown, undefined, request('Kétszáznegyven perc után'))
    expect(posted.location).toBe('/munkamenet/azonositas?felreteve')
    const back = await her.identifyAgain(anna)
    expect(back.at).toBe(`${address}?felretett=0`)
    expect(subjectOn(back)).toBe('Kétszáznegyven perc után')
  })

  test('is one item, however often it is posted', async () => {
    const { her, shown } = await annaAt('kerelem')
    await her.rest(paused)
    const presses = await Promise.all([1, 2, 3, 4, 5, 6, 7].map(() => her.submit(shown, undefined, request('Egyszer'))))
    expect(new Set(presses.map(({ location }) => location))).toEqual(new Set(['/munkamenet/szunet?felreteve']))
    expect(await itemsOf(anna)).toHaveLength(1)
    expect(subjectOn(await her.goOn())).toBe('Egyszer')
  })

  test('what is typed where nothing is put aside is given back, and nothing of it is done', async () => {
    const { her } = await annaAt('kerelem')
    await her.rest(paused)
    const email = 'valami@example.hu'
    const refused = await her.post('/sajat/beallitasok', { email, nyelv: 'hu' })
    expect(refused.status).toBe(409)
    expect(refused.html.querySelectorAll('.portal-given-back').map(({ text }) => text)).toEqual([email])
    expect(refused.html.querySelector('a[href="/munkamenet/szunet"]')).not.toBeNull()
    await her.goOn()
    expect((await her.visit('/sajat/beallitasok')).text).not.toContain(email)
  })

  test('needs no token of the session, but a ticket; nothing else is parked by it', async () => {
    const { her, shown, address } = await annaAt('kerelem')
    const ticket = shown.html.querySelector('form#urlap input[name="_jegy"]')?.getAttribute('value') ?? ''
    await her.rest(paused)
    expect((await her.post(address, { ...request('x'), _jegy: `${ticket}A` })).status).toBe(403)
    expect((await her.post(address, request('x'))).status).toBe(403)
    expect((await her.post(address.replace('kerelem', 'cim'), { ...request('x'), _jegy: ticket })).status).toBe(409)
    const elsewhere = await her.post('/sajat/munkamenetek', { _jegy: ticket, munkamenet: 'mind' })
    expect(elsewhere.location).toBe('/munkamenet/szunet?nem-mentve')
    expect((await her.visit(elsewhere.location)).text).toContain('nem hajtottuk végre, és nem mentettük el')
    expect(await itemsOf(anna)).toEqual([])
    expect((await her.post(address, { ...request('Jeggyel'), _jegy: ticket })).location).toContain('felreteve')
    expect(subjectOn(await her.goOn())).toBe('Jeggyel')
  })

  test('is shown beside what was saved meanwhile, and kept until one of the two is chosen', async () => {
    for (const choice of ['typed', 'stored'] as const) {
      const { her, draft, shown, address } = await annaAt('kerelem')
      const other = visitor(scene)
      await other.signIn(anna)
      await her.rest(paused)
      await her.submit(shown, undefined, request('Félretett'))
      await other.submit(await other.visit(address), undefined, request('Máshol mentett'))
      const both = await her.goOn()
      expect(both.status).toBe(409)
      expect(both.text).toContain('Félretett')
      expect(both.text).toContain('Máshol mentett')
      const [item] = await itemsOf(anna)
      expect(item).toBeDefined()
      // shown again, nothing is lost
      expect((await her.visit(both.at)).status).toBe(409)
      const action = choice === 'typed' ? address : `/sajat/felretett/${item?.id ?? ''}/elvetes`
      const chosen = await her.submit(both, action)
      expect(chosen.status).toBe(303)
      expect(await storedSubject(draft)).toBe(choice === 'typed' ? 'Félretett' : 'Máshol mentett')
      expect(await itemsOf(anna)).toEqual([])
      if (choice === 'stored') expect(subjectOn(await her.follow(chosen))).toBe('Máshol mentett')
    }
  })

  test('is not lost when the form is gone or sent, or asks for something else by now', async () => {
    const gone = {
      deleted: 'közben törölte',
      sent: 'közben beküldte',
      'not-asked': 'már nem kéri',
    }
    for (const [what, words] of Object.entries(gone)) {
      const { her, draft, shown } = await annaAt('kerelem')
      await her.rest(paused)
      await her.submit(shown, undefined, request('Megmarad'))
      if (what === 'deleted') await scene.portal.admin('delete from drafts where id = $1', [draft])
      if (what === 'not-asked') await scene.portal.admin(`update drafts set answers = '{}' where id = $1`, [draft])
      if (what === 'sent') await sendElsewhere(draft)
      const told = await her.goOn()
      expect([what, told.status]).toEqual([what, 409])
      expect(told.text).toContain(words)
      expect(told.text).toContain('Megmarad')
      const [item] = await itemsOf(anna)
      await her.submit(told, `/sajat/felretett/${item?.id ?? ''}/elvetes`)
      expect(await itemsOf(anna)).toEqual([])
    }
  })

  async function sendElsewhere(draft: string): Promise<void> {
    const other = visitor(scene)
    await other.signIn(anna)
    for (const page of ['kerelem', 'csatolmanyok', 'nyilatkozat']) {
      await other.submit(await other.visit(`${base}/urlapok/${draft}/${page}`), undefined, pages[page] ?? {})
    }
    const overview = await other.visit(`${base}/urlapok/${draft}/attekintes`)
    const sent = await other.submit(overview, `${base}/urlapok/${draft}/bekuldes`)
    if (!sent.location.includes('/beadvanyok/')) throw new Error(`not sent: ${sent.text.slice(0, 300)}`)
  }
})

describe('how much is kept, and how long', () => {
  test('fifty posts at once leave five, and whoever was not kept is given the text back', async () => {
    const { her, address } = await annaAt('kerelem')
    const shown = await Promise.all(Array.from({ length: 50 }, () => her.visit(address)))
    await her.rest(paused)
    const answers = await Promise.all(
      shown.map((page, number) => her.submit(page, undefined, request(`Szöveg ${String(number)}.`))),
    )
    expect(await itemsOf(anna)).toHaveLength(5)
    const kept = answers.filter(({ status }) => status === 303)
    const refused = answers.flatMap((page, number) => (page.status === 409 ? [{ page, number }] : []))
    expect([kept.length, refused.length]).toEqual([5, 45])
    for (const { page, number } of refused) {
      expect(page.text).toContain('Amit küldött, azt nem mentettük el')
      expect(page.text).toContain(`Szöveg ${String(number)}.`)
    }
    // The last first; then the others, of which the draft has since changed.
    const first = await her.goOn()
    expect([first.status, first.at]).toEqual([200, `${address}?felretett=4`])
    expect(first.text).toContain('Még 4 oldala van félretéve')
    const list = await her.visit('/sajat/felretett')
    expect(list.html.querySelectorAll('.portal-parked')).toHaveLength(4)
    await discardAll(her)
  })

  test('after a day it is gone, whether or not anybody cleaned up', async () => {
    const { her, shown } = await annaAt('kerelem')
    await her.rest(paused)
    await her.submit(shown, undefined, request('Régen'))
    const old = (hours: string) => scene.portal.admin(`update parked_work set parked_at = now() - interval '${hours}'`)
    await old('23 hours 59 minutes')
    await her.goOn().then((back) => expect(subjectOn(back)).toBe('Régen'))

    const again = await annaAt('kerelem')
    await again.her.rest(paused)
    await again.her.submit(again.shown, undefined, request('Túl régen'))
    await old('24 hours')
    const back = await again.her.goOn()
    expect(back.at).toBe('/sajat')
    expect(back.text).not.toContain('félretett')
  })

  test('a page shown more than a day ago is refused, and what was typed is given back', async () => {
    const { her, draft, shown, address } = await annaAt('kerelem')
    const { tickets } = scene.portal.portal
    const ticket = tickets.read(shown.html.querySelector('input[name="_jegy"]')?.getAttribute('value'))
    if (ticket === undefined) throw new Error('a page without a ticket')
    const _jegy = tickets.write({ ...ticket, issuedAt: new Date(Date.now() - 24 * 3_600_000 - 60_000) })
    const refused = await her.submit(shown, undefined, { ...request('Két napja nyitva'), _jegy })
    expect(refused.status).toBe(403)
    expect(refused.text).toContain('több mint 24 órája')
    expect(refused.text).toContain('Két napja nyitva')
    expect(await storedSubject(draft)).toBeNull()
    expect((await her.visit(address)).status).toBe(200)
  })

  async function discardAll(her: Visitor): Promise<void> {
    for (const { id } of await itemsOf(anna)) {
      await her.submit(await her.visit('/sajat/felretett'), `/sajat/felretett/${id}/elvetes`)
    }
    expect(await itemsOf(anna)).toEqual([])
  }
})

describe('sending', () => {
  test('is never done later by itself: one comes back to the button, and it is sent once', async () => {
    const { her, draft } = await annaAt('nothing: every page')
    const address = `${base}/urlapok/${draft}`
    const overview = await her.visit(`${address}/attekintes`)
    await her.rest(paused)
    const press = () => her.submit(overview, `${address}/bekuldes`)
    expect((await press()).location).toBe('/munkamenet/szunet?felreteve')
    expect((await press()).location).toBe('/munkamenet/szunet?felreteve')
    expect(await itemsOf(anna)).toHaveLength(1)

    const back = await her.goOn()
    expect(back.at).toBe(`${address}/attekintes?felretett`)
    expect(back.text).toContain('A beküldést nem hajtottuk végre')
    expect(await count('submissions', draft)).toBe(0)

    const again = () => her.submit(back, `${address}/bekuldes`)
    const receipts = await Promise.all([again(), again(), press(), press()])
    expect(new Set(receipts.map(({ location }) => location)).size).toBe(1)
    expect(receipts[0]?.location).toContain('/beadvanyok/')
    expect(await count('submissions', draft)).toBe(1)
    expect(await itemsOf(anna)).toEqual([])
  })

  test('that was done in another window meanwhile leads to its receipt', async () => {
    const { her, draft } = await annaAt('nothing: every page')
    const address = `${base}/urlapok/${draft}`
    const overview = await her.visit(`${address}/attekintes`)
    await her.rest(paused)
    await her.submit(overview, `${address}/bekuldes`)
    const other = visitor(scene)
    await other.signIn(anna)
    const page = await other.visit(`${address}/attekintes`)
    const sent = await other.submit(page, `${address}/bekuldes`)
    expect((await her.goOn()).at).toBe(sent.location)
    expect(await count('submissions', draft)).toBe(1)
  })
})

describe('whose it is', () => {
  test('another person who goes on in this browser sees nothing of it; its owner finds it later', async () => {
    const { her, draft, shown, address } = await annaAt('kerelem')
    await her.rest(identifiedLongAgo)
    await her.submit(shown, undefined, request('Annáé'))
    const [item] = await itemsOf(anna)
    const bas = await her.identifyAgain(bela)
    expect(bas.at).toBe('/sajat?mas-szemely')
    const places = ['/sajat', '/sajat/felretett', `${base}/felretett/${item?.id ?? ''}`, address]
    for (const place of places) expect((await her.visit(place)).body).not.toContain('Annáé')
    expect((await her.visit(`${base}/felretett/${item?.id ?? ''}`)).status).toBe(404)
    const own = await her.visit('/sajat/beallitasok')
    const token = own.html.querySelector('input[name=_csrf]')?.getAttribute('value') ?? ''
    for (const place of [`${base}/felretett/${item?.id ?? ''}`, `/sajat/felretett/${item?.id ?? ''}/elvetes`]) {
      expect((await her.post(place, { _csrf: token })).status).toBe(404)
    }
    // The page of hers that is still open here.
    const old = await her.submit(shown, undefined, request('Annáé'))
    expect(old.status).toBe(409)
    expect(old.text).toContain('Ez az oldal egy másik bejelentkezéshez tartozott')
    for (const secret of ['Annáé', anna.name, bela.name + ' kérelme']) expect(old.text).not.toContain(secret)
    const [refusal] = await scene.portal.admin<{ object_id: string; detail: object }>(
      `select object_id, detail from audit_trail where action = 'form.refused.other-person'`,
    )
    expect(refusal).toEqual({ object_id: draft, detail: {} })

    const later = visitor(scene)
    await later.signIn(anna)
    expect((await later.visit('/sajat')).text).toContain('Egy félretett munkája van')
    const list = await later.visit('/sajat/felretett')
    expect(list.text).toContain('Annáé')
    const taken = await later.follow(await later.submit(list, `${base}/felretett/${item?.id ?? ''}`))
    expect(subjectOn(taken)).toBe('Annáé')
    expect(await itemsOf(anna)).toEqual([])
  })

  test('a page of an earlier session of one’s own is not carried out, but offered', async () => {
    const { her, draft, shown } = await annaAt('kerelem')
    await her.signOut()
    const anonymous = await her.submit(shown, undefined, request('Kijelentkezve'))
    expect(anonymous.status).toBe(401)
    expect(anonymous.headers['www-authenticate']).toBe('Portal')
    expect(anonymous.text).toContain('Kijelentkezve')
    expect(anonymous.text).toContain('A kérelem tárgya')
    expect(await itemsOf(anna)).toEqual([])

    await her.signIn(anna)
    const posted = await her.submit(shown, undefined, request('Korábbi bejelentkezés'))
    expect([posted.status, posted.location]).toEqual([303, '/sajat/felretett?felreteve'])
    expect(await storedSubject(draft)).toBe(null)
    const offered = await her.follow(posted)
    expect(offered.text).toContain('egy korábbi bejelentkezéséhez tartozott')
    const [item] = await itemsOf(anna)
    const address = `${base}/felretett/${item?.id ?? ''}`
    // Looking at it changes nothing.
    expect((await her.visit(address)).text).toContain('Korábbi bejelentkezés')
    expect(await storedSubject(draft)).toBe(null)
    expect(subjectOn(await her.follow(await her.submit(offered, address)))).toBe('Korábbi bejelentkezés')
  })

  test('what lies in the database can be read by nobody, and by no other account', async () => {
    const { her, shown } = await annaAt('kerelem')
    await her.rest(paused)
    await her.submit(shown, undefined, request('Titkos szöveg'))
    const [row] = await scene.portal.admin<{ contents: Buffer; account_id: string; id: string }>(
      'select * from parked_work',
    )
    expect(row?.contents.includes('Titkos')).toBe(false)
    const [other] = await scene.portal.admin<{ id: string }>(
      'select id from accounts where subject = $1 and issuer = $2',
      [bela.subject, scene.kau.issuer],
    )
    // Moved by hand to another's account, it cannot be opened, and stands in nobody's way.
    await scene.portal.admin('update parked_work set account_id = $1', [other?.id])
    const him = visitor(scene)
    await him.signIn(bela)
    const list = await him.visit('/sajat/felretett')
    expect([list.status, list.text.includes('Titkos')]).toEqual([200, false])
    await scene.portal.admin('update parked_work set account_id = $1', [row?.account_id])
    expect(subjectOn(await her.goOn())).toBe('Titkos szöveg')
  })

  test('two windows for two settlements keep their own', async () => {
    const { her, draft, shown } = await annaAt('kerelem')
    const komlo = '/komlo/sajat'
    const second = await fillIn(her, 'kerelem', komlo)
    const other = await her.visit(`${komlo}/urlapok/${second}/kerelem`)
    const crossed = await her.post(`${komlo}/urlapok/${draft}/kerelem`, {
      ...marksOf(shown),
      ...request('Rossz helyen'),
    })
    expect(crossed.status).toBe(409)
    await her.rest(paused)
    await her.submit(shown, undefined, request('Újhartyánba'))
    await her.submit(other, undefined, request('Komlóra'))
    const last = await her.goOn()
    expect([last.at, subjectOn(last)]).toEqual([`${komlo}/urlapok/${second}/kerelem?felretett=1`, 'Komlóra'])
    const [item] = await itemsOf(anna)
    expect((await her.visit(`${komlo}/felretett/${item?.id ?? ''}`)).status).toBe(404)
    const first = await her.follow(await her.visit(`${base}/felretett/${item?.id ?? ''}`))
    expect(subjectOn(first)).toBe('Újhartyánba')
  })
})

const marksOf = (page: Page): Record<string, string> =>
  Object.fromEntries(
    ['_csrf', '_jegy'].map((name) => [
      name,
      page.html.querySelector(`form#urlap input[name="${name}"]`)?.getAttribute('value') ?? '',
    ]),
  )
