/** A person's browser at the simulated KAÜ, as far as a test without a real one needs it: redirects, cookies, a form. */
import type { PersonId } from '../../cast/people.ts'
import { otherService } from './other-service.ts'

interface Cookie {
  name: string
  value: string
  path: string
}

/** Where a visit ended: on a page of the KAÜ, or at an address outside it. */
export type Stop = { left: URL } | { url: URL; status: number; text: string }

/** @param browser its User-Agent, by which the simulator can be told who answers in it */
export function agentVisitor(issuer: string, browser = 'a test') {
  const { origin } = new URL(issuer)
  let cookies: Cookie[] = []

  async function visit(address: URL | string, form?: URLSearchParams): Promise<Stop> {
    let url = new URL(address)
    let posted = form
    for (let steps = 0; steps < 20; steps += 1) {
      if (url.origin !== origin) return { left: url }
      const response = await fetch(url, {
        method: posted === undefined ? 'GET' : 'POST',
        body: posted ?? null,
        headers: { cookie: cookieHeader(url), accept: 'text/html', 'user-agent': browser },
        redirect: 'manual',
      })
      keep(response, url)
      const text = await response.text()
      const location = response.headers.get('location')
      if (location === null) return { url, status: response.status, text }
      url = new URL(location, url)
      posted = undefined
    }
    throw new Error('the simulator redirects without end')
  }

  function cookieHeader({ pathname }: URL): string {
    return cookies
      .filter(({ path }) => pathname.startsWith(path))
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ')
  }

  function keep(response: Response, { pathname }: URL): void {
    for (const line of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(';').map((part) => part.trim())
      const at = pair.indexOf('=')
      const path = attributes.find((attribute) => attribute.toLowerCase().startsWith('path='))?.slice(5) ?? pathname
      const cookie = { name: pair.slice(0, at), value: pair.slice(at + 1), path }
      cookies = cookies.filter((old) => old.name !== cookie.name || old.path !== path)
      if (cookie.value !== '' && !/expires=Thu, 01 Jan 1970/i.test(line)) cookies.push(cookie)
    }
  }

  async function answerForm(address: URL | string, fields: Record<string, string>): Promise<Stop> {
    const page = await visit(address)
    if ('left' in page) return page
    if (page.status !== 200) throw new Error(`the simulator answered ${page.status}: ${page.text}`)
    return visit(page.url, new URLSearchParams(fields))
  }

  return {
    visit,
    /** Chooses a person where the KAÜ asks for one; a living session may answer without asking. */
    async signIn(address: URL | string, person: PersonId, method = 'dap'): Promise<URL> {
      return leftFor(await answerForm(address, { person, method }))
    },
    async turnBack(address: URL | string): Promise<URL> {
      return leftFor(await answerForm(address, { cancel: 'yes' }))
    },
    /** Signs in to another service, in the same browser. */
    async signInElsewhere(person: PersonId): Promise<void> {
      await answerForm(new URL(otherService.start, issuer), { person, method: 'dap' })
    },
    /** Signs out at the KAÜ itself, as from another service. */
    async signOutElsewhere(): Promise<void> {
      const page = await visit(new URL('/session/end', issuer))
      const xsrf = 'text' in page ? /name="xsrf" value="([^"]+)"/.exec(page.text)?.[1] : undefined
      if (xsrf === undefined) throw new Error('the simulator does not ask whether to sign out')
      await visit(new URL('/session/end/confirm', issuer), new URLSearchParams({ xsrf, logout: 'yes' }))
    },
    /** Goes where the KAÜ is not expected to ask anything. */
    async pass(address: URL | string): Promise<URL> {
      return leftFor(await visit(address))
    },
  }
}

function leftFor(stop: Stop): URL {
  if ('left' in stop) return stop.left
  throw new Error(`still at the simulator, ${stop.status}: ${stop.text}`)
}
