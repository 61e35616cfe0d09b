import { createHash, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildApp } from '../../../src/app.ts'
import { composeWeb } from '../../../src/compose.ts'
import { anna, bela } from '../../cast/people.ts'
import { readPdf } from '../../platform/pdf/read-pdf.ts'
import { ticketFor } from '../../support/form-tickets.ts'
import { openTestPortal, type TestPortal } from '../../support/portal.ts'
import { atTheForm } from './general-request.ts'

let portal: TestPortal
let form: ReturnType<typeof atTheForm>

beforeAll(async () => {
  portal = await openTestPortal({ DATABASE_CONNECTIONS: '20' })
  form = atTheForm(portal, anna)
})
afterAll(() => portal.close())

async function count(table: 'submissions' | 'cases' | 'case_events', draft: string): Promise<number> {
  const of = {
    submissions: 'select count(*) as n from submissions where draft_id = $1',
    cases: 'select count(*) as n from cases c join submissions s on s.id = c.submission_id where s.draft_id = $1',
    case_events:
      'select count(*) as n from case_events e join cases c on c.id = e.case_id join submissions s on s.id = c.submission_id where s.draft_id = $1',
  }
  const [row] = await portal.admin<{ n: string }>(of[table], [draft])
  return Number(row?.n)
}

describe('sending in', () => {
  test('gives a receipt with number, time, every answer and the fingerprint of the content', async () => {
    const draft = await form.filledIn()
    const { _tartalom } = await form.sendForm(draft)
    const sent = await form.send(draft)
    expect(sent.status).toBe(303)
    const receipt = await form.visit(sent.location)
    expect(receipt.text).toContain('Űrlapját beküldtük')
    expect(receipt.text).toMatch(
      /\d{2}-[2346789ACDEFHJKMNPRTWXY]{4}-[2346789ACDEFHJKMNPRTWXY]{4}-[2346789ACDEFHJKMNPRTWXY]/,
    )
    for (const words of [
      'Minta Anna',
      'Kátyú az Álom téren',
      'Kérem, javítsák ki a kátyút.',
      'Képzelet utca 12.',
      _tartalom ?? '',
    ]) {
      expect(receipt.text).toContain(words)
    }
    expect(await count('submissions', draft)).toBe(1)
    expect(await count('cases', draft)).toBe(1)
    expect(await count('case_events', draft)).toBe(1)
    const audit = await portal.admin(
      "select 1 from audit_trail a join submissions s on s.id::text = a.object_id::text where s.draft_id = $1 and a.action = 'submission.sent'",
      [draft],
    )
    expect(audit).toHaveLength(1)
    expect(await portal.admin('select 1 from drafts where id = $1', [draft])).toHaveLength(0)
  })

  test('the receipt can be taken home: PDF with every answer, and the content to verify', async () => {
    const draft = await form.filledIn()
    const sent = await form.send(draft)
    const page = await form.visit(sent.location)
    const { publicUrl } = portal.portal.config.server
    const { cookie } = await portal.session(anna)
    const get = (path: string) => portal.app.inject({ url: path, headers: { host: publicUrl.host, cookie } })

    const pdf = await get(`${sent.location}/nyugta.pdf`)
    expect(pdf.headers['content-type']).toBe('application/pdf')
    expect(pdf.headers['content-disposition']).toMatch(/^attachment; filename="nyugta-/)
    expect(pdf.headers['x-content-type-options']).toBe('nosniff')
    expect(String(pdf.headers['content-security-policy'])).toContain('sandbox')
    const read = readPdf(pdf.rawPayload)
    expect(read.tagged).toBe(true)
    const text = read.text.replace(/\s+/g, ' ')
    for (const words of ['Kátyú az Álom téren', 'Minta Anna', 'Érkeztetési szám']) expect(text).toContain(words)

    const content = await get(`${sent.location}/tartalom.json`)
    const sha256 = createHash('sha256').update(content.rawPayload).digest('hex')
    expect(page.text).toContain(sha256)
    expect(text.replace(/ /g, '')).toContain(sha256)
  })

  test('the declaration must be made', async () => {
    const draft = await form.filledIn()
    const send = await form.sendForm(draft)
    await form.savePage(draft, 'nyilatkozat', { 'true-data': '' })
    const refused = await form.post(draft, 'bekuldes', send)
    expect(refused.location).toBe(`${form.base}/urlapok/${draft}/ellenorzes`)
    expect(await count('submissions', draft)).toBe(0)
  })

  test('what was not seen is not sent: a change in another window brings the overview again', async () => {
    const draft = await form.filledIn()
    const seen = await form.sendForm(draft)
    await form.savePage(draft, 'kerelem', { subject: 'Megváltozott' })
    const refused = await form.post(draft, 'bekuldes', seen)
    expect(refused.status).toBe(409)
    expect(refused.text).toContain('Megváltozott')
    expect(await count('submissions', draft)).toBe(0)
    expect((await form.send(draft)).status).toBe(303)
  })

  test('the same key with other content is refused after it has been sent', async () => {
    const draft = await form.filledIn()
    const seen = await form.sendForm(draft)
    expect((await form.post(draft, 'bekuldes', seen)).status).toBe(303)
    expect((await form.post(draft, 'bekuldes', { ...seen, _tartalom: 'f'.repeat(64) })).status).toBe(409)
    expect((await form.post(draft, 'bekuldes', { ...seen, _azonosito: randomUUID() })).status).toBe(409)
    expect(await count('submissions', draft)).toBe(1)
  })

  test('malformed posts get a 4xx and change nothing', async () => {
    const draft = await form.filledIn()
    const seen = await form.sendForm(draft)
    for (const wrong of [{ _azonosito: 'x' }, { _tartalom: 'x' }, { _tartalom: `${seen['_tartalom'] ?? ''}0` }]) {
      expect((await form.post(draft, 'bekuldes', { ...seen, ...wrong })).status).toBe(400)
    }
    expect((await form.post(draft, 'bekuldes', { ...seen, nyelv: ['hu', 'hu'] })).status).toBe(400)
    expect(
      (await portal.post(`${form.base}/urlapok/${draft}/bekuldes`, { ...seen, _csrf: 'hamis' }, { as: anna })).status,
    ).toBe(403)
    expect(await count('submissions', draft)).toBe(0)
  })

  test('afterwards every address of the draft leads to the receipt', async () => {
    const draft = await form.filledIn()
    const { location } = await form.send(draft)
    for (const page of ['', '/bekuldo', '/ellenorzes', '/attekintes', '/bekuldes']) {
      expect((await form.visit(`${form.base}/urlapok/${draft}${page}`)).location, page).toBe(location)
    }
    const _jegy = await ticketFor(portal, anna, { draft, step: 'bekuldo' })
    expect((await form.post(draft, 'bekuldo', { _jegy })).location).toBe(location)
  })

  test('a receipt is not found by others, nor under another settlement', async () => {
    const draft = await form.filledIn()
    const { location } = await form.send(draft)
    for (const path of [location, `${location}/nyugta.pdf`, `${location}/tartalom.json`]) {
      expect((await portal.visit(path, { as: bela })).status, path).toBe(404)
      expect((await form.visit(path.replace('/ujhartyan/', '/komlo/'))).status, path).toBe(404)
    }
  })

  test('a session that ended meanwhile sends nothing', async () => {
    const draft = await form.filledIn()
    const send = await form.sendForm(draft)
    const { lineageId, accountId } = await portal.session(anna)
    const matter = {
      author: { accountId, lineageId: randomUUID(), name: anna.name, identity: anna.identity, contact: {} },
      party: { kind: 'self', id: accountId, slug: 'sajat', marks: [] } as const,
      partyId: accountId,
      settlement: portal.portal.directory.findBySlug('ujhartyan'),
    }
    if (matter.settlement === undefined) throw new Error('no settlement')
    const wish = { draftId: draft, submissionKey: send['_azonosito'] ?? '', contentSha256: send['_tartalom'] ?? '' }
    await expect(
      portal.portal.submissions.submit({ ...matter, settlement: matter.settlement }, wish),
    ).rejects.toMatchObject({ status: 401 })
    expect(lineageId).not.toBe(matter.author.lineageId)
    expect(await count('submissions', draft)).toBe(0)
  })

  test('a session that ended meanwhile saves nothing; one that has only grown old finishes what arrived in time', async () => {
    const draft = await form.filledIn()
    const { lineageId, accountId } = await portal.session(anna)
    const settlement = portal.portal.directory.findBySlug('ujhartyan')
    if (settlement === undefined) throw new Error('no settlement')
    const save = (lineage: string, subject: string) =>
      portal.portal.submissions.savePage(
        {
          author: { accountId, lineageId: lineage, name: anna.name, identity: anna.identity, contact: {} },
          party: { kind: 'self', id: accountId, slug: 'sajat', marks: [] },
          partyId: accountId,
          settlement,
        },
        draft,
        { pageId: 'kerelem', revision: 99, posted: { targy: subject } },
      )
    const [before] = await portal.admin('select answers from drafts where id = $1', [draft])
    await expect(save(randomUUID(), 'kijelentkezés után')).rejects.toMatchObject({ status: 401 })
    expect(await portal.admin('select answers from drafts where id = $1', [draft])).toEqual([before])

    const active = await portal.admin<{ at: Date }>('select active_at as at from session_lineages where id = $1', [
      lineageId,
    ])
    await portal.admin(`update session_lineages set active_at = active_at - interval '31 minutes' where id = $1`, [
      lineageId,
    ])
    try {
      expect((await save(lineageId, 'lejárat előtt')).outcome).toBe('stale')
    } finally {
      await portal.admin('update session_lineages set active_at = $2 where id = $1', [lineageId, active[0]?.at])
    }
  })

  test('a form the settlement stopped accepting is kept, not sent', async () => {
    const draft = await form.filledIn()
    const send = await form.sendForm(draft)
    const where =
      "form_code = 'altalanos-kerelem' and settlement_id = (select id from settlements where slug = 'ujhartyan')"
    await portal.admin(`update settlement_forms set closed_at = now() where ${where}`)
    try {
      expect((await form.post(draft, 'bekuldes', send)).status).toBe(409)
      expect(await count('submissions', draft)).toBe(0)
    } finally {
      await portal.admin(`update settlement_forms set closed_at = null where ${where}`)
    }
  })
})

describe('exactly once', () => {
  test('fifty drafts, each sent by presses at the same moment, become fifty submissions', async () => {
    await portal.admin('delete from drafts') // nobody may have more than fifty open
    const drafts: string[] = []
    for (let made = 0; made < 50; made++) drafts.push(await form.filledIn())
    const forms = await Promise.all(drafts.map((draft) => form.sendForm(draft)))
    const presses = await Promise.all(
      drafts.flatMap((draft, index) => [1, 2].map(() => form.post(draft, 'bekuldes', forms[index] ?? {}))),
    )
    expect(new Set(presses.map(({ status }) => status))).toEqual(new Set([303]))
    expect(new Set(presses.map(({ location }) => location)).size).toBe(50)
    for (const draft of drafts) {
      expect(await count('submissions', draft)).toBe(1)
      expect(await count('cases', draft)).toBe(1)
    }
    const numbers = await portal.admin<{ arrival_number: string }>('select arrival_number from submissions')
    expect(new Set(numbers.map(({ arrival_number }) => arrival_number)).size).toBe(numbers.length)
  }, 120_000)

  test('fifty presses on one draft make one submission, and all see the same receipt', async () => {
    const draft = await form.filledIn()
    const send = await form.sendForm(draft)
    const presses = await Promise.all(Array.from({ length: 50 }, () => form.post(draft, 'bekuldes', send)))
    expect(new Set(presses.map(({ status, location }) => `${String(status)} ${location}`)).size).toBe(1)
    expect(presses[0]?.status).toBe(303)
    expect(await count('submissions', draft)).toBe(1)
  })

  test('two processes make one', async () => {
    const draft = await form.filledIn()
    const send = await form.sendForm(draft)
    const other = composeWeb(portal.portal.config, portal.portal.log)
    const otherApp = await buildApp(other)
    try {
      const { cookie, token } = await portal.session(anna)
      const { publicUrl } = portal.portal.config.server
      const press = (app: typeof portal.app) =>
        app.inject({
          method: 'POST',
          url: `${form.base}/urlapok/${draft}/bekuldes`,
          headers: {
            host: publicUrl.host,
            origin: publicUrl.origin,
            cookie,
            'content-type': 'application/x-www-form-urlencoded',
          },
          payload: new URLSearchParams({ _csrf: token, ...send }).toString(),
        })
      const answers = await Promise.all([portal.app, otherApp, portal.app, otherApp].map(press))
      expect(new Set(answers.map(({ headers }) => headers.location)).size).toBe(1)
      expect(await count('submissions', draft)).toBe(1)
    } finally {
      await otherApp.close()
      await other.db.pool.end()
    }
  })

  test('a connection lost before, during or after the commit loses and doubles nothing', async () => {
    const lost: number[] = []
    for (let attempt = 0; attempt < 12; attempt++) {
      const draft = await form.filledIn()
      const send = await form.sendForm(draft)
      let over = false
      // The administrator ends the application's connections at random moments while the form is on its way.
      const breaking = (async () => {
        while (!over) {
          await portal.admin(
            `select pg_terminate_backend(pid) from pg_stat_activity
             where datname = current_database() and usename = 'portal_app' and state <> 'idle' and random() < 0.5`,
          )
          await new Promise((resolve) => setTimeout(resolve, Math.random() * 6))
        }
      })()
      const answers = await Promise.all([1, 2, 3].map(() => form.post(draft, 'bekuldes', send)))
      over = true
      await breaking
      const acknowledged = answers.filter(({ status }) => status === 303)
      const stored = await count('submissions', draft)
      expect(stored).toBeLessThanOrEqual(1)
      expect(await count('cases', draft)).toBe(stored)
      if (acknowledged.some(({ location }) => location.includes('/beadvanyok/'))) expect(stored).toBe(1)
      for (const { status } of answers) expect([202, 303, 503]).toContain(status)
      if (stored === 0) {
        lost.push(attempt)
        const again = await form.post(draft, 'bekuldes', send)
        expect(again.status).toBe(303)
      }
      expect(await count('submissions', draft)).toBe(1)
    }
  }, 120_000)
})

describe('when the connection is lost while committing', () => {
  /** Lets the next commits of a submission go wrong; everything else goes on as ever. */
  function whileCommitting(times: number, what: 'after it stood' | 'before it stood'): () => void {
    const { pool } = portal.portal.db
    const connect = pool.connect.bind(pool)
    let left = times
    Object.defineProperty(pool, 'connect', {
      configurable: true,
      value: async () => {
        const client = await connect()
        const query = client.query.bind(client) as (...given: unknown[]) => Promise<unknown>
        let sends = false
        Object.defineProperty(client, 'query', {
          configurable: true,
          value: async (...given: unknown[]) => {
            const [first] = given
            const text = typeof first === 'string' ? first : String((first as { text?: string }).text)
            sends ||= text.includes('insert into "submissions"')
            if (text !== 'commit' || !sends || left <= 0) return query(...given)
            left -= 1
            await query(what === 'after it stood' ? 'commit' : 'rollback')
            throw new Error('Connection terminated unexpectedly')
          },
        })
        const release = client.release.bind(client)
        client.release = (broken) => {
          Reflect.deleteProperty(client, 'query')
          release(broken)
        }
        return client
      },
    })
    return () => Reflect.deleteProperty(pool, 'connect')
  }

  test.each(['after it stood', 'before it stood'] as const)(
    '%s, the answer is the receipt all the same',
    async (what) => {
      const draft = await form.filledIn()
      const send = await form.sendForm(draft)
      const restore = whileCommitting(1, what)
      try {
        expect((await form.post(draft, 'bekuldes', send)).location).toContain('/beadvanyok/')
      } finally {
        restore()
      }
      expect(await count('submissions', draft)).toBe(1)
      expect(await count('cases', draft)).toBe(1)
    },
  )

  test('and nobody can tell for long, a page says so and finds out by itself', async () => {
    const draft = await form.filledIn()
    const send = await form.sendForm(draft)
    const restore = whileCommitting(1_000, 'before it stood')
    try {
      const answer = await form.post(draft, 'bekuldes', send)
      expect(answer.status).toBe(202)
      expect(answer.text).toContain('A beküldés állapota ellenőrzés alatt')
      expect(answer.text).not.toMatch(/sikertelen/i)
      expect(answer.headers.refresh).toBe(`5; url=${form.base}/urlapok/${draft}/bekuldes`)
    } finally {
      restore()
    }
    const asked = await form.visit(`${form.base}/urlapok/${draft}/bekuldes`)
    expect(asked.location).toMatch(/attekintes\?nincs-bekuldve$/)
    expect((await form.visit(asked.location)).text).toContain('Az űrlapot még nem küldtük be.')
    const sent = await form.post(draft, 'bekuldes', send)
    expect((await form.visit(`${form.base}/urlapok/${draft}/bekuldes`)).location).toBe(sent.location)
    expect(await count('submissions', draft)).toBe(1)
  }, 60_000)
})
