import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { findClerk } from '../../../src/features/clerk-office/rights.ts'
import { NotFound } from '../../../src/platform/http/errors.ts'
import { anna, bela, cecilia, denes, edit, ferenc } from '../../cast/people.ts'
import { openTestPortal, type TestPortal } from '../../support/portal.ts'
import { places } from './office-fixture.ts'
import { type SentCase, sendCase } from './sent-case.ts'

let portal: TestPortal
let sent: SentCase
const office = '/hivatal/ujhartyan'
const answer = 'Az igazolást kiállítottuk, átveheti a hivatalban.'

beforeAll(async () => {
  portal = await openTestPortal()
}, 120_000)
afterAll(() => portal.close())
beforeEach(async () => {
  sent = await sendIn()
})

async function sendIn(person = anna, settlementId = places.ujhartyan, change: Partial<SentCase> = {}) {
  const { accountId } = await portal.session(person)
  const { db, forms } = portal.portal
  return sendCase({ db, forms, admin: portal.admin }, person, accountId, settlementId, change)
}
const step = (name: string, fields: Record<string, string | string[]> = {}, as = cecilia, id = sent.caseId) =>
  portal.post(`${office}/ugyek/${id}/${name}`, fields, { as })
const clerkId = async (person: { subject: string }) =>
  (await portal.admin<{ id: string }>('select id from clerks where subject = $1', [person.subject]))[0]?.id ?? ''
const stateOf = async (id = sent.caseId) => (await portal.admin('select state from cases where id = $1', [id]))[0]

describe('the day of a case', () => {
  test('each step leads to the next page, and the citizen reads it', async () => {
    const casePage = `${office}/ugyek/${sent.caseId}`
    const followed = `/ujhartyan/sajat/ugyek/${sent.caseId}`
    const followedText = async () => (await portal.visit(followed, { as: anna })).text

    expect((await portal.visit(`${office}/beerkezett`, { as: cecilia })).text).toContain(sent.arrivalNumber)
    expect(await followedText()).toContain('A hivatal átveszi a beadványát')

    const received = await step('erkeztetes')
    expect(received).toMatchObject({ status: 303, location: `${casePage}?kesz=erkeztetve&ugy=${sent.caseId}` })
    expect((await portal.visit(received.location, { as: cecilia })).text).toContain(`Érkeztetve: ${sent.arrivalNumber}`)
    expect(await followedText()).toContain('Újhartyáni Polgármesteri Hivatal')

    const registered = await portal.visit((await step('iktatas')).location, { as: cecilia })
    const number = /UHT\/\d+-1\/\d{4}/.exec(registered.text)?.[0] ?? 'none'
    expect(registered.text).toContain(`Iktatva: ${number}`)
    expect(await followedText()).toContain(number)

    await step('szignalas', { ugyintezo: await clerkId(denes), helyett: '', utasitas: 'Kérem soron kívül.' })
    const desk = await portal.visit(`${office}/ugyek`, { as: denes })
    expect(desk.html.querySelector(`a[href="${casePage}"]`)).not.toBeNull()
    expect((await portal.visit(casePage, { as: denes })).text).toContain('Kérem soron kívül.')
    expect(await followedText()).toContain('Ügyintéző: Ügyintéző Dénes')
    expect(await followedText()).not.toContain('soron kívül')

    await step('megkezdes', {}, denes)
    await step('lezaras', { valasz: answer }, denes)
    const over = await followedText()
    expect(over).toContain(answer)
    expect(over).toContain('Lezárva')
    const list = await portal.visit('/sajat/ugyek?szuro=lezart', { as: anna })
    expect(list.html.querySelector(`a[href="${followed}"]`)).not.toBeNull()
    expect((await portal.visit(`${office}/kereses?szam=${number}`, { as: cecilia })).location).toBe(casePage)
  })

  test('from the list the clerk comes back to the same stretch and row of it', async () => {
    const list = `${office}/beerkezett?nezet=erkeztetesre&urlap=altalanos-kerelem`
    const back = await step('erkeztetes', { vissza: list })
    expect(back.location).toBe(`${list}&kesz=erkeztetve&ugy=${sent.caseId}#ugy-${sent.caseId}`)
    const page = await portal.visit(back.location.replace(/#.*/, ''), { as: cecilia })
    expect(page.text).toContain(`Érkeztetve: ${sent.arrivalNumber}`)
    const again = await step('erkeztetes', { vissza: list })
    expect(again.location).toContain('kesz=mar-erkeztetve')
  })

  test.each([
    '//evil.example',
    'https://evil.example/',
    '/\\evil.example',
    '/sajat/ugyek',
    '/hivatal/komlo-heves/beerkezett',
  ])('the way back cannot lead to %s', async (vissza) => {
    expect((await step('erkeztetes', { vissza })).location).toMatch(new RegExp(`^${office}/ugyek/${sent.caseId}`))
  })

  test('what is said to be done is only said when it is so', async () => {
    const page = await portal.visit(`${office}/ugyek/${sent.caseId}?kesz=lezarva`, { as: cecilia })
    expect(page.status).toBe(200)
    expect(page.html.querySelector('.govuk-notification-banner')).toBeNull()
  })

  test('pages are complete in both languages', async () => {
    for (const language of ['hu', 'en'] as const) {
      for (const path of [
        `${office}/beerkezett`,
        `${office}/ugyek`,
        `${office}/ugyek/${sent.caseId}`,
        `${office}/kereses?szam=x`,
      ]) {
        const page = await portal.visit(path, { as: cecilia, language })
        expect([200, 404]).toContain(page.status)
        expect(page.html.querySelector('html')?.getAttribute('lang')).toBe(language)
      }
      expect((await portal.visit('/sajat/ugyek', { as: anna, language })).status).toBe(200)
      expect((await portal.visit(`/ujhartyan/sajat/ugyek/${sent.caseId}`, { as: anna, language })).status).toBe(200)
    }
  })
})

describe('input that is not right', () => {
  test('an answer that is too short stays in its field, with what to do', async () => {
    await step('erkeztetes')
    await step('iktatas')
    await step('szignalas', { ugyintezo: await clerkId(denes), helyett: '', utasitas: '' })
    await step('megkezdes', {}, denes)
    const page = await step('lezaras', { valasz: 'Rövid <b>válasz' }, denes)
    expect(page.status).toBe(422)
    expect(page.html.querySelector('.govuk-error-summary a')?.getAttribute('href')).toBe('#valasz')
    expect(page.html.querySelector('#valasz')?.textContent.trim()).toBe('Rövid <b>válasz')
    expect(await stateOf()).toEqual({ state: 'in_progress' })
    expect((await step('lezaras', { valasz: 'á'.repeat(10_001) }, denes)).status).toBe(422)
    expect((await step('lezaras', { valasz: `${'a'.repeat(30)}\u0007` }, denes)).status).toBe(422)
    expect((await step('lezaras', { valasz: '😀'.repeat(10_000) }, denes)).status).toBe(303)
  })

  test('a form without its fields is answered like one with empty fields', async () => {
    await step('erkeztetes')
    await step('iktatas')
    expect((await step('szignalas')).status).toBe(422)
    const id = await clerkId(denes)
    expect((await step('szignalas', { ugyintezo: id, helyett: 'x', utasitas: 'á'.repeat(1_001) })).status).toBe(422)
    expect((await step('szignalas', { ugyintezo: id, helyett: '<x>' })).status).toBe(303)
    await step('megkezdes', {}, denes)
    expect((await step('lezaras', {}, denes)).status).toBe(422)
    expect(await stateOf()).toEqual({ state: 'in_progress' })
  })

  test('without a case worker nothing is assigned', async () => {
    await step('erkeztetes')
    await step('iktatas')
    const page = await step('szignalas', { helyett: '', utasitas: 'x' })
    expect(page.status).toBe(422)
    expect(page.html.querySelector('.govuk-error-summary a')?.getAttribute('href')).toBe('#ugyintezo')
    expect((await step('szignalas', { ugyintezo: 'x', helyett: '' })).status).toBe(422)
    expect(await stateOf()).toEqual({ state: 'registered' })
  })

  test('a field sent twice is refused, whatever else is sent is not looked at', async () => {
    await step('erkeztetes')
    await step('iktatas')
    const id = await clerkId(denes)
    expect((await step('szignalas', { ugyintezo: [id, id], helyett: '' })).status).toBe(400)
    const more = { state: 'closed', settlement_id: '1', file_number: 'X', closed_at: '2020-01-01', __proto__x: '1' }
    expect((await step('szignalas', { ugyintezo: id, helyett: '', ...more })).status).toBe(303)
    expect(await stateOf()).toEqual({ state: 'assigned' })
  })

  test('steps out of order are a clear conflict', async () => {
    for (const name of ['iktatas', 'atadas']) expect((await step(name)).status).toBe(409)
    const page = await step('megkezdes', {}, denes)
    expect(page.status).toBe(409)
    expect(page.text).toContain('állapota közben megváltozott')
  })

  test.each([
    `${office}/ugyek/x`,
    `${office}/ugyek/${'0'.repeat(36)}`,
    `${office}/ugyek/${randomUUID()}`,
    `${office}/ugyek/${randomUUID()}/csatolmanyok/${randomUUID()}`,
    `${office}/nincs-ilyen`,
    '/hivatal/nincs-ilyen/beerkezett',
    '/hivatal/%C5%B1/beerkezett',
  ])('%s is not found', async (path) => {
    expect((await portal.visit(path, { as: cecilia })).status).toBe(404)
  })

  test.each(['nezet=a&nezet=b', 'urlap=<x>', 'ugy=1', 'szam=1&szam=2', `urlap=${'a'.repeat(200)}`])(
    'a list asked for with %s is refused',
    async (query) => {
      expect((await portal.visit(`${office}/beerkezett?${query}`, { as: cecilia })).status).toBe(400)
    },
  )

  test.each(['nezet=x', 'telepules=komlo', 'utan=x', 'elott=99-x', 'urlap=nincs-ilyen', 'kesz=__proto__'])(
    'a list asked for with %s is shown',
    async (query) => {
      expect((await portal.visit(`${office}/beerkezett?${query}`, { as: cecilia })).status).toBe(200)
    },
  )

  test('no step is a link: GET changes nothing, and a post needs the token', async () => {
    for (const name of ['erkeztetes', 'iktatas', 'szignalas', 'atadas', 'megkezdes', 'lezaras']) {
      expect((await portal.visit(`${office}/ugyek/${sent.caseId}/${name}`, { as: cecilia })).status).toBe(405)
      expect((await step(name, { _csrf: 'wrong' })).status).toBeGreaterThanOrEqual(400)
    }
    const { cookie } = await portal.session(cecilia)
    const withoutToken = await portal.post(`${office}/ugyek/${sent.caseId}/erkeztetes`, {}, { headers: { cookie } })
    expect(withoutToken.status).toBe(403)
    expect(await stateOf()).toEqual({ state: 'submitted' })
  })

  test('what people wrote is text, never markup', async () => {
    const nasty = `"'><svg/onload=alert(1)><script>x</script>{{ 7*7 }}`
    const own = await sendIn(anna, places.ujhartyan, { subject: nasty })
    for (const [path, as] of [
      [`${office}/beerkezett?nezet=erkeztetesre`, cecilia],
      [`${office}/ugyek/${own.caseId}`, cecilia],
      ['/sajat/ugyek', anna],
      [`/ujhartyan/sajat/ugyek/${own.caseId}`, anna],
      [`${office}/kereses?szam=${encodeURIComponent(nasty)}`, cecilia],
    ] as const) {
      const page = await portal.visit(path, { as })
      expect(page.body).not.toContain('<svg/onload')
      expect(page.body).not.toContain('<script>x')
    }
  })
})

test('nothing a clerk’s browser may send is answered as a failure of ours', async () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.constantFrom('', '__proto__', '0', 'x'.repeat(3_000)),
  )
  const fields = fc.dictionary(
    fc.constantFrom('ugyintezo', 'helyett', 'utasitas', 'valasz', 'vissza', 'constructor'),
    fc.oneof(text, fc.array(text, { minLength: 2, maxLength: 3 })),
  )
  const query = fc.dictionary(
    fc.constantFrom('nezet', 'telepules', 'urlap', 'utan', 'elott', 'kesz', 'ugy', 'szam'),
    fc.string({ unit: 'binary', maxLength: 40 }),
  )
  const verbs = ['erkeztetes', 'iktatas', 'szignalas', 'atadas', 'megkezdes', 'lezaras']
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...verbs), fields, query, async (verb, fields, query) => {
      const as = verb === 'megkezdes' || verb === 'lezaras' ? denes : cecilia
      expect((await step(verb, wellFormed(fields), as)).status).toBeLessThan(500)
      const search = new URLSearchParams(wellFormed(query)).toString()
      for (const path of ['beerkezett', 'ugyek', 'kereses', `ugyek/${sent.caseId}`]) {
        expect((await portal.visit(`${office}/${path}?${search}`, { as })).status, `${path}?${search}`).toBeLessThan(
          500,
        )
      }
    }),
    { numRuns: 60 },
  )
})

/** URLSearchParams cannot write lone surrogates. */
function wellFormed<Value extends string | string[]>(fields: Record<string, Value>): Record<string, Value> {
  return JSON.parse(JSON.stringify(fields).replaceAll(/\\ud[89a-f][0-9a-f]{2}/gi, '')) as Record<string, Value>
}

describe('who is let in', () => {
  test('a stranger is sent to sign in, a citizen finds no office', async () => {
    expect((await portal.visit(`${office}/beerkezett`)).location).toBe('/belepes')
    for (const path of ['/hivatal', office, `${office}/beerkezett`, `${office}/ugyek/${sent.caseId}`]) {
      expect((await portal.visit(path, { as: anna })).status).toBe(404)
    }
    expect((await step('erkeztetes', {}, anna)).status).toBe(404)
  })

  test('another office’s case looks like one that does not exist', async () => {
    const foreign = await portal.visit(`/hivatal/komlo-heves/ugyek/${sent.caseId}`, { as: edit })
    const unknown = await portal.visit(`/hivatal/komlo-heves/ugyek/${randomUUID()}`, { as: edit })
    // the reference of a refusal, and the seconds on the session's clocks
    const withoutReference = (text: string) => text.replaceAll(/[A-Z0-9]{10}|\d\d:\d\d:\d\d|data-[a-z-]*="[\d.]+"/g, '')
    expect(foreign.status).toBe(404)
    expect(withoutReference(foreign.text)).toBe(withoutReference(unknown.text))
    expect((await portal.visit(`/hivatal/komlo-heves/kereses?szam=${sent.arrivalNumber}`, { as: edit })).status).toBe(
      404,
    )
    expect((await portal.visit(`${office}/ugyek/${sent.caseId}`, { as: edit })).status).toBe(404)
  })

  test('another citizen, or another settlement’s address, leads to no case', async () => {
    expect((await portal.visit(`/ujhartyan/sajat/ugyek/${sent.caseId}`, { as: bela })).status).toBe(404)
    expect((await portal.visit(`/komlo/sajat/ugyek/${sent.caseId}`, { as: anna })).status).toBe(404)
    expect((await portal.visit(`/ujhartyan/mas/ugyek/${sent.caseId}`, { as: anna })).status).toBe(404)
    expect((await portal.visit('/sajat/ugyek', { as: bela })).text).not.toContain(sent.arrivalNumber)
  })

  test('with one office one gets there at once, with several one chooses', async () => {
    expect((await portal.visit('/hivatal', { as: cecilia })).location).toBe(office)
    expect((await portal.visit(office, { as: cecilia })).location).toBe(`${office}/beerkezett`)
    expect((await portal.visit(office, { as: denes })).location).toBe(`${office}/ugyek`)
    await portal.admin(
      `insert into clerks (office_id, issuer, subject, name, valid_from)
       select (select id from offices where slug = 'komlo'), issuer, subject, name, valid_from from clerks where subject = $1`,
      [cecilia.subject],
    )
    const choice = await portal.visit('/hivatal', { as: cecilia })
    expect(choice.status).toBe(200)
    expect(choice.html.querySelector('a[href="/hivatal/komlo"]')).not.toBeNull()
    expect((await portal.visit('/hivatal/komlo/beerkezett', { as: cecilia })).status).toBe(404)
    await portal.admin(
      `delete from clerks where subject = $1 and office_id = (select id from offices where slug = 'komlo')`,
      [cecilia.subject],
    )
  })

  test('a role that is revoked ends with the next request', async () => {
    const id = await clerkId(denes)
    expect((await portal.visit(`${office}/ugyek`, { as: denes })).status).toBe(200)
    await portal.admin('update clerk_roles set revoked_at = now() where clerk_id = $1', [id])
    expect((await portal.visit(`${office}/ugyek`, { as: denes })).status).toBe(404)
    expect((await step('megkezdes', {}, denes)).status).toBe(404)
    await portal.admin('update clerk_roles set revoked_at = null where clerk_id = $1', [id])
  })

  test('in one’s own case there is nothing to press, and pressing is refused', async () => {
    const own = await sendIn(cecilia)
    const page = await portal.visit(`${office}/ugyek/${own.caseId}`, { as: cecilia })
    expect(page.text).toContain('Ebben az ügyben Ön ügyfél')
    expect(page.html.querySelector('.portal-todo form')).toBeNull()
    expect((await step('erkeztetes', {}, cecilia, own.caseId)).status).toBe(403)
    expect(await stateOf(own.caseId)).toEqual({ state: 'submitted' })
  })

  test('a common office has one desk for its settlements, and filters by them', async () => {
    const [one, other] = [await sendIn(anna, places.magyarhertelend), await sendIn(anna, places.bodolyaber)]
    const all = await portal.visit('/hivatal/magyarhertelend/beerkezett', { as: ferenc })
    expect(all.text).toContain(one.arrivalNumber)
    expect(all.text).toContain(other.arrivalNumber)
    expect(all.text).not.toContain(sent.arrivalNumber)
    const filtered = await portal.visit('/hivatal/magyarhertelend/beerkezett?telepules=bodolyaber', { as: ferenc })
    expect(filtered.text).toContain(other.arrivalNumber)
    expect(filtered.text).not.toContain(one.arrivalNumber)
  })
})

describe('attachments', () => {
  const file = async (scan: string, fileName = 'árvíztűrő "kép".pdf') => {
    const [row] = await portal.admin<{ id: string }>(
      `insert into attachments (settlement_id, party_id, submission_id, field_id, file_name, media_type, size_bytes, sha256, scan)
       select settlement_id, party_id, submission_id, 'files', $2, 'application/pdf', 8, encode(sha256('%PDF-1.4'), 'hex'), $3
       from cases where id = $1
       returning id`,
      [sent.caseId, fileName, scan],
    )
    await portal.admin(
      `insert into attachment_chunks (attachment_id, sequence, settlement_id, party_id, bytes)
       select id, 0, settlement_id, party_id, '%PDF-1.4' from attachments where id = $1`,
      [row?.id],
    )
    return `/ugyek/${sent.caseId}/csatolmanyok/${row?.id}`
  }

  test('a checked file is handed out to keep, never to run; the look goes on record', async () => {
    const download = await portal.visit(office + (await file('clean')), { as: cecilia })
    expect(download.status).toBe(200)
    expect(download.body).toBe('%PDF-1.4')
    expect(download.headers).toMatchObject({
      'content-type': 'application/pdf',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "sandbox; default-src 'none'",
      'cache-control': 'no-store',
    })
    expect(download.headers['content-disposition']).toContain("filename*=UTF-8''%C3%A1rv%C3%ADzt%C5%B1r%C5%91")
    const [look] = await portal.admin(
      `select * from audit_trail where action = 'case.attachment-opened' and object_id = $1`,
      [sent.caseId],
    )
    expect(look).toMatchObject({ actor_kind: 'clerk', settlement_id: places.ujhartyan })
  })

  test.each(['pending', 'infected', 'not-scanned'])('a file that is %s is shown, but not handed out', async (scan) => {
    const path = await file(scan)
    expect((await portal.visit(office + path, { as: cecilia })).status).toBe(404)
    const page = await portal.visit(`${office}/ugyek/${sent.caseId}`, { as: cecilia })
    expect(page.html.querySelector(`a[href="${office}${path}"]`)).toBeNull()
    expect(page.text).toContain('árvíztűrő')
  })

  test('a clerk whose role is revoked after asking for a file gets nothing of it any more', async () => {
    const [, , , , attachmentId = ''] = (await file('clean')).split('/')
    const { accountId } = await portal.session(cecilia)
    const address = { accountId, identity: cecilia.identity, officeSlug: 'ujhartyan', requestId: 'test' }
    const clerk = await findClerk(portal.portal.db, address)
    const opened = await portal.portal.clerkOffice.attachment(clerk, sent.caseId, attachmentId)
    await portal.admin('update clerk_roles set revoked_at = now() where clerk_id = $1', [clerk.id])
    await expect(opened.bytes.toArray()).rejects.toThrow(NotFound)
    await portal.admin('update clerk_roles set revoked_at = null where clerk_id = $1', [clerk.id])
    const again = await portal.portal.clerkOffice.attachment(clerk, sent.caseId, attachmentId)
    expect(Buffer.concat(await again.bytes.toArray()).toString()).toBe('%PDF-1.4')
  })

  test('a file of another case, or of another office, is not found', async () => {
    const path = await file('clean')
    const other = await sendIn()
    const id = path.split('/').at(-1)
    expect((await portal.visit(`${office}/ugyek/${other.caseId}/csatolmanyok/${id}`, { as: cecilia })).status).toBe(404)
    expect((await portal.visit(`/hivatal/komlo-heves${path}`, { as: edit })).status).toBe(404)
  })
})
