import type { FastifyInstance } from 'fastify'
import { buildApp } from '../../../../src/app.ts'
import { composeWeb } from '../../../../src/compose.ts'
import { anna, bela, type CastPerson } from '../../../cast/people.ts'
import { openTestPortal, type Page, readPage, type TestPortal } from '../../../support/portal.ts'
import type { Look } from './commands.ts'
import { start as beginning, type Looked, type TriedPortal } from './driver.ts'
import { freezeClock } from './frozen-clock.ts'
import { fillInTemplate, openTabs, type Templates } from './open-tabs.ts'
import type { Kind, Person, State } from './rules.ts'
import { type ScriptedKau, scriptedKau } from './scripted-kau.ts'

const people = { anna, bela }
const publicUrl = new URL('http://127.0.0.1:8080')
const settings = '/sajat/beallitasok'

/** An attempt as the portal sent it to the KAÜ. */
interface SentToKau {
  state: string
  nonce: string
}

const problems: Record<string, string> = {
  'Ez a bejelentkezés már nem érvényes': 'ended',
  'A munkamenet közben véget ért': 'ended',
  'A KAÜ-ben már nincs érvényes azonosítása': 'no-valid-identification',
  'Az azonosítás túl régi': 'too-old',
  'Az azonosítás nem sikerült': 'invalid-answer',
}

export type HttpPortal = Awaited<ReturnType<typeof openHttpPortal>>

/** The whole application on a database of its own, twice, so that whatever it knew by heart would be missed by the other. */
export async function openHttpPortal() {
  const kau = await scriptedKau()
  const portal = await openTestPortal({ PUBLIC_URL: publicUrl.href, KAU_ISSUER: kau.issuer })
  // The histories have a date of their own, whatever today is.
  await portal.admin('update settlement_forms set published_at = $1', [new Date(beginning - 86_400_000)])
  const clock = await freezeClock(portal.database.ownerUrl)
  const second = composeWeb(portal.portal.config, portal.portal.log)
  const nodes: FastifyInstance[] = [portal.app, await buildApp(second)]
  await nodes[1]?.ready()
  const accounts = { anna: await openAccount(portal, kau, 'anna'), bela: await openAccount(portal, kau, 'bela') }

  const parts = { portal, kau, nodes, clock, accounts }
  const templates = { anna: await template('anna'), bela: await template('bela') }

  async function template(person: Person): Promise<string> {
    const browser = tried(parts)
    const sentToKau = await browser.start(0, undefined, 'sign-in', beginning)
    if (sentToKau === undefined) throw new Error('not sent to the KAÜ')
    const token = { person, authTime: beginning, sid: 'template' }
    const { identifier } = await browser.comeBack(0, sentToKau, { token }, undefined, beginning)
    if (identifier === undefined) throw new Error('not signed in')
    return browser.fillIn(identifier, people[person])
  }

  return {
    portal,
    /** A portal in which nothing has happened yet. */
    async fresh(): Promise<TriedPortal<SentToKau>> {
      kau.forget()
      await portal.admin(`
        delete from former_identifiers; delete from session_lineages; delete from sign_in_attempts;
        delete from ended_kau_sessions; delete from used_logout_tokens; delete from request_counts; delete from parked_work;
        update session_epoch set epoch = 1, store = app_store()`)
      return tried({ ...parts, templates })
    },
    async close(): Promise<void> {
      await nodes[1]?.close()
      await second.db.pool.end()
      await portal.close()
      await clock.close()
      await kau.close()
    },
  }
}

async function openAccount(portal: TestPortal, kau: ScriptedKau, person: Person): Promise<string> {
  const [account] = await portal.admin<{ id: string }>(
    'insert into accounts (issuer, subject) values ($1, $2) returning id',
    [kau.issuer, people[person].subject],
  )
  if (account === undefined) throw new Error('no account')
  await portal.portal.accounts.open(account.id, Number(people[person].settlementCode))
  return account.id
}

function tried({
  portal,
  kau,
  nodes,
  clock,
  accounts,
  templates,
}: {
  portal: TestPortal
  kau: ScriptedKau
  nodes: FastifyInstance[]
  clock: { set(moment: number): Promise<void> }
  accounts: Record<Person, string>
  /** undefined: nothing is done with forms */
  templates?: Templates
}) {
  const tabs = templates === undefined ? undefined : openTabs(portal, templates, accounts)
  let set: number | undefined
  let turn = 0
  /** each browser's other cookie */
  const names: (string | undefined)[] = []
  /** what the pages of a session had in their forms, by the identifier they were shown to */
  const forms = new Map<string, { csrf: string; person: Person }>()
  /** the telephone number last saved in an active session */
  const saved: Record<Person, string> = { anna: '', bela: '' }
  let numbers = 0

  async function ask(
    browser: number,
    identifier: string | undefined,
    now: number,
    path: string,
    { post, headers = {} }: { post?: Record<string, string>; headers?: Record<string, string> } = {},
  ): Promise<Page> {
    if (set !== now) await clock.set(now)
    set = now
    turn += 1
    const name = names[browser]
    const cookie = [
      ...(identifier === undefined ? [] : [`__Host-munkamenet=${identifier}`]),
      ...(name === undefined ? [] : [`__Host-belepes=${name}`]),
    ].join('; ')
    const response = await nodes[turn % nodes.length]?.inject({
      method: post === undefined ? 'GET' : 'POST',
      url: path,
      headers: {
        host: publicUrl.host,
        ...(cookie === '' ? {} : { cookie }),
        ...(post === undefined
          ? {}
          : { origin: publicUrl.origin, 'content-type': 'application/x-www-form-urlencoded' }),
        ...headers,
      },
      ...(post === undefined ? {} : { payload: new URLSearchParams(post).toString() }),
    })
    if (response === undefined) throw new Error('no node')
    const page = readPage(response)
    keepName(browser, page)
    const inside = page.location === '' || /^\/(?!\/)/.test(page.location) || page.location.startsWith(`${kau.issuer}/`)
    if (!inside) throw new Error(`I20: sent to ${page.location}`)
    return page
  }

  function keepName(browser: number, page: Page): void {
    const given = cookieOf(page, '__Host-belepes')
    if (given !== undefined) names[browser] = given === '' ? undefined : given
  }

  /** @throws Error when somebody is shown who should not be */
  function whoIsShown(page: Page, state: State): Person | undefined {
    const shown = (['anna', 'bela'] as const).filter((person) => page.body.includes(people[person].name))
    if (state !== 'active' && shown.length > 0) throw new Error(`I1: ${shown.join()} shown while ${state}`)
    if (shown.length > 1) throw new Error('I12: two people shown')
    return shown[0]
  }

  /** What a page says is left, for its scripts to go by. */
  function shownLeft(page: Page): { idle: number; identified: number } {
    const facts = page.html.querySelector('#munkamenet')
    return {
      idle: Number(facts?.getAttribute('data-idle')),
      identified: Number(facts?.getAttribute('data-identified')),
    }
  }

  /** A page's state, by where a person is sent, or is told to go with what was typed given back. */
  function stateOf(page: Page): State {
    if (page.status === 409) {
      const goOn = page.html.querySelector('main a.govuk-button')?.getAttribute('href')
      if (goOn === '/munkamenet/szunet') return 'paused'
      if (goOn === '/munkamenet/azonositas') return 'reidentify'
    }
    if (page.status === 200 || page.location.startsWith(`${settings}?`)) return 'active'
    if (page.status === 401 || page.location === '/belepes') return 'anonymous'
    if (page.location.startsWith('/munkamenet/szunet')) return 'paused'
    if (page.location.startsWith('/munkamenet/azonositas')) return 'reidentify'
    throw new Error(`neither served nor sent on: ${page.status} ${page.location}`)
  }

  const looks: Record<Look, (browser: number, identifier: string | undefined, now: number) => Promise<Looked>> = {
    async page(browser, identifier, now) {
      const page = await ask(browser, identifier, now, settings)
      const state = stateOf(page)
      const person = whoIsShown(page, state)
      return state === 'active' ? { state, person, left: shownLeft(page) } : { state }
    },
    async prefetch(browser, identifier, now) {
      const page = await ask(browser, identifier, now, settings, { headers: { 'sec-purpose': 'prefetch' } })
      return { state: stateOf(page), person: whoIsShown(page, stateOf(page)) }
    },
    async status(browser, identifier, now) {
      const page = await ask(browser, identifier, now, '/munkamenet/allapot')
      const { state, idleSeconds, identifiedSeconds, lineage } = JSON.parse(page.body) as {
        state: State
        idleSeconds: number
        identifiedSeconds: number
        lineage: string | null
      }
      whoIsShown(page, 'anonymous')
      if (state !== 'active') return { state }
      const person = (identifier === undefined ? undefined : forms.get(identifier))?.person
      if (lineage === null) throw new Error('an active session without its label')
      return { state, left: { idle: idleSeconds, identified: identifiedSeconds }, person }
    },
    async presence(browser, identifier, now) {
      const headers = { 'x-portal': '1', 'x-csrf': formOf(identifier)?.csrf ?? '' }
      const page = await ask(browser, identifier, now, '/munkamenet/jelenlet', { post: {}, headers })
      if (page.status === 204) return { state: 'active' }
      if (page.status !== 401) throw new Error(`presence was answered ${page.status}`)
      whoIsShown(page, 'anonymous')
      return { state: (JSON.parse(page.body) as { state: State }).state }
    },
    async post(browser, identifier, now) {
      numbers += 1
      if (numbers % 3 !== 0) return fromTab(browser, identifier, now)
      const number = `+36301${String(numbers).padStart(6, '0')}`
      const form = formOf(identifier)
      const person = form?.person
      const page = await ask(browser, identifier, now, settings, {
        post: {
          _csrf: form?.csrf ?? '',
          telepules: person === undefined ? '' : people[person].address.settlement,
          telepulesId: person === undefined ? '' : String(Number(people[person].settlementCode)),
          email: '',
          telefon: number,
          nyelv: 'hu',
        },
      })
      const state = stateOf(page)
      if (state === 'active' && person !== undefined) saved[person] = number
      whoIsShown(page, state)
      await nothingElseSaved()
      return { state, person: state === 'active' ? person : undefined }
    },
    act(browser, identifier, now) {
      numbers += 1
      return fromTab(browser, identifier, now)
    },
  }

  /** Posts a form page: one of the last three opened, also one that another session, or another person, had open. */
  async function fromTab(browser: number, identifier: string | undefined, now: number) {
    const { state, label } = await statusOf(browser, identifier, now)
    const person = formOf(identifier)?.person
    const back = numbers % 3
    await tabs?.post(back, { state, person, lineage: label }, askFrom(browser, identifier, now), now)
    return { state, person: state === 'active' ? person : undefined }
  }

  async function statusOf(browser: number, identifier: string | undefined, now: number) {
    const page = await ask(browser, identifier, now, '/munkamenet/allapot')
    const { state, lineage } = JSON.parse(page.body) as { state: State; lineage: string | null }
    return { state, label: lineage }
  }

  const askFrom = (browser: number, identifier: string | undefined, now: number) => {
    return (path: string, post?: Record<string, string>) =>
      ask(browser, identifier, now, path, post === undefined ? {} : { post })
  }

  function formOf(identifier: string | undefined) {
    return identifier === undefined ? undefined : forms.get(identifier)
  }

  /** What stands in the accounts is what was last saved by an authorised request, and nothing else. */
  async function nothingElseSaved(): Promise<void> {
    const rows = await portal.admin<{ id: string; contact_phone: string | null }>(
      'select id, contact_phone from accounts where id = any($1)',
      [Object.values(accounts)],
    )
    for (const person of ['anna', 'bela'] as const) {
      const stands = rows.find(({ id }) => id === accounts[person])?.contact_phone ?? ''
      if (saved[person] !== '' && stands !== saved[person]) throw new Error(`I1: ${stands} was saved for ${person}`)
    }
  }

  const triedPortal: TriedPortal<SentToKau> = {
    setClock: () => undefined,
    look: (browser, identifier, as, now) => looks[as](browser, identifier, now),

    async start(browser, identifier, kind, now) {
      const path = { 'sign-in': '/belepes', continue: '/munkamenet/folytatas', reidentify: '/munkamenet/azonositas' }[
        kind
      ]
      const page = await ask(browser, identifier, now, path, { post: { _csrf: formOf(identifier)?.csrf ?? '' } })
      if (page.status !== 303) throw new Error(`a ${kind} click was answered ${page.status}`)
      return sentToKau(page, kind)
    },

    async comeBack(browser, handle, answer, shown, now) {
      const query = new URLSearchParams({ state: handle.state, iss: kau.issuer })
      if ('error' in answer && answer.error === 'login_required') query.set('error', 'login_required')
      else if ('error' in answer) query.set('code', kau.code({ error: answer.error as 'down' | 'garbage' }))
      else {
        const { person, authTime, sid } = answer.token
        query.set('code', kau.code({ person: people[person], authTime, sid, nonce: handle.nonce, now }))
      }
      const page = await ask(browser, shown, now, `/kau/visszateres?${query.toString()}`)
      const identifier = cookieOf(page, '__Host-munkamenet')
      if (identifier !== undefined && identifier !== '') {
        if (!('token' in answer)) throw new Error('I2: a session without a token')
        const first = await ask(browser, identifier, now, settings)
        const csrf = first.html.querySelector('input[name=_csrf]')?.getAttribute('value') ?? ''
        if (whoIsShown(first, 'active') !== answer.token.person)
          throw new Error('I12: the first page is not the person’s')
        forms.set(identifier, { csrf, person: answer.token.person })
        const label = first.html.querySelector('#munkamenet')?.getAttribute('data-lineage') ?? ''
        await tabs?.open(answer.token.person, label, csrf, askFrom(browser, identifier, now), now)
        return { outcome: page.location.startsWith('/sajat?mas-szemely') ? 'other-person' : 'accepted', identifier }
      }
      const person = whoIsShown(page, 'active')
      if (page.location.startsWith(kau.issuer)) {
        const again = sentToKau(page, 'reidentify')
        return again === undefined ? { outcome: 'nowhere' } : { outcome: 'ask-again', again }
      }
      if (page.location === '/munkamenet/azonositas') return { outcome: 'reidentification-needed' }
      if (page.status === 503) {
        return { outcome: page.headers['retry-after'] === undefined ? 'no retry-after' : 'away', person }
      }
      const title = page.html.querySelector('h1')?.textContent.trim() ?? ''
      return { outcome: problems[title] ?? `${page.status} ${title}`, person }
    },

    async signOut(browser, identifier, now) {
      const page = await ask(browser, identifier, now, '/kijelentkezes', {
        post: { _csrf: formOf(identifier)?.csrf ?? '' },
      })
      if (page.status !== 303) throw new Error(`signing out was answered ${page.status}`)
      if (identifier === undefined && page.location !== '/kijelentkezve') throw new Error('nobody was signed out')
    },

    async endElsewhere(identifier, _lineage, now) {
      const person = forms.get(identifier)?.person
      const { label } = await statusOf(9, identifier, now)
      if (person === undefined || label === null) throw new Error('no page of that session was seen')
      const ended = await portal.portal.endings.endElsewhere(accounts[person], { label })
      if (ended !== 1) throw new Error(`${ended} sessions were ended`)
    },

    async report(whose, now) {
      const token = await kau.logoutToken('sid' in whose ? whose : { sub: people[whose.person].subject }, now)
      const page = await ask(9, undefined, now, '/kau/kijelentkeztetes', { post: { logout_token: token } })
      if (page.status !== 200) throw new Error(`the KAÜ's report was answered ${page.status}`)
    },

    async raiseEpoch() {
      await portal.admin(`update session_epoch set store = 'another'`)
    },

    shows: (verdict) =>
      ({
        renew: 'accepted',
        begin: 'accepted',
        'other-person': 'other-person',
        'session-ended': 'ended',
        'unknown-attempt': 'ended',
        'try-again': 'ask-again',
        'too-old': 'too-old',
        'not-new-enough': 'too-old',
        'from-the-future': 'invalid-answer',
        'kau-session-ended': 'no-valid-identification',
        login_required: 'no-valid-identification',
        'reidentification-needed': 'reidentification-needed',
        down: 'away',
        garbage: 'away',
      })[verdict],
    departs: (kind, state) => kind === 'sign-in' || (kind === 'continue' ? state === 'paused' : state !== 'anonymous'),
    countsClick: (kind) => kind === 'sign-in',
    keepsAttempts: true,
    async settle(now) {
      await clock.set(now)
      await tabs?.settle(now)
    },
  }
  return {
    ...triedPortal,
    fillIn: (identifier: string, person: CastPerson) =>
      fillInTemplate(portal, person, askFrom(0, identifier, beginning), formOf(identifier)?.csrf ?? ''),
  }

  function sentToKau(page: Page, kind: Kind): SentToKau | undefined {
    if (!page.location.startsWith(`${kau.issuer}/auth`)) return undefined
    const query = new URL(page.location).searchParams
    const prompt = { 'sign-in': null, continue: 'none', reidentify: 'login' }[kind]
    if (query.get('prompt') !== prompt) throw new Error(`a ${kind} click asks with prompt=${query.get('prompt')}`)
    if (query.get('max_age') !== '14400') throw new Error('the KAÜ is not told how old an identification may be')
    return { state: query.get('state') ?? '', nonce: query.get('nonce') ?? '' }
  }
}

/** The value a cookie was given by this answer, the last word of it; empty when it was taken away. */
function cookieOf(page: Page, name: string): string | undefined {
  const line = [page.headers['set-cookie'] ?? []].flat().findLast((one) => one.startsWith(`${name}=`))
  return line?.slice(name.length + 1).split(';', 1)[0]
}
