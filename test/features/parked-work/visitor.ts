/** A person with a browser of their own at the portal and the simulated KAÜ, without scripts. */
import { anna, bela, type CastPerson } from '../../cast/people.ts'
import {
  type NationalIdentitySimulator,
  startNationalIdentitySimulator,
} from '../../simulators/national-identity/start.ts'
import { agentVisitor } from '../../simulators/national-identity/visitor.ts'
import { openTestPortal, type Page, readPage, type TestPortal } from '../../support/portal.ts'

const origin = 'http://127.0.0.1:8080'

export interface Scene {
  kau: NationalIdentitySimulator
  portal: TestPortal
  close(): Promise<void>
}

export async function openScene(): Promise<Scene> {
  const kau = await startNationalIdentitySimulator({
    redirectUris: [`${origin}/kau/visszateres`],
    postLogoutRedirectUris: [`${origin}/kijelentkezve`],
  })
  const portal = await openTestPortal({
    KAU_ISSUER: kau.issuer,
    KAU_CLIENT_ID: kau.clientId,
    KAU_CLIENT_SECRET: kau.clientSecret,
  })
  for (const person of [anna, bela]) {
    const [account] = await portal.admin<{ id: string }>(
      'insert into accounts (issuer, subject) values ($1, $2) returning id',
      [kau.issuer, person.subject],
    )
    await portal.portal.accounts.open(account?.id ?? '', Number(person.settlementCode))
  }
  return {
    kau,
    portal,
    async close() {
      await portal.close()
      await kau.stop()
    },
  }
}

export type Fields = Record<string, string | string[]>

export interface Upload {
  field: string
  name: string
  bytes: Buffer
}

export type Visitor = ReturnType<typeof visitor>

export function visitor({ portal, kau }: Scene) {
  const cookies = new Map<string, string>()
  const agent = agentVisitor(kau.issuer)

  async function ask(
    method: 'GET' | 'HEAD' | 'POST',
    url: string,
    { headers = {}, payload }: { headers?: Record<string, string>; payload?: string | Buffer } = {},
  ): Promise<Page> {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await portal.app.inject({
      method,
      url,
      headers: {
        host: new URL(origin).host,
        ...(cookie === '' ? {} : { cookie }),
        ...(method === 'POST' ? { origin, 'content-type': 'application/x-www-form-urlencoded' } : {}),
        ...headers,
      },
      ...(payload === undefined ? {} : { payload }),
    })
    for (const line of [answer.headers['set-cookie'] ?? []].flat()) {
      const [pair = ''] = line.split(';')
      const at = pair.indexOf('=')
      if (/Max-Age=0|Expires=Thu, 01 Jan 1970/i.test(line)) cookies.delete(pair.slice(0, at))
      else cookies.set(pair.slice(0, at), pair.slice(at + 1))
    }
    return readPage(answer)
  }

  const visit = (url: string) => ask('GET', url.split('#')[0] ?? '')

  /** Loads what a page leads to, until one is shown. */
  async function follow(page: Page): Promise<Page & { at: string }> {
    let reached: Page = page
    let at = ''
    for (let steps = 0; reached.status === 303 && steps < 10; steps += 1) {
      at = reached.location
      if (at.startsWith('http')) throw new Error(`left for ${at}`)
      reached = await visit(at)
    }
    return { ...reached, at }
  }

  function post(url: string, fields: Fields, headers: Record<string, string> = {}): Promise<Page> {
    const body = new URLSearchParams()
    for (const [name, value] of Object.entries(fields)) for (const one of [value].flat()) body.append(name, one)
    return ask('POST', url, { payload: body.toString(), headers })
  }

  /** Comes back from the KAÜ with what the page says happens next. */
  async function throughKau(departure: Page, person: CastPerson | undefined): Promise<Page & { at: string }> {
    if (departure.status !== 303) throw new Error(`did not depart: ${String(departure.status)} ${departure.text}`)
    const back =
      person === undefined ? await agent.pass(departure.location) : await agent.signIn(departure.location, person.id)
    return follow(await ask('GET', back.pathname + back.search))
  }

  async function lineage(): Promise<string> {
    const [row] = await portal.admin<{ id: string }>(`select id from session_lineages where label = $1`, [
      (JSON.parse((await visit('/munkamenet/allapot')).body) as { lineage: string }).lineage,
    ])
    return row?.id ?? ''
  }

  return {
    visit,
    post,
    follow,
    ask,
    signIn: async (person: CastPerson) => throughKau(await post('/belepes', {}), person),
    /** Munka folytatása: without credentials. */
    async goOn(): Promise<Page & { at: string }> {
      const page = await visit('/munkamenet/szunet')
      return throughKau(await submit(page, '/munkamenet/folytatas'), undefined)
    },
    async identifyAgain(person: CastPerson): Promise<Page & { at: string }> {
      const page = await visit('/munkamenet/azonositas')
      return throughKau(await submit(page, '/munkamenet/azonositas'), person)
    },
    async signOut(): Promise<void> {
      const page = await visit('/kijelentkezes')
      const left = await submit(page, '/kijelentkezes')
      if (left.location.startsWith('http')) await agent.visit(left.location)
    },
    /** As if so many minutes had passed without an activity. */
    async rest(minutes: number): Promise<void> {
      await portal.admin(
        `update session_lineages set active_at = active_at - make_interval(mins => $2),
           last_seen_at = last_seen_at - make_interval(mins => $2), identified_at = identified_at - make_interval(mins => $2)
         where id = $1`,
        [await lineage(), minutes],
      )
    },
    state: async () => (JSON.parse((await visit('/munkamenet/allapot')).body) as { state: string }).state,
    submit,
    throughKau,
    /** Posts a page of a form with files, as a browser does. */
    upload(page: Page, fields: Fields, files: readonly Upload[], order?: readonly string[]): Promise<Page> {
      const form = formOn(page)
      const boundary = '----visitor'
      const all = { ...hiddenOf(form), ...fields }
      const names = order ?? Object.keys(all)
      const parts: Buffer[] = names.flatMap((name) =>
        [all[name] ?? []]
          .flat()
          .map((value) =>
            Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`),
          ),
      )
      for (const { field, name, bytes } of files) {
        const head = `Content-Disposition: form-data; name="${field}"; filename="${name}"\r\nContent-Type: application/octet-stream`
        parts.push(Buffer.from(`--${boundary}\r\n${head}\r\n\r\n`), bytes, Buffer.from('\r\n'))
      }
      parts.push(Buffer.from(`--${boundary}--\r\n`))
      return ask('POST', form.getAttribute('action') ?? '', {
        headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
        payload: Buffer.concat(parts),
      })
    },
  }

  /** Presses the button of a page's form. */
  function submit(page: Page, action?: string, fields: Fields = {}): Promise<Page> {
    const form = formOn(page, action)
    return post(form.getAttribute('action') ?? '', { ...hiddenOf(form), ...fields })
  }
}

function formOn(page: Page, action?: string) {
  const selector = action === undefined ? 'form#urlap' : `main form[action="${action}"]`
  const form = page.html.querySelector(selector)
  if (form === null) throw new Error(`no form ${selector} (${String(page.status)}): ${page.text.slice(0, 400)}`)
  return form
}

/** What a form carries along unseen. */
export function hiddenOf(form: {
  querySelectorAll(selector: string): { getAttribute(name: string): string | undefined }[]
}): Record<string, string> {
  return Object.fromEntries(
    form
      .querySelectorAll('input[type="hidden"]')
      .map((input) => [input.getAttribute('name') ?? '', input.getAttribute('value') ?? '']),
  )
}
