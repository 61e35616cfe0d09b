import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { toBase45 } from '../../../src/platform/codes/base45.ts'
import { writeCodes } from '../../../src/platform/codes/numbered-codes.ts'
import { renderDocument } from '../../../src/platform/pdf/render.ts'
import { anna, type CastPerson, cecilia, denes, edit } from '../../cast/people.ts'
import { openTestPortal, type Page, readPage, type TestPortal } from '../../support/portal.ts'
import { longText, printedPaper, scanOf } from './printed-paper.ts'
import { decoded, takeOverPaper, takingOver } from './taking-over.ts'

let portal: TestPortal
beforeAll(async () => {
  portal = await openTestPortal()
})
afterAll(() => portal.close())

const home = '/hivatal/ujhartyan'

function scan(codes: readonly string[], as: CastPerson = cecilia, office = home): Promise<Page> {
  return portal.post(`${office}/papir`, { kodok: codes.join('\n') }, { as })
}

async function takeOver(codes: readonly string[], change: Record<string, string> = {}, as = cecilia): Promise<Page> {
  return takeOverPaper(portal, codes, { as, office: 'ujhartyan', change })
}

async function count(table: 'submissions' | 'cases' | 'papers'): Promise<number> {
  const [row] = await portal.admin<{ count: string }>(`select count(*) from ${table}`)
  return Number(row?.count)
}

const errorsOf = (page: Page) => page.html.querySelectorAll('.govuk-error-summary li').map((item) => item.text.trim())

describe('a records clerk with a paper', () => {
  test('reads what it says, takes it over, and its case runs as every other', async () => {
    const paper = printedPaper()
    const read = await scan(paper)
    expect(read.status).toBe(200)
    expect(read.text).toContain('Kérem, javítsák ki a kátyút.')
    expect(read.text).toContain('Papír Piroska')
    expect(read.text).toContain('2026. 01. 02.')
    expect(read.text).not.toContain('A papíron hiba van')
    expect(await count('submissions')).toBe(0)
    expect(takingOver(read)).toMatchObject({ kuldo: 'Papír Piroska', masolat: '0' })

    const taken = await portal.post(`${home}/papir/atvetel`, takingOver(read), { as: cecilia })
    expect(taken.status).toBe(303)
    expect(taken.location).toMatch(/\/hivatal\/ujhartyan\/ugyek\/[0-9a-f-]{36}\?kesz=papir$/)
    const address = taken.location.replace(/\?.*/, '')
    const page = await portal.visit(taken.location, { as: cecilia })
    expect(page.text).toContain('A papírt átvette')
    expect(page.text).toContain('Papíron érkezett')
    expect(page.text).toContain('Papír Piroska · Kátyú az Álom téren')
    const inbox = await portal.visit(`${home}/beerkezett`, { as: cecilia })
    expect(inbox.text).toMatch(/Papír Piroska .*papíron/)

    const registered = await portal.post(`${address}/iktatas`, {}, { as: cecilia })
    expect(registered.location).toContain('kesz=iktatva')
    const [worker] = await portal.admin<{ id: string }>('select id from clerks where subject = $1', [denes.subject])
    await portal.post(`${address}/szignalas`, { ugyintezo: worker?.id ?? '', helyett: '' }, { as: cecilia })
    await portal.post(`${address}/megkezdes`, {}, { as: denes })
    const closed = await portal.post(
      `${address}/lezaras`,
      { valasz: 'A kátyút kijavítottuk, köszönjük.' },
      { as: denes },
    )
    expect(closed.location).toContain('kesz=lezarva')
    // Nobody has an account to be told.
    expect(await portal.admin("select 1 from graphile_worker.jobs where task_identifier like '%notice%'")).toEqual([])
  })

  test('has it all in one transaction, with an arrival number and rows in the audit trail', async () => {
    const before = await count('cases')
    await takeOver(printedPaper({ subject: 'Nyomon követhető' }), { kuldo: 'Valaki Más' })
    expect(await count('cases')).toBe(before + 1)
    const [row] = await portal.admin(
      `select s.author_id, s.party_id = s.id as own, s.arrival_number, s.sender->>'name' as name, c.state, c.client_name,
         p.arrived_on::text as arrived_on, (s.submitted_at at time zone 'Europe/Budapest')::date::text as submitted_on, a.submission_id is not null as arrived,
         (select array_agg(action order by id) from audit_trail t where t.object_id in (s.id::text, c.id::text)) as trail
       from submissions s join cases c on c.submission_id = s.id join papers p on p.submission_id = s.id
         left join arrivals a on a.submission_id = s.id where s.answers->>'subject' = 'Nyomon követhető'`,
    )
    expect(row).toMatchObject({
      author_id: null,
      own: true,
      name: 'Valaki Más',
      state: 'received',
      client_name: 'Valaki Más',
      arrived: true,
      trail: ['case.opened', 'case.received', 'paper.taken-over'],
    })
    expect(row?.['arrival_number']).toMatch(/^\d\d-\w{4}-\w{4}-\w$/)
    expect(row?.['submitted_on']).toBe(row?.['arrived_on'])
  })

  test('says when it arrived: the office’s time counts from that day', async () => {
    const day = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10)
    const parts = (text: string) => {
      const [year = '', month = '', date = ''] = text.split('-')
      return { 'erkezett.year': year, 'erkezett.month': month, 'erkezett.day': date }
    }
    await takeOver(printedPaper({ subject: 'Régebben jött' }), parts(day(9)))
    const [row] = await portal.admin(
      `select (submitted_at at time zone 'Europe/Budapest')::date::text as day, clean_due_on - (submitted_at at time zone 'Europe/Budapest')::date as days
       from cases where subject = 'Régebben jött'`,
    )
    expect(row).toMatchObject({ day: day(9), days: 60 })
    const paper = printedPaper({ subject: 'Nem jött' })
    for (const [typed, told] of [
      [parts(day(-2)), 'nem érkezhetett a mai nap után'],
      [parts(day(800)), 'több mint egy éve'],
      [parts('2026-13-40'), 'Adja meg az érkezés napját így'],
      [parts('--'), 'Adja meg, mikor érkezett'],
      [{ kuldo: '  ' }, 'Adja meg, ki küldte'],
      [{ kuldo: 'a'.repeat(201) }, 'legfeljebb 200 karakter'],
      [{ kuldo: 'a\u202eb' }, 'nem látszik'],
    ] as const) {
      const refused = await takeOver(paper, typed)
      expect(refused.status).toBe(422)
      expect(errorsOf(refused).join()).toContain(told)
      expect(refused.text).toContain('Nem jött')
    }
    expect(await portal.admin("select 1 from cases where subject = 'Nem jött'")).toEqual([])
  })

  test('takes it over once, however often and from however many windows', async () => {
    const fields = takingOver(await scan(printedPaper({ subject: 'Egyszer' })))
    const others = takingOver(await scan(printedPaper({ subject: 'Egyszer' })))
    const answers = await Promise.all(
      [fields, fields, others, others].map((one) => portal.post(`${home}/papir/atvetel`, one, { as: cecilia })),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 303, 409, 409])
    const cases = await portal.admin<{ id: string }>("select id from cases where subject = 'Egyszer'")
    expect(cases).toHaveLength(1)
    for (const { location } of answers.filter(({ status }) => status === 303)) expect(location).toContain(cases[0]?.id)
    expect(answers.map(({ location }) => location.replace(/.*=/, '')).sort()).toEqual(['', '', 'mar-papir', 'papir'])
  })

  test('is told that the same is here already, and takes another copy only by saying so', async () => {
    const paper = printedPaper({ subject: 'Két példány' })
    const first = await takeOver(paper)
    const again = await scan(paper)
    expect(again.status).toBe(200)
    expect(again.text).toContain('Ilyen papírt már átvettek')
    expect(again.html.querySelector('#ismert')).not.toBeNull()
    expect(again.html.querySelector(`a[href="${first.location.replace(/\?.*/, '')}"]`)).not.toBeNull()
    expect((await portal.post(`${home}/papir/atvetel`, takingOver(again), { as: cecilia })).status).toBe(303)
    const [row] = await portal.admin(
      `select array_agg(copy order by copy) as copies from papers p join cases c on c.submission_id = p.submission_id where subject = 'Két példány'`,
    )
    expect(row).toEqual({ copies: [1, 2] })
  })

  test('reads several codes in pieces: what is missing is named, and what is there is kept', async () => {
    const codes = printedPaper({ body: longText(3_000), subject: 'Hosszú' })
    expect(codes.length).toBeGreaterThan(3)
    const some = await scan(codes.filter((_, at) => at !== 1))
    expect(some.status).toBe(422)
    expect(errorsOf(some)).toEqual([`A papíron ${String(codes.length)} kód van, ebből hiányzik: 2.`])
    const kept = decoded(some.html.querySelector('#kodok')?.innerHTML ?? '')
    expect((await scan([kept, codes[1] ?? ''])).text).toContain('Hosszú')
    const spoilt = codes.map((code, at) => (at === 2 ? `${code.slice(0, -20)}${'0'.repeat(19)}:` : code))
    expect(errorsOf(await scan(spoilt)).join()).toContain('Hibásan olvasott kód: 3.')
    const mixed = await scan([...codes, ...printedPaper()])
    expect(errorsOf(mixed).join()).toContain('2 különböző papír')
  })

  test('is shown what is wrong on the paper, and takes it over all the same', async () => {
    const definition = portal.portal.forms.latest('altalanos-kerelem')
    const content = {
      form: [definition?.code, definition?.version],
      settlement: 6293,
      answers: {
        'sender-name': { family: 'Hiányos', given: 'Helga' },
        'sender-email': 'nem-cim',
        subject: 'Hiányos papír',
        idegen: 'x',
      },
    }
    const codes = writeCodes(Buffer.from(JSON.stringify(content))) ?? []
    const read = await scan(codes)
    expect(read.status).toBe(200)
    expect(read.text).toContain('A papíron hiba van')
    const taken = await portal.post(`${home}/papir/atvetel`, takingOver(read), { as: cecilia })
    expect(taken.status).toBe(303)
    const [row] = await portal.admin("select answers from submissions where answers->>'subject' = 'Hiányos papír'")
    expect(row?.['answers']).toEqual({
      'sender-name': { family: 'Hiányos', given: 'Helga' },
      'sender-email': 'nem-cim',
      subject: 'Hiányos papír',
    })
  })

  test('written by somebody else is kept as if it had been typed here', async () => {
    const definition = portal.portal.forms.latest('altalanos-kerelem')
    const forged = (subject: string, more: object = {}) =>
      writeCodes(
        Buffer.from(
          JSON.stringify({
            form: [definition?.code, definition?.version],
            settlement: 6293,
            answers: { subject, 'acts-as-agent': 'no', ...more },
          }),
        ),
      ) ?? []
    const take = async (codes: string[], kuldo: string) => {
      expect((await takeOver(codes, { kuldo })).status).toBe(303)
      const [row] = await portal.admin(
        "select c.subject, s.answers from submissions s join cases c on c.submission_id = s.id where s.sender->>'name' = $1",
        [kuldo],
      )
      return row
    }
    // In a list of the office's a name could read other than it is; and what nobody was asked is nowhere.
    expect(await take(forged('rend\u202eben', { 'represented-name': 'Rejtett Rezső' }), 'Rejtő')).toEqual({
      subject: 'rendben',
      answers: { subject: 'rendben', 'acts-as-agent': 'no' },
    })
    expect(await take(forged('x'.repeat(50_000)), 'Bőbeszédű')).toMatchObject({ subject: null })
  })
})

describe('a scan', () => {
  async function upload(
    files: { name: string; type: string; bytes: Buffer }[],
    as: CastPerson = cecilia,
    token?: string,
  ) {
    const session = await portal.session(as)
    const boundary = '----papir'
    const { publicUrl } = portal.portal.config.server
    const field = (head: string, content: Buffer | string) => [
      Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; ${head}\r\n\r\n`),
      Buffer.from(content),
      Buffer.from('\r\n'),
    ]
    const parts = [
      ...field('name="_csrf"', token ?? session.token),
      ...field('name="kodok"', ''),
      ...files.flatMap(({ name, type, bytes }) =>
        field(`name="kep"; filename="${name}"\r\nContent-Type: ${type}`, bytes),
      ),
      Buffer.from(`--${boundary}--\r\n`),
    ]
    return readPage(
      await portal.app.inject({
        method: 'POST',
        url: `${home}/papir`,
        headers: {
          host: publicUrl.host,
          origin: publicUrl.origin,
          cookie: session.cookie,
          'content-type': `multipart/form-data; boundary=${boundary}`,
        },
        payload: Buffer.concat(parts),
      }),
    )
  }

  test('in pictures and documents is read, several sheets together', async () => {
    const codes = printedPaper({ body: longText(2_500), subject: 'Képről' })
    const pdf = await renderDocument({
      language: 'hu',
      title: 'Második lap',
      blocks: [{ kind: 'codes', codes: codes.slice(2).map((text) => ({ text, caption: '', spoken: '2D kód' })) }],
    })
    const read = await upload([
      { name: 'elso-lap.png', type: 'image/png', bytes: scanOf(codes.slice(0, 2)) },
      { name: 'masodik-lap.pdf', type: 'application/pdf', bytes: pdf },
    ])
    expect(read.status).toBe(200)
    expect(read.text).toContain('Képről')
    expect((await portal.post(`${home}/papir/atvetel`, takingOver(read), { as: cecilia })).status).toBe(303)
  })

  test('that is none, is empty, or is not what it says, is told by its name', async () => {
    const read = await upload([
      { name: 'ures.png', type: 'image/png', bytes: scanOf(['']) },
      { name: 'hamis.png', type: 'image/png', bytes: Buffer.from('<html>') },
      { name: 'lap.docx', type: 'application/octet-stream', bytes: Buffer.from('x') },
      { name: 'lap\u202efdp.docx', type: 'application/octet-stream', bytes: Buffer.from('x') },
    ])
    expect(read.status).toBe(422)
    expect(errorsOf(read)).toEqual([
      expect.stringContaining('ures.png: a képen nem találtunk kódot'),
      expect.stringContaining('hamis.png: a fájl tartalma nem egyezik'),
      expect.stringContaining('lap.docx: ilyen fájlból nem tudunk olvasni'),
      expect.stringContaining('lap·fdp.docx: '),
    ])
    expect(errorsOf(await upload([]))).toEqual(['Olvassa be a kódokat, vagy válasszon képet a papírról.'])
  })

  test('from another page than ours is not looked at', async () => {
    expect((await upload([], cecilia, 'idegen')).status).toBe(403)
  })
})

describe('what is refused with a plain word', () => {
  const sound = (content: unknown) =>
    writeCodes(Buffer.from(typeof content === 'string' ? content : JSON.stringify(content))) ?? []
  const form = (change: object) => sound({ form: ['altalanos-kerelem', 1], settlement: 6293, answers: {}, ...change })
  const cases: [string, () => string[], string][] = [
    ['nothing of ours', () => ['valami más'], 'nincs olyan kód'],
    ['a format to come', () => printedPaper().map((code) => code.replace('OHP1', 'OHP7')), 'formátumát (7.)'],
    ['another office’s paper', () => printedPaper({}, 'komlo-heves'), 'Kömlő'],
    ['a settlement there is not', () => form({ settlement: 999_999 }), 'nem ismer'],
    ['a form there is not', () => form({ form: ['nincs-ilyen', 1] }), 'nem ismeri ezt az űrlapot'],
    ['a version there is not', () => form({ form: ['altalanos-kerelem', 999] }), 'nem ismeri ezt az űrlapot'],
    [
      'a prototype',
      () => sound('{"__proto__":{"x":1},"form":["a",1],"settlement":6293,"answers":{}}'),
      'nem ez a portál',
    ],
    ['what is no JSON', () => sound('{"form":'), 'nem ez a portál'],
    ['bytes that are no text', () => writeCodes(Buffer.from([0xff, 0xfe])) ?? [], 'nem ez a portál'],
    ['a list', () => sound([1, 2]), 'nem ez a portál'],
    ['answers that are none', () => form({ answers: ['x'] }), 'nem ez a portál'],
    [
      'signs alone',
      () => [`OHP1:1:1:000000000000:000000:8:${toBase45(Buffer.from('abcd'))}:`],
      'Hibásan olvasott kód: 1.',
    ],
  ]
  test.each(cases)('%s', async (_what, codes, told) => {
    const page = await scan(codes())
    expect(page.status).toBe(422)
    expect(errorsOf(page).join()).toContain(told)
    const taken = await portal.post(
      `${home}/papir/atvetel`,
      { kodok: codes().join('\n'), azonosito: crypto.randomUUID(), masolat: '0', kuldo: 'X' },
      { as: cecilia },
    )
    expect(taken.status).toBe(422)
  })

  test('the name of a submission that is another’s', async () => {
    const [other] = await portal.admin<{ key: string }>('select submission_key as key from submissions limit 1')
    const paper = printedPaper({ subject: 'Idegen azonosító' }, 'komlo-heves')
    const taken = await takeOverPaper(portal, paper, {
      as: edit,
      office: 'komlo-heves',
      change: { azonosito: other?.key ?? '' },
    })
    expect(taken.status).toBe(409)
    expect(taken.text).toContain('másik papír átvételéhez tartozik')
  })

  test('fields that no page of ours posts', async () => {
    const fields = takingOver(await scan(printedPaper({ subject: 'Rossz mezők' })))
    for (const change of [{ azonosito: 'x' }, { masolat: '-1' }, { masolat: 'x' }, { kodok: 'x'.repeat(100_001) }]) {
      expect((await portal.post(`${home}/papir/atvetel`, { ...fields, ...change }, { as: cecilia })).status).toBe(400)
    }
  })
})

describe('who may', () => {
  test('is a records clerk of the settlement’s office, and nobody else', async () => {
    const paper = printedPaper({ subject: 'Idegeneknek' })
    for (const [person, status] of [
      [anna, 404],
      [edit, 404],
      [denes, 403],
    ] as const) {
      expect((await portal.visit(`${home}/papir`, { as: person })).status).toBe(status)
      expect((await scan(paper, person)).status).toBe(status)
      const fields = { kodok: paper.join('\n'), azonosito: crypto.randomUUID(), masolat: '0', kuldo: 'X' }
      expect((await portal.post(`${home}/papir/atvetel`, fields, { as: person })).status).toBe(status)
    }
    expect((await scan(paper, edit, '/hivatal/komlo-heves')).status).toBe(422)
    expect((await portal.visit(`${home}/ugyek`, { as: denes })).html.querySelector('a[href$="/papir"]')).toBeNull()
    expect(
      (await portal.visit(`${home}/ugyek`, { as: cecilia })).html.querySelector('a[href$="/papir"]'),
    ).not.toBeNull()
  })

  test('sees the case: nobody on the citizens’ side does, whatever name stands on the paper', async () => {
    const { location } = await takeOver(printedPaper({ subject: 'Senkié' }), { kuldo: anna.name })
    const caseId = /ugyek\/([0-9a-f-]{36})/.exec(location)?.[1] ?? ''
    expect((await portal.visit('/sajat/ugyek', { as: anna })).text).not.toContain('Senkié')
    expect((await portal.visit(`/ujhartyan/sajat/ugyek/${caseId}`, { as: anna })).status).toBe(404)
  })
})
