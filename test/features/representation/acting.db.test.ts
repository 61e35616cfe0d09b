import { drizzle } from 'drizzle-orm/node-postgres'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { actFor, type RepresentedParty } from '../../../src/features/representation/index.ts'
import { sqlState } from '../../../src/platform/database.ts'
import { anna, bela, cecilia } from '../../cast/people.ts'
import { jpg } from '../../platform/files/sample-files.ts'
import { openTestPortal, type TestPortal } from '../../support/portal.ts'
import { atTheForm, marksOf } from '../submissions/general-request.ts'

let portal: TestPortal
const label: Record<string, string> = {}
const as = { as: bela }
const ended = 'Képviseleti joga megszűnt'

beforeAll(async () => {
  portal = await openTestPortal()
  const rows = await portal.admin<{ label: string; key: string }>(
    `select label, settlement_id || '/' || name as key from represented_parties`,
  )
  for (const { key, label: slug } of rows) label[key] = slug
})
afterAll(() => portal.close())

const kenyer = () => label['6293/Kitalált Kenyér Kft.'] ?? ''
const delibab = () => label['6293/Délibáb Építő Zrt.'] ?? ''
const form = (party: string) => atTheForm(portal, bela, 'ujhartyan', party)

/** Mandates are as the offices' files say, whatever a test before has made of them. */
beforeEach(async () => {
  // A revoked row stays revoked for everybody; only the administrator can play that it never was.
  await portal.admin('alter table mandates disable trigger stays_revoked')
  await portal.admin(`update mandates set revoked_at = null, valid_from = '2024-01-01', valid_until = null,
    everything = (kind in ('statutory', 'employee')),
    sectors = case kind when 'permanent' then '{tax}'::text[] else '{}' end,
    form_codes = case when kind in ('permanent', 'single') then '{altalanos-kerelem}'::text[] else '{}' end`)
  await portal.admin('alter table mandates enable trigger stays_revoked')
})

const change = (party: string, set: string) =>
  portal.admin(
    `update mandates set ${set} where party_id = (select id from represented_parties where label = $1) returning id`,
    [party],
  )

describe('acting for somebody', () => {
  test('a company’s form is filled in, sent and followed in its name, and the office sees who sent it', async () => {
    const company = form(kenyer())
    const draft = await company.filledIn()
    const overview = await company.page(draft, 'attekintes')
    expect(overview.text).toContain('Ön most Kitalált Kenyér Kft. nevében jár el.')
    expect(overview.html.querySelector('title')?.textContent).toContain('Kitalált Kenyér Kft.')
    // what the register knows is locked, and goes along
    expect(overview.text).toContain('Kinek a nevében jár el?')
    expect(overview.text).toContain('2367 Újhartyán, Kovászos utca 8.')

    const sent = await company.send(draft)
    expect(sent.location).toMatch(new RegExp(`^/ujhartyan/${kenyer()}/beadvanyok/`))
    const receipt = await portal.visit(sent.location, as)
    for (const part of ['Kitalált Kenyér Kft. nevében', '99999906-2-13', 'törvényes képviselőként', bela.name]) {
      expect(receipt.text).toContain(part)
    }
    expect((await portal.visit(`${sent.location}/nyugta.pdf`, as)).body).toMatch(/^%PDF/)
    const [row] = await portal.admin<{ id: string; client_name: string; acting_as: string; label: string }>(
      `select c.id, c.client_name, s.acting_as, p.label from submissions s join cases c on c.submission_id = s.id
       join mandates m on m.id = s.mandate_id and m.id = c.mandate_id join represented_parties p on p.id = s.party_id
       where s.draft_id = $1`,
      [draft],
    )
    expect(row).toMatchObject({ client_name: 'Kitalált Kenyér Kft.', acting_as: 'company', label: kenyer() })

    const list = await portal.visit('/sajat/ugyek', as)
    expect(list.text).toContain('Kitalált Kenyér Kft. nevében')
    const href = list.html.querySelector('.portal-matters__link')?.getAttribute('href') ?? ''
    expect(href).toBe(`/ujhartyan/${kenyer()}/ugyek/${row?.id ?? ''}`)
    expect((await portal.visit(href, as)).text).toContain('Képviselőként beküldtePélda Béla')

    const desk = await portal.visit(`/hivatal/ujhartyan/ugyek/${row?.id ?? ''}`, { as: cecilia })
    for (const part of ['Kitalált Kenyér Kft.', bela.name, 'törvényes képviselőként']) expect(desk.text).toContain(part)
  })

  test('an act is recorded under the strongest mandate that covers it, not under a stronger one for other matters', async () => {
    const [covering] = await change(kenyer(), `kind = 'permanent'`)
    const [elsewhere] = await portal.admin<{ id: string }>(
      `insert into mandates (settlement_id, party_id, registry_key, representative_mark, kind, everything, form_codes, valid_from)
       select settlement_id, party_id, 'elsewhere', representative_mark, 'statutory', false, '{adoigazolas-kerelem}', valid_from
       from mandates where id = $1 returning id`,
      [covering?.['id']],
    )
    try {
      const company = form(kenyer())
      const draft = await company.filledIn()
      const { location } = await company.send(draft)
      const recorded = await portal.admin(
        `select s.mandate_id, c.mandate_id as of_case, s.sender -> 'actedFor' ->> 'capacity' as capacity, a.detail ->> 'mandateId' as audited
         from submissions s join cases c on c.submission_id = s.id
         join audit_trail a on a.object_id = s.id::text and a.action = 'submission.sent' where s.draft_id = $1`,
        [draft],
      )
      const id = covering?.['id']
      expect(recorded).toEqual([{ mandate_id: id, of_case: id, capacity: 'permanent', audited: id }])
      expect((await portal.visit(location, as)).text).not.toContain('törvényes képviselőként')
    } finally {
      await change(kenyer(), `kind = 'statutory'`)
      await portal.admin('delete from mandates where id = $1', [elsewhere?.id])
    }
  })

  test('the start of a case lists whom one may act for with this form, and no others', async () => {
    const labels = async (path: string, person = bela) =>
      (await portal.visit(path, { as: person })).html
        .querySelectorAll('input[name=mod]')
        .map((radio) => radio.getAttribute('value'))
    const etelka = label['6293/Képzelt Etelka']
    expect(new Set(await labels('/ujhartyan/sajat/urlapok/uj?urlap=altalanos-kerelem'))).toEqual(
      new Set(['self', kenyer(), delibab(), etelka]),
    )
    // the mandate for Etelka names the other form only
    expect(new Set(await labels('/ujhartyan/sajat/urlapok/uj?urlap=adoigazolas-kerelem'))).toEqual(
      new Set(['self', kenyer(), delibab()]),
    )
    // this form is for private persons; the mandate for Etelka does not name it
    expect(await labels('/ujhartyan/sajat/urlapok/uj?urlap=kommunalis-ado-adatbejelentes')).toEqual(['self'])
    expect(await labels('/ujhartyan/sajat/urlapok/uj?urlap=altalanos-kerelem', anna)).toEqual(['self'])
    expect(await labels('/komlo/sajat/urlapok/uj?urlap=altalanos-kerelem')).toEqual([
      'self',
      label['26408/Kitalált Kenyér Kft.'],
    ])
  })

  test('a form that is not for companies cannot be begun for one', async () => {
    const start = await portal.visit(`/ujhartyan/sajat/urlapok/uj?urlap=kommunalis-ado-adatbejelentes`, as)
    const wish: Record<string, string> = { ...marksOf(start), mod: kenyer() }
    expect((await portal.post('/ujhartyan/sajat/urlapok/uj', wish, as)).status).toBe(404)
    expect(await portal.admin('select from drafts where id = $1', [wish['kulcs']])).toEqual([])
  })

  test('the certificate’s form knows the company, its number and its seat', async () => {
    const start = await portal.visit('/ujhartyan/sajat/urlapok/uj?urlap=adoigazolas-kerelem', as)
    const wish: Record<string, string> = { ...marksOf(start), mod: delibab() }
    const { location } = await portal.post('/ujhartyan/sajat/urlapok/uj', wish, as)
    const page = await portal.visit(location, as)
    expect(page.text).toContain('A hivatal képviseleti nyilvántartásából')
    const [draft] = await portal.admin<{ acting_as: string; label: string }>(
      'select d.acting_as, p.label from drafts d join represented_parties p on p.id = d.party_id where d.id = $1',
      [wish['kulcs']],
    )
    expect(draft).toEqual({ acting_as: 'company', label: delibab() })
  })

  test('two companies stay apart: drafts of one are not found under the other’s address', async () => {
    const one = await form(kenyer()).begin()
    for (const base of [`/ujhartyan/${delibab()}`, '/ujhartyan/sajat']) {
      expect((await portal.visit(`${base}/urlapok/${one}/bekuldo`, as)).status).toBe(404)
    }
    const saved = await portal.visit('/sajat/urlapok', as)
    const links = saved.html.querySelectorAll('h2 a').map((link) => link.getAttribute('href'))
    expect(links).toContain(`/ujhartyan/${kenyer()}/urlapok/${one}`)
    expect(saved.text).toContain('Kitalált Kenyér Kft. nevében')
  })

  test('one’s rights are listed with what they cover, and how to get one', async () => {
    const page = await portal.visit('/sajat/kepviseletek', as)
    for (const part of [
      'Kitalált Kenyér Kft.',
      'Délibáb Építő Zrt.',
      'Képzelt Etelka',
      'Komló',
      'Minden ügy',
      'Adóügyek',
      'Általános kérelem',
      'visszavonásig',
    ]) {
      expect(page.text).toContain(part)
    }
    const annas = await portal.visit('/sajat/kepviseletek', { as: anna })
    expect(annas.text).toContain('Nincs nyilvántartott képviselete.')
    expect(annas.text).not.toContain('Kitalált')
    expect((await portal.visit('/sajat/kepviseletek', { as: bela, language: 'en' })).text).toContain('All matters')
  })
})

describe('who has no right', () => {
  const pathsBelow = (base: string) => [`${base}/urlapok/uj`, `${base}/ugyek/3f0c8a52-6f5e-4d42-9a9c-8f2f1b7a4c10`]

  test('finds nothing at somebody else’s label, as at one that does not exist', async () => {
    for (const path of pathsBelow(`/ujhartyan/${kenyer()}`)) {
      const real = await portal.visit(path, { as: anna })
      const invented = await portal.visit(path.replace(kenyer(), 'a'.repeat(26)), { as: anna })
      expect(real.status).toBe(404)
      expect(real.text).not.toContain(ended)
      const read = ({ html }: typeof real) =>
        html
          .querySelector('main')
          ?.textContent.replace(html.querySelector('.portal-failure__reference')?.textContent ?? '', '')
      expect(read(real)).toBe(read(invented))
    }
    const start = await portal.visit('/ujhartyan/sajat/urlapok/uj?urlap=altalanos-kerelem', { as: anna })
    const wish: Record<string, string> = { ...marksOf(start), mod: kenyer() }
    expect((await portal.post('/ujhartyan/sajat/urlapok/uj', wish, { as: anna })).status).toBe(404)
  })

  test('the right at one settlement is none at another', async () => {
    expect((await portal.visit(`/komlo/${kenyer()}/urlapok/uj`, as)).status).toBe(404)
    expect((await portal.visit(`/komlo/${label['26408/Kitalált Kenyér Kft.']}/urlapok/uj`, as)).status).toBe(200)
  })

  test.each([
    ['expired', `valid_until = '2024-01-02'`, true],
    ['revoked', 'revoked_at = now()', true],
    ['not begun', `valid_from = '2999-01-01'`, false],
  ])('a mandate that has %s', async (_what, set, told) => {
    await change(kenyer(), set)
    const page = await portal.visit(`/ujhartyan/${kenyer()}/urlapok/uj`, as)
    expect(page.status).toBe(404)
    expect(page.text.includes(ended)).toBe(told)
    expect(page.text).not.toContain('Kenyér')
  })
})

describe('a right that ends while somebody works', () => {
  test('revoked: nothing is shown, saved, sent or listed any more; oneself and the other company go on', async () => {
    const company = form(kenyer())
    const draft = await company.filledIn()
    const send = await company.sendForm(draft)
    const _jegy = await company.ticket(draft, 'kerelem')
    const other = await form(delibab()).begin()
    await change(kenyer(), 'revoked_at = now()')

    expect((await company.page(draft, 'kerelem')).text).toContain(ended)
    const saved = await company.post(draft, 'kerelem', { _jegy, subject: 'Utólag' })
    expect([saved.status, saved.text.includes(ended)]).toEqual([404, true])
    const sent = await company.post(draft, 'bekuldes', send)
    expect([sent.status, sent.text.includes(ended)]).toEqual([404, true])
    const list = await portal.visit('/sajat/urlapok', as)
    expect(list.body).not.toContain(draft)
    expect(list.body).toContain(other)
    expect((await portal.visit(`/sajat/urlapok/${draft}/torles`, as)).status).toBe(404)
    expect((await portal.post(`/sajat/urlapok/${draft}/torles`, {}, as)).status).toBe(404)
    const [row] = await portal.admin<{ subject: string }>(
      `select answers ->> 'subject' as subject from drafts where id = $1`,
      [draft],
    )
    expect(row?.subject).toBe('Kátyú az Álom téren')
    expect(await portal.admin('select from submissions where draft_id = $1', [draft])).toEqual([])
    // not even what was sent before is shown
    expect((await portal.visit('/sajat/ugyek', as)).text).not.toContain('Kitalált Kenyér')
    expect((await form(delibab()).page(other, 'bekuldo')).status).toBe(200)
    expect((await portal.visit('/ujhartyan/sajat/urlapok/uj', as)).status).toBe(200)
  })

  test('narrowed: what it does not cover any more is closed, the rest stays open', async () => {
    const company = form(kenyer())
    const draft = await company.filledIn()
    const send = await company.sendForm(draft)
    const before = await form(kenyer()).filledIn()
    const { location } = await form(kenyer()).send(before)
    await change(kenyer(), `everything = false, form_codes = '{adoigazolas-kerelem}'`)
    for (const path of [
      `${company.base}/urlapok/${draft}/kerelem`,
      location,
      `${location}/nyugta.pdf`,
      `${location}/tartalom.json`,
    ]) {
      expect((await portal.visit(path, as)).text, path).toContain(ended)
    }
    expect((await company.post(draft, 'bekuldes', send)).text).toContain(ended)
    expect(await portal.admin('select from submissions where draft_id = $1', [draft])).toEqual([])
    expect((await portal.visit('/sajat/urlapok', as)).body).not.toContain(draft)
    expect((await portal.visit('/sajat/ugyek', as)).body).not.toContain(`/${kenyer()}/`)
    expect((await portal.visit(`/ujhartyan/${kenyer()}/urlapok/uj`, as)).status).toBe(200)
  })

  test('files are closed with it, also half-way through a download', async () => {
    const company = form(kenyer())
    const draft = await company.begin()
    for (const page of ['bekuldo', 'cim', 'kerelem']) await company.savePage(draft, page)
    const bytes = Buffer.concat([jpg(), Buffer.alloc(600_000, 'x')])
    const add = { fields: { _feltoltes: 'files' } }
    await company.upload(draft, [{ name: 'kep.jpg', type: 'image/jpeg', bytes }], add)
    const [file] = await portal.admin<{ id: string }>(
      `update attachments set scan = 'clean' where draft_id = $1 returning id`,
      [draft],
    )
    const path = `${company.base}/urlapok/${draft}/fajl/${file?.id ?? ''}`
    expect((await portal.visit(path, as)).headers['content-length']).toBe(String(bytes.length))
    const party = await portal.portal.representation.find(await asker(), 6293, kenyer())
    const session = await portal.session(bela)
    const matter = {
      author: { ...session, name: bela.name, identity: bela.identity, contact: {} },
      party,
      partyId: party.id,
      settlement: settlement(),
    }
    const read = await portal.portal.submissions.download(matter, { draftId: draft }, file?.id ?? '')
    // at most the piece that is on its way already comes after the first
    const pieces = read.bytes[Symbol.asyncIterator]()
    expect((await pieces.next()).done).toBe(false)
    await change(kenyer(), 'revoked_at = now()')
    const toTheEnd = async () => {
      for (;;) if ((await pieces.next()).done) return
    }
    await expect(toTheEnd()).rejects.toMatchObject({ page: 'right-ended' })
    expect((await portal.visit(path, as)).text).toContain(ended)
  })

  const settlement = () => {
    const found = portal.portal.directory.findBySlug('ujhartyan')
    if (found === undefined) throw new Error('no settlement')
    return found
  }
  const asker = async () => ({ accountId: (await portal.session(bela)).accountId, identity: bela.identity })
})

describe('a revocation and an act at the same time', () => {
  const owner = async <T>(work: (client: pg.Client) => Promise<T>): Promise<T> => {
    const client = new pg.Client({ connectionString: portal.database.ownerUrl })
    await client.connect()
    try {
      return await work(client)
    } finally {
      await client.end()
    }
  }
  const revoke = `update mandates set revoked_at = app_now()
    where party_id = (select id from represented_parties where label = $1) and revoked_at is null`
  /** Until somebody waits for a lock that `pid` holds, or `pid` itself waits. */
  const untilSomebodyWaits = async () => {
    for (;;) {
      const [row] = await portal.admin<{ waiting: number }>(
        `select count(*)::int as waiting from pg_stat_activity
         where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0`,
      )
      if ((row?.waiting ?? 0) > 0) return
    }
  }

  test('the revocation is first: the act waits for it and is refused', async () => {
    const company = form(kenyer())
    const draft = await company.filledIn()
    const send = await company.sendForm(draft)
    const sent = await owner(async (client) => {
      await client.query('begin')
      await client.query(revoke, [kenyer()])
      const sending = company.post(draft, 'bekuldes', send)
      await untilSomebodyWaits()
      await client.query('commit')
      return sending
    })
    expect([sent.status, sent.text.includes(ended)]).toEqual([404, true])
    expect(await portal.admin('select from submissions where draft_id = $1', [draft])).toEqual([])
  })

  test('the act is first: the revocation waits until it is committed', async () => {
    const { accountId } = await portal.session(bela)
    const party = await portal.portal.representation.find({ accountId, identity: bela.identity }, 6293, kenyer())
    await owner(async (client) => {
      let revoked: Promise<unknown> | undefined
      const order: string[] = []
      await actFor(portal.portal.db, { accountId, party, hold: true }, async () => {
        revoked = client.query(revoke, [kenyer()]).then(() => order.push('revoked'))
        await untilSomebodyWaits()
        order.push('acted')
      })
      await revoked
      expect(order).toEqual(['acted', 'revoked'])
    })
  })

  test('many at once: each submission was committed before the revocation, or is not there', async () => {
    const drafts: { draft: string; send: Record<string, string> }[] = []
    for (let n = 0; n < 4; n++) {
      const draft = await form(kenyer()).filledIn()
      drafts.push({ draft, send: await form(kenyer()).sendForm(draft) })
    }
    const answers = await owner(async (client) => {
      const sending = drafts.map(({ draft, send }) => form(kenyer()).post(draft, 'bekuldes', send))
      await client.query(revoke, [kenyer()])
      return Promise.all(sending)
    })
    for (const [at, answer] of answers.entries()) {
      const rows = await portal.admin('select from submissions where draft_id = $1', [drafts[at]?.draft])
      expect(rows).toHaveLength(answer.status === 303 ? 1 : 0)
      if (answer.status !== 303) expect(answer.text).toContain(ended)
    }
  })
})

describe('the policies alone', () => {
  /** As the login of the application, without any code of ours in between. */
  async function asCitizen<T>(
    scope: { account?: string; person?: readonly string[]; parties?: readonly string[] },
    work: (client: pg.Client) => Promise<T>,
  ): Promise<T> {
    const client = new pg.Client({ connectionString: portal.database.appUrl })
    await client.connect()
    try {
      await client.query('begin; set local role portal_citizen')
      await client.query(
        `select set_config('app.account', $1, true), set_config('app.person', $2, true), set_config('app.parties', $3, true)`,
        [scope.account ?? '', scope.person?.join(',') ?? '', scope.parties?.join(',') ?? ''],
      )
      return await work(client)
    } finally {
      await client.end()
    }
  }
  const rows = async (client: pg.Client, table: string) => (await client.query(`select * from ${table}`)).rows.length
  const marksOf = (person: typeof bela) => portal.portal.representation.marksOf(person)

  test('show a person’s own mandates and parties, and nobody else’s', async () => {
    const seen = (person?: readonly string[]) =>
      asCitizen(person ? { person } : {}, async (client) => [
        await rows(client, 'mandates'),
        await rows(client, 'represented_parties'),
      ])
    expect(await seen()).toEqual([0, 0])
    expect(await seen(marksOf(anna))).toEqual([0, 0])
    expect(await seen(marksOf(bela))).toEqual([4, 4])
  })

  test('let nobody write mandates', async () => {
    const attempts = [
      'update mandates set id = gen_random_uuid()',
      'update mandates set id = id',
      'update mandates set everything = true',
      'delete from mandates',
      `insert into mandates select * from mandates`,
      'update represented_parties set name = name',
    ]
    for (const attempt of attempts) {
      await expect(
        asCitizen({ person: marksOf(bela) }, (client) => client.query(attempt)),
        attempt,
      ).rejects.toSatisfy((error) => sqlState(error) === '42501')
    }
  })

  test('show nothing of a party before its right was read, whoever the person is', async () => {
    const company = form(kenyer())
    await company.begin()
    const { accountId } = await portal.session(bela)
    const [party] = await portal.admin<{ id: string }>('select id from represented_parties where label = $1', [
      kenyer(),
    ])
    const seen = (parties: string[]) =>
      asCitizen(
        { account: accountId, person: marksOf(bela), parties },
        async (client) => (await client.query('select from drafts where party_id = $1', [party?.id])).rows.length,
      )
    expect(await seen([accountId])).toBe(0)
    expect(await seen([party?.id ?? ''])).toBeGreaterThan(0)
  })

  test('a submission for somebody else names a mandate of that party', async () => {
    const { accountId } = await portal.session(bela)
    const parties = await portal.admin<{ id: string; mandate: string }>(
      `select p.id, m.id as mandate from represented_parties p join mandates m on m.party_id = p.id where p.label = any ($1) order by p.label = $2`,
      [[kenyer(), delibab()], kenyer()],
    )
    const [other, company] = parties
    const send = (mandate: string | undefined) =>
      asCitizen({ account: accountId, parties: [company?.id ?? ''] }, (client) =>
        client.query(
          `insert into submissions (settlement_id, party_id, author_id, draft_id, submission_key, arrival_number, form_code, form_version,
             acting_as, mandate_id, answers, sender, content_sha256, submitted_at)
           values (6293, $1, $2, gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'x', 1, 'company', $3, '{}', '{}', 'x', now())`,
          [company?.id, accountId, mandate ?? null],
        ),
      )
    await expect(send(undefined)).rejects.toMatchObject({ constraint: 'submissions_for_others_by_mandate' })
    await expect(send(other?.mandate)).rejects.toMatchObject({ constraint: 'submissions_mandate_fk' })
    await expect(send(company?.mandate)).resolves.toBeDefined()
  })

  test('a revoked mandate stays revoked, also for the office', async () => {
    const client = new pg.Client({ connectionString: portal.database.ownerUrl })
    await client.connect()
    try {
      const db = drizzle(client)
      await db.execute(`update mandates set revoked_at = now()`)
      await expect(client.query('update mandates set revoked_at = null')).rejects.toThrow('stays revoked')
    } finally {
      await client.end()
    }
  })
})

test('the right is read again inside the transaction of the work', async () => {
  const { accountId } = await portal.session(bela)
  const party = (await portal.portal.representation.find(
    { accountId, identity: bela.identity },
    6293,
    kenyer(),
  )) as RepresentedParty
  await change(kenyer(), 'revoked_at = now()')
  let worked = false
  await expect(
    actFor(portal.portal.db, { accountId, party, hold: false }, async () => {
      worked = true
    }),
  ).rejects.toMatchObject({ status: 404, page: 'right-ended' })
  expect(worked).toBe(false)
})
