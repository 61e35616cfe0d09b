/** Anna's general request (általános kérelem), page by page, as a browser posts it. */
import { parse } from 'node-html-parser'
import type { CastPerson } from '../../cast/people.ts'
import type { Page, TestPortal } from '../../support/portal.ts'

export const formCode = 'altalanos-kerelem'

export const pages: Record<string, Record<string, string>> = {
  bekuldo: {
    'sender-email': 'minta.anna@example.hu',
    'sender-phone': '+36 30 123 4567',
    'acts-as-agent': 'no',
    'earlier-document': '',
  },
  cim: {
    'sender-residence': 'hungary',
    'sender-home-address.postalCode': '2367',
    'sender-home-address.settlement': 'Újhartyán',
    'sender-home-address.street': 'Képzelet',
    'sender-home-address.streetType': 'utca',
    'sender-home-address.houseNumber': '12.',
    'sender-mail-to': 'home',
  },
  kerelem: {
    addressee: 'Polgármesteri Hivatal',
    topic: 'administration',
    subject: 'Kátyú az Álom téren',
    body: 'Kérem, javítsák ki a kátyút.',
    'reference-number': '',
    'parcel-number': '',
  },
  csatolmanyok: {},
  nyilatkozat: { 'declared-at': 'Újhartyán', 'true-data': 'yes' },
}

/**
 * A citizen at the form: where they are, and what they do there.
 *
 * @param party the label of whom the person acts for
 */
export function atTheForm(portal: TestPortal, person: CastPerson, settlement = 'ujhartyan', party = 'sajat') {
  const base = `/${settlement}/${party}`
  const mod = party === 'sajat' ? 'self' : party
  const as = { as: person }

  async function begin(): Promise<string> {
    const start = await portal.visit(`${base}/urlapok/uj?urlap=${formCode}`, as)
    let begun = await portal.post(`${base}/urlapok/uj`, { ...marksOf(start), mod }, as)
    // Another one was begun at the same time: yes, this one too.
    while (begun.status === 409) begun = await portal.post(`${base}/urlapok/uj`, { ...marksOf(begun), mod }, as)
    if (begun.status !== 303) throw new Error(`the form did not open (${String(begun.status)})`)
    return begun.location.split('/')[4] ?? ''
  }

  const pageAddress = (draft: string, page: string) => `${base}/urlapok/${draft}/${page}`

  async function ticket(draft: string, page: string): Promise<string> {
    return valueOf(await portal.visit(pageAddress(draft, page), as), '_jegy')
  }

  async function savePage(draft: string, page: string, fields: Record<string, string | string[]> = {}): Promise<Page> {
    const _jegy = await ticket(draft, page)
    const action = page === 'csatolmanyok' ? `${page}/fajlok` : page
    return portal.post(pageAddress(draft, action), { ...pages[page], _jegy, ...fields }, as)
  }

  async function fillIn(draft: string): Promise<void> {
    for (const page of Object.keys(pages)) {
      const saved = await savePage(draft, page)
      if (saved.status !== 303) throw new Error(`${page}: ${String(saved.status)} ${errorsOf(saved).join('; ')}`)
    }
  }

  /** What the overview would post. */
  async function sendForm(draft: string): Promise<Record<string, string>> {
    const overview = await portal.visit(pageAddress(draft, 'attekintes'), as)
    return {
      _jegy: valueOf(overview, '_jegy'),
      _azonosito: valueOf(overview, '_azonosito'),
      _tartalom: valueOf(overview, '_tartalom'),
    }
  }

  return {
    base,
    begin,
    savePage,
    fillIn,
    ticket,
    sendForm,
    page: (draft: string, page: string) => portal.visit(pageAddress(draft, page), as),
    post: (draft: string, page: string, fields: Record<string, string | string[]>) =>
      portal.post(pageAddress(draft, page), fields, as),
    async filledIn(): Promise<string> {
      const draft = await begin()
      await fillIn(draft)
      return draft
    },
    async send(draft: string): Promise<Page> {
      return portal.post(pageAddress(draft, 'bekuldes'), await sendForm(draft), as)
    },
    visit: (path: string) => portal.visit(path, as),

    /** Posts the page of attachments as a browser does that has files. */
    async upload(
      draft: string,
      files: { field?: string; name: string; type?: string; bytes: Buffer }[],
      { fields = {}, token, broken }: { fields?: Record<string, string>; token?: string | null; broken?: boolean } = {},
    ): Promise<Page> {
      const session = await portal.session(person)
      const boundary = `----portal${String(Math.random()).slice(2)}`
      const parts: Buffer[] = []
      const text = (name: string, value: string) =>
        parts.push(Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`))
      if (token !== null) text('_csrf', token ?? session.token)
      text('_jegy', await ticket(draft, 'csatolmanyok'))
      for (const [name, value] of Object.entries(fields)) text(name, value)
      for (const { field = 'files', name, type = 'application/octet-stream', bytes } of files) {
        const shown = name.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
        const head = `Content-Disposition: form-data; name="${field}"; filename="${shown}"\r\nContent-Type: ${type}`
        parts.push(Buffer.from(`--${boundary}\r\n${head}\r\n\r\n`), bytes, Buffer.from('\r\n'))
      }
      if (!broken) parts.push(Buffer.from(`--${boundary}--\r\n`))
      const { publicUrl } = portal.portal.config.server
      const response = await portal.app.inject({
        method: 'POST',
        url: pageAddress(draft, 'csatolmanyok/fajlok'),
        headers: {
          host: publicUrl.host,
          origin: publicUrl.origin,
          cookie: session.cookie,
          'content-type': `multipart/form-data; boundary=${boundary}`,
        },
        payload: Buffer.concat(parts),
      })
      const html = parse(response.body)
      return {
        status: response.statusCode,
        headers: response.headers,
        location: String(response.headers.location ?? ''),
        body: response.body,
        text: html.textContent.replaceAll(/\s+/g, ' '),
        html,
      }
    },
  }
}

/** What the page on which a form is begun carries along unseen. */
export function marksOf(start: Page): Record<string, string> {
  return Object.fromEntries(['_jegy', 'urlap', 'kulcs', 'ismert'].map((name) => [name, valueOf(start, name)]))
}

export function valueOf(page: Page, name: string): string {
  const value = page.html.querySelector(`input[name="${name}"]`)?.getAttribute('value')
  if (value === undefined)
    throw new Error(`no ${name} on the page (${String(page.status)}): ${page.text.slice(0, 300)}`)
  return value
}

export function errorsOf(page: Page): string[] {
  return page.html.querySelectorAll('.govuk-error-summary__list li').map((item) => item.textContent.trim())
}
