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

export type Citizen = Awaited<ReturnType<typeof citizenAt>>

/** A citizen at a running portal, over HTTP and without a browser: for many hands at once. */
export async function citizenAt(url: string, kauUrl: string, person: PersonId) {
  const cookies = new Map<string, string>()

  /** @param leave when to hang up without waiting for the answer */
  async function ask(
    path: string,
    fields?: Record<string, string> | FormData,
    leave?: AbortSignal,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const late = AbortSignal.timeout(30_000)
    const response = await fetch(new URL(path, url), {
      method: fields === undefined ? 'GET' : 'POST',
      body: fields === undefined || fields instanceof FormData ? (fields ?? null) : new URLSearchParams(fields),
      headers: {
        cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        origin: new URL(url).origin,
        ...headers,
      },
      redirect: 'manual',
      signal: leave === undefined ? late : AbortSignal.any([late, leave]),
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

  const forms = '/ujhartyan/sajat/urlapok'

  async function savePage(draft: string, page: string, enclosed?: File): Promise<void> {
    const _jegy = valueOf(await ask(`${forms}/${draft}/${page}`), '_jegy')
    const posted = { _csrf: token, _jegy, ...pages[page] }
    const action = page === 'csatolmanyok' ? `${page}/fajlok` : page
    const body = enclosed === undefined ? posted : withFile(posted, enclosed)
    const saved = await ask(`${forms}/${draft}/${action}`, body)
    if (saved.status !== 303) throw new Error(`the page ${page} was not taken (${saved.status})`)
  }

  return {
    ask,
    /** the browser's, by name */
    cookies: cookies as ReadonlyMap<string, string>,
    /** the same browser at the KAÜ */
    kau,
    /** of the session, to be posted along with every form */
    token,
    /** Fills a general request (általános kérelem) in, up to its last page: what remains is to press the button. */
    async writesLetter(enclosed?: File): Promise<Letter> {
      const start = await ask(`${forms}/uj?urlap=${formCode}`)
      const marksOf = (page: Answer) =>
        Object.fromEntries(['_jegy', 'urlap', 'kulcs', 'ismert'].map((name) => [name, valueOf(page, name)]))
      let begun = await ask(`${forms}/uj`, { _csrf: token, ...marksOf(start), mod: 'self' })
      // Another one was begun at the same time: yes, this one too.
      while (begun.status === 409) begun = await ask(`${forms}/uj`, { _csrf: token, ...marksOf(begun), mod: 'self' })
      const draft = begun.location.split('/')[4] ?? ''
      for (const page of Object.keys(pages)) {
        await savePage(draft, page, page === 'csatolmanyok' ? enclosed : undefined)
      }
      const overview = await ask(`${forms}/${draft}/attekintes`)
      const seen = Object.fromEntries(
        ['_jegy', '_azonosito', '_tartalom'].map((name) => [name, valueOf(overview, name)]),
      )
      return {
        draft,
        address: `${forms}/${draft}/bekuldes`,
        fields: { _csrf: token, ...seen },
      }
    },
    /** Puts one more file beside a letter; what is written in it stays. */
    encloses: ({ draft }: Letter, file: File) => savePage(draft, 'csatolmanyok', file),
    send: ({ address, fields }: Letter, leave?: AbortSignal) => ask(address, fields, leave),
  }
}

function withFile(fields: Record<string, string>, file: File): FormData {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.append(name, value)
  form.append('files', file)
  return form
}

/** What a page carries along unseen under this name. */
export function valueOf({ status, text }: Answer, name: string): string {
  const value = parse(text).querySelector(`input[name="${name}"]`)?.getAttribute('value')
  if (value === undefined) throw new Error(`the page has no ${name} (${status})`)
  return value
}
