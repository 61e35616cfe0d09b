/** The other ways in which something is posted while nobody may act: files, pages that save themselves, forms filled in before. */
import { connect } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { anna, bela } from '../../cast/people.ts'
import { png } from '../../platform/files/sample-files.ts'
import { ticketFor } from '../../support/form-tickets.ts'
import type { Page } from '../../support/portal.ts'
import { pages } from '../submissions/general-request.ts'
import { hiddenOf, openScene, type Scene, type Visitor, visitor } from './visitor.ts'

const base = '/ujhartyan/sajat'
const paused = 31

let scene: Scene

beforeAll(async () => {
  scene = await openScene()
}, 60_000)
afterAll(() => scene.close())
beforeEach(async () => {
  for (const table of ['parked_work', 'former_identifiers', 'session_lineages', 'drafts', 'sign_in_attempts']) {
    await scene.portal.admin(`delete from ${table}`)
  }
})

async function annaAt(page: string): Promise<{ her: Visitor; draft: string; shown: Page; address: string }> {
  const her = visitor(scene)
  await her.signIn(anna)
  const start = await her.visit(`${base}/urlapok/uj?urlap=altalanos-kerelem`)
  const begun = await her.submit(start, `${base}/urlapok/uj`, { mod: 'self' })
  const draft = begun.location.split('/')[4] ?? ''
  for (const [name, fields] of Object.entries(pages)) {
    if (name === page) break
    await her.submit(await her.visit(`${base}/urlapok/${draft}/${name}`), undefined, fields)
  }
  const address = `${base}/urlapok/${draft}/${page}`
  return { her, draft, shown: await her.visit(address), address }
}

const filesOf = async (draft: string) =>
  (
    await scene.portal.admin<{ file_name: string; scan: string }>(
      'select file_name, scan from attachments where draft_id = $1 order by file_name',
      [draft],
    )
  ).map(({ file_name, scan }) => [file_name, scan])

const parked = () => scene.portal.admin('select * from parked_work')
const picture = { field: 'files', name: 'kátyú.png', bytes: png() }

describe('files', () => {
  test('that come when the session is paused lie beside the draft, and are there after going on', async () => {
    const { her, draft, shown, address } = await annaAt('csatolmanyok')
    await her.rest(paused)
    const bad = { field: 'files', name: 'program.exe', bytes: Buffer.from('MZ') }
    const posted = await her.upload(shown, { _gomb: 'kesobb' }, [picture, bad])
    expect([posted.status, posted.location]).toEqual([303, '/munkamenet/szunet?felreteve'])
    expect(await filesOf(draft)).toEqual([['kátyú.png', 'pending']])
    const back = await her.goOn()
    // The page itself, with what is wrong with the other file; its reload is an address that has been used.
    expect(back.status).toBe(422)
    expect(back.text).toContain('kátyú.png')
    expect(back.text).toContain('program.exe: ez a fájltípus nem csatolható')
    expect(await parked()).toEqual([])
    const on = await her.upload(back, {}, [])
    expect(on.location).toBe(address.replace('csatolmanyok', 'nyilatkozat'))
  })

  test('whose form does not begin with token and ticket are not read, nor those of another person’s page', async () => {
    const { her, draft, shown } = await annaAt('csatolmanyok')
    for (const state of ['active', 'paused']) {
      if (state === 'paused') await her.rest(paused)
      const late = await her.upload(shown, { subject: 'x' }, [picture], ['subject', '_csrf', '_jegy'])
      expect([state, late.status]).toEqual([state, 403])
      const swapped = await her.upload(shown, {}, [picture], ['_jegy', '_csrf'])
      expect([state, swapped.status]).toEqual([state, 403])
      const none = await her.upload(shown, {}, [picture], ['_csrf'])
      expect([state, none.status]).toEqual([state, 403])
      const _jegy = await ticketFor(scene.portal, bela, { draft, step: 'csatolmanyok' })
      const other = await her.upload(shown, { _jegy }, [picture])
      expect([state, other.status]).toEqual([state, 409])
    }
    expect(await filesOf(draft)).toEqual([])
    expect(await parked()).toEqual([])
  })

  test('of a draft that is gone by now are named among what was not kept', async () => {
    const { her, draft, shown } = await annaAt('csatolmanyok')
    await her.rest(paused)
    await scene.portal.admin('delete from drafts where id = $1', [draft])
    expect((await her.upload(shown, {}, [picture])).location).toBe('/munkamenet/szunet?felreteve')
    const told = await her.goOn()
    expect(told.status).toBe(409)
    expect(told.text).toContain('kátyú.png: ezt a fájlt nem vettük át')
  })

  test('are not read where nobody is signed in: the answer comes at once and the connection ends', async () => {
    const { draft } = await annaAt('csatolmanyok')
    await scene.portal.app.listen({ host: '127.0.0.1', port: 0 })
    const address = scene.portal.app.server.address()
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1')
      let text = ''
      socket.setEncoding('utf8')
      socket.on('data', (piece) => {
        text += String(piece)
      })
      socket.on('close', () => resolve(text))
      socket.on('error', reject)
      // A long body is announced, and none of it sent.
      socket.write(
        [
          `POST ${base}/urlapok/${draft}/csatolmanyok/fajlok HTTP/1.1`,
          'Host: 127.0.0.1:8080',
          'Origin: http://127.0.0.1:8080',
          'Content-Type: multipart/form-data; boundary=x',
          'Content-Length: 5000000',
          '',
          '',
        ].join('\r\n'),
      )
    })
    expect(answer).toMatch(/^HTTP\/1\.1 401 /)
    expect(answer.toLowerCase()).toContain('connection: close')
    expect(answer).toContain('nem őriztük meg')
  })

  test('are taken by no page that has none, whatever the session', async () => {
    const { cookie, lineageId } = await scene.portal.session(anna)
    await scene.portal.admin(
      `update session_lineages set active_at = active_at - interval '31 minutes' where id = $1`,
      [lineageId],
    )
    const answer = await scene.portal.app.inject({
      method: 'POST',
      url: `${base}/urlapok/00000000-0000-4000-8000-000000000000/kerelem`,
      headers: { host: '127.0.0.1:8080', cookie, 'content-type': 'multipart/form-data; boundary=x' },
      payload: '--x--\r\n',
    })
    expect(answer.statusCode).toBe(403)
  })
})

describe('a page that saves itself', () => {
  const script = { 'x-portal': '1' }
  const autosave = (her: Visitor, shown: Page, address: string, fields: Record<string, string>) => {
    const form = shown.html.querySelector('form#urlap')
    if (form === null) throw new Error('no form')
    return her.post(address, { ...hiddenOf(form), ...fields, _gomb: 'mentes' }, script)
  }
  const answerOf = (page: Page): Record<string, unknown> => JSON.parse(page.body) as Record<string, unknown>

  test('is told when it was saved, right or wrong, and gets its next ticket', async () => {
    const { her, draft, shown, address } = await annaAt('kerelem')
    expect(shown.html.querySelector('form#urlap')?.getAttribute('data-save-at')).toBe(address)
    const saved = await autosave(her, shown, address, { subject: 'Félig', topic: '' })
    expect(saved.status).toBe(200)
    const { saved: isSaved, at, ticket } = answerOf(saved)
    expect([isSaved, at]).toEqual([true, expect.stringMatching(/^\d{1,2}:\d\d$/)])
    const next = await her.post(
      address,
      { ...hiddenOfPage(shown), _jegy: String(ticket), subject: 'Egész', _gomb: 'mentes' },
      script,
    )
    expect(answerOf(next)['saved']).toBe(true)
    const stale = await autosave(her, shown, address, { subject: 'Régi' })
    expect([stale.status, answerOf(stale)]).toEqual([409, { saved: false, because: 'stale' }])
    const [row] = await scene.portal.admin(`select answers->>'subject' as subject from drafts where id = $1`, [draft])
    expect(row).toEqual({ subject: 'Egész' })
  })

  test('is told that it was put aside: once for each showing of the page, the last wins', async () => {
    const { her, shown, address } = await annaAt('kerelem')
    await her.rest(paused)
    for (const subject of ['Első', 'Második', 'Harmadik', 'Negyedik', 'Ötödik', 'Hatodik']) {
      const refused = await autosave(her, shown, address, { ...pages['kerelem'], subject })
      expect(refused.status).toBe(401)
      expect(refused.headers['content-type']).toContain('application/problem+json')
      expect(refused.headers['www-authenticate']).toBe('Portal')
      expect(answerOf(refused)).toEqual({
        status: 401,
        state: 'paused',
        continueAt: '/munkamenet/szunet',
        parked: true,
      })
    }
    expect(await parked()).toHaveLength(1)
    // The button posts the same showing once more; then there are its words, and no others.
    await her.submit(shown, undefined, { ...pages['kerelem'], subject: 'Gombbal' })
    expect(await parked()).toHaveLength(1)
    const back = await her.goOn()
    expect(back.html.querySelector('input[name="subject"]')?.getAttribute('value')).toBe('Gombbal')
  })

  test('is told the state and that nothing was kept where that is so', async () => {
    const { her, shown, address } = await annaAt('kerelem')
    const forged = { ...hiddenOfPage(shown), _jegy: 'hamis', subject: 'x' }
    await her.rest(paused)
    expect(answerOf(await her.post(address, forged, script))).toMatchObject({ state: 'paused', parked: false })
    await her.rest(300)
    const over = await autosave(her, shown, address, { subject: 'Vége' })
    expect(answerOf(over)).toMatchObject({ state: 'reidentify', continueAt: '/munkamenet/azonositas', parked: true })
    await her.signOut()
    const nobody = await autosave(her, shown, address, { subject: 'x' })
    expect([nobody.status, answerOf(nobody)]).toEqual([
      401,
      { status: 401, state: 'anonymous', continueAt: '/belepes', parked: false },
    ])
    await her.signIn(anna)
    const earlier = await autosave(her, shown, address, { subject: 'Korábbi' })
    expect([earlier.status, answerOf(earlier)]).toEqual([409, { saved: false, because: 'other-session', parked: true }])
    await her.signOut()
    await her.signIn(bela)
    const others = await autosave(her, shown, address, { subject: 'Más' })
    expect([others.status, others.body.includes('Más')]).toEqual([409, false])
  })

  const hiddenOfPage = (page: Page) => {
    const form = page.html.querySelector('form#urlap')
    if (form === null) throw new Error('no form')
    return hiddenOf(form)
  }
})

describe('a form filled in before signing in', () => {
  const print = '/ujhartyan/ugyek/altalanos-kerelem/kitoltes'

  const typed = { ...pages['bekuldo'], 'sender-email': 'magammal@example.hu', 'sender-name.family': 'Beírt' }

  /** Presses „Bejelentkezés” on the first page of the form, with something typed into it; `where`: the header, or below the page. */
  async function signInFrom(her: Visitor, where = '.portal-header__button'): Promise<Page> {
    const shown = await her.visit(print)
    const button = shown.html.querySelector(`${where}[formaction$="/belepes"]`)
    const form = shown.html.querySelector(`#${button?.getAttribute('form') ?? 'nincs'}`)
    if (form === null) throw new Error('the sign-in button belongs to no form')
    return her.post(button?.getAttribute('formaction') ?? '', { ...hiddenOf(form), ...typed })
  }

  test('goes with the sign-in, is offered, and is one draft when it is taken over', async () => {
    const her = visitor(scene)
    const leaving = await signInFrom(her)
    const [attempt] = await scene.portal.admin<{ kept_fields: Buffer }>(
      'select kept_fields from sign_in_attempts where kept_fields is not null',
    )
    expect(attempt?.kept_fields.includes('magammal')).toBe(false)
    const offered = await her.throughKau(leaving, anna)
    expect(offered.at).toBe('/sajat/felretett')
    expect(offered.text).toContain('bejelentkezés előtt kitöltött űrlap')
    expect(offered.text).toContain('magammal@example.hu')
    expect(await scene.portal.admin('select * from drafts')).toEqual([])
    const take = offered.html.querySelector('main form[action*="/felretett/"]')?.getAttribute('action') ?? ''
    const [first, second] = await Promise.all([her.submit(offered, take), her.submit(offered, take)])
    expect([first.status, second.status].toSorted()).toEqual([303, expect.any(Number)])
    const drafts = await scene.portal.admin<{ id: string }>('select id from drafts')
    expect(drafts).toHaveLength(1)
    const page = await her.visit(`${base}/urlapok/${drafts[0]?.id ?? ''}/bekuldo`)
    expect(page.html.querySelector('input[name="sender-email"]')?.getAttribute('value')).toBe('magammal@example.hu')
    expect(page.text).toContain(anna.name)
    expect(page.body).not.toContain('Beírt')
    expect(await parked()).toEqual([])
  })

  test('is shown to whoever signs in here, and kept for nobody who does not want it', async () => {
    const her = visitor(scene)
    const offered = await her.throughKau(await signInFrom(her), bela)
    expect(offered.text).toContain('magammal@example.hu')
    const discard = offered.html.querySelector('main form[action$="/elvetes"]')?.getAttribute('action') ?? ''
    const gone = await her.follow(await her.submit(offered, discard))
    expect(gone.text).toContain('A félretett munkát töröltük')
    expect(await parked()).toEqual([])
    expect(await scene.portal.admin('select * from drafts')).toEqual([])
  })

  test('does not go with another sign-in of the same browser', async () => {
    const her = visitor(scene)
    await signInFrom(her)
    const home = await her.signIn(anna)
    expect(home.body).not.toContain('magammal@example.hu')
    expect(await parked()).toEqual([])
  })

  test('is taken along by who is signed in already', async () => {
    const her = visitor(scene)
    await her.signIn(anna)
    const taken = await her.follow(await signInFrom(her, 'main button'))
    expect(taken.at).toBe('/sajat/felretett')
    expect(taken.text).toContain('magammal@example.hu')
  })

  test('is not put aside in a session whose page it does not come from, and not lost', async () => {
    const her = visitor(scene)
    await her.signIn(anna)
    for (const mark of [{}, { _csrf: 'hamis' }]) {
      const refused = await her.post(`${print}/bekuldo/belepes`, { ...typed, ...mark })
      expect([refused.status, refused.text.includes('magammal@example.hu')]).toEqual([403, true])
      expect(await parked()).toEqual([])
      const form = refused.html.querySelector('#urlap')
      if (form === null) throw new Error('no form')
      const again = await her.follow(await her.post(`${print}/ellenorzes/belepes`, hiddenOf(form)))
      expect(again.text).toContain('magammal@example.hu')
      await scene.portal.admin('delete from parked_work')
    }
  })
})

test('no page says „kept” before the database has it', async () => {
  const { her, shown } = await annaAt('kerelem')
  await her.rest(paused)
  await scene.portal.admin(`
    create function broken() returns trigger language plpgsql as $$ begin raise exception 'broken'; end $$;
    create constraint trigger broken after insert on parked_work deferrable initially deferred
      for each row execute function broken()`)
  const posted = await her.submit(shown, undefined, { ...pages['kerelem'], subject: 'x' })
  await scene.portal.admin('drop trigger broken on parked_work; drop function broken')
  expect(posted.status).toBeGreaterThanOrEqual(500)
  expect(await parked()).toEqual([])
  // Sent again, it is kept.
  expect((await her.submit(shown, undefined, { ...pages['kerelem'], subject: 'x' })).location).toContain('felreteve')
})
