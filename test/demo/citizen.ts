import { parse } from 'node-html-parser'
import type { PersonId } from '../cast/people.ts'
import { formCode, pages } from '../features/submissions/general-request.ts'
import { agentVisitor } from '../simulators/national-identity/visitor.ts'

export interface Answer {
  status: number
  /** path and query of the address it sends to; empty when it sends nowhere */
  location: string
  text: string
}

export interface Letter {
  draft: string
  address: string
  fields: Record<string, string>
}

/** A citizen at a running portal, over HTTP and without a browser: for many hands at once. */
export async function citizenAt(url: string, kauUrl: string, person: PersonId) {
  const cookies = new Map<string, string>()

  async function ask(path: string, fields?: Record<string, string>): Promise<Answer> {
    const response = await fetch(new URL(path, url), {
      method: fields === undefined ? 'GET' : 'POST',
      body: fields === undefined ? null : new URLSearchParams(fields),
      headers: {
        cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        origin: new URL(url).origin,
      },
      redirect: 'manual',
      signal: AbortSignal.timeout(30_000),
    })
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (value === '') cookies.delete(name)
      else cookies.set(name, value)
    }
    const given = response.headers.get('location')
    const location = given === null ? '' : new URL(given, url)
    const text = await response.text()
    if (location === '' || location.origin === new URL(url).origin) {
      return { status: response.status, location: location === '' ? '' : location.pathname + location.search, text }
    }
    return { status: response.status, location: location.href, text }
  }

  const kau = agentVisitor(kauUrl)
  const departure = await ask('/belepes', {})
  const back = await kau.signIn(departure.location, person)
  await ask(back.pathname + back.search)
  const home = await ask('/sajat')
  if (home.status === 303) {
    const terms = await ask(home.location)
    await ask('/sajat/elso-belepes', { _csrf: valueOf(terms, '_csrf'), telepules: 'Újhartyán', elfogad: 'yes' })
  }
  const token = valueOf(await ask('/sajat/beallitasok'), '_csrf')

  return {
    ask,
    /** Fills a general request (általános kérelem) in, up to its last page: what remains is to press the button. */
    async writesLetter(): Promise<Letter> {
      const forms = '/ujhartyan/sajat/urlapok'
      const start = await ask(`${forms}/uj?urlap=${formCode}`)
      const key = valueOf(start, 'kulcs')
      const begun = await ask(`${forms}/uj`, { _csrf: token, urlap: formCode, kulcs: key, mod: 'self' })
      const draft = begun.location.split('/')[4] ?? ''
      for (const [page, fields] of Object.entries(pages)) {
        const _revizio = valueOf(await ask(`${forms}/${draft}/${page}`), '_revizio')
        const action = page === 'csatolmanyok' ? `${page}/fajlok` : page
        const saved = await ask(`${forms}/${draft}/${action}`, { _csrf: token, _revizio, ...fields })
        if (saved.status !== 303) throw new Error(`the page ${page} was not taken (${saved.status})`)
      }
      const overview = await ask(`${forms}/${draft}/attekintes`)
      const [_azonosito, _tartalom] = [valueOf(overview, '_azonosito'), valueOf(overview, '_tartalom')]
      return {
        draft,
        address: `${forms}/${draft}/bekuldes`,
        fields: { _csrf: token, _azonosito, _tartalom, nyilatkozat: 'yes' },
      }
    },
    send: ({ address, fields }: Letter) => ask(address, fields),
  }
}

function valueOf({ status, text }: Answer, name: string): string {
  const value = parse(text).querySelector(`input[name="${name}"]`)?.getAttribute('value')
  if (value === undefined) throw new Error(`the page has no ${name} (${status})`)
  return value
}
