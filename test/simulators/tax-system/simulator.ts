/**
 * One server in the place of the tax specialist system of those settlements of the cast that deliver no files: it answers as
 * openapi.json describes, and can be told, on its page or by a test, to be slow, dead or confused for a settlement.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { type CastRegister, castRegisters } from '../../cast/tax/books.ts'
import { close, listen } from '../listen.ts'
import { escapeHtml, simulatorHeaders, simulatorPage, simulatorStyle } from '../page.ts'

const description = JSON.parse(
  readFileSync(new URL('../../../src/adapters/tax-system/openapi.json', import.meta.url), 'utf8'),
) as { components: { schemas: Record<string, object> } }
const ajv = new Ajv2020({ validateFormats: false, strict: false })
ajv.addSchema({ $id: 'tax', components: description.components })

/** Whether something is as openapi.json says; undefined when it is. */
export function faultsBySchema(name: string, value: unknown): unknown {
  const check = ajv.getSchema(`tax#/components/schemas/${name}`)
  if (check === undefined) throw new Error(`openapi.json knows no ${name}`)
  return check(value) === true ? undefined : check.errors
}

/** works · slow (answers after the portal has lost patience) · dead (closes the connection) · garbage (no JSON) · huge */
const manners = ['works', 'slow', 'dead', 'garbage', 'huge'] as const
export type Manner = (typeof manners)[number]

const settlements: Record<string, string> = { '26408': 'Komló', '14535': 'Kömlő' }

export interface TaxSystemSimulatorOptions {
  token: string
  port?: number
  host?: string | undefined
  /** the books instead of the cast's */
  registers?: () => CastRegister[]
}

export async function startTaxSystemSimulator(options: TaxSystemSimulatorOptions) {
  const { token, port = 0, host } = options
  const registers =
    options.registers ??
    (() => {
      const { komlo, komloHeves } = castRegisters({ now: new Date() })
      return [komlo, komloHeves]
    })
  /** by settlement; `mandates` for the search of rights, `next` for one answer of any kind */
  const manner = new Map<string, Manner>()
  const asked: { path: string; body: unknown }[] = []
  const held = new Set<ServerResponse>()

  const server = createServer((request, response) => {
    answer(request, response).catch(() => send(response, 500, { error: 'failed' }))
  })

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method, url = '/' } = request
    if (method === 'POST' && url === '/uzem') return switchManner(request, response)
    if (method === 'POST') return answerPortal(request, response, url)
    if (url === '/szimulator.css') {
      response.writeHead(200, { 'content-type': 'text/css; charset=utf-8' }).end(simulatorStyle)
    } else if (url === '/') {
      const policy =
        "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
      const headers = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy }
      response.writeHead(200, { ...simulatorHeaders, ...headers }).end(mannersPage(manner))
    } else {
      send(response, 404, { error: 'no such page' })
    }
  }

  async function answerPortal(request: IncomingMessage, response: ServerResponse, url: string): Promise<void> {
    const body = await bodyOf(request)
    if (!tokenFits(request.headers.authorization)) return send(response, 401, { error: 'the token does not fit' })
    asked.push({ path: url, body })
    const [, settlementCode] = /^\/settlements\/([0-9]{5})\/taxpayers\/search$/.exec(url) ?? []
    if (settlementCode === undefined && url !== '/mandates/search')
      return send(response, 404, { error: 'no such page' })
    const once = manner.get('next')
    manner.delete('next')
    const how = once ?? manner.get(settlementCode ?? 'mandates') ?? 'works'
    if (how === 'dead') return void request.socket.destroy()
    if (how === 'slow') return void held.add(response)
    if (how === 'garbage') {
      return void response.writeHead(200, { 'content-type': 'application/json' }).end('<html>karbantartás</html>')
    }
    if (how === 'huge') return sendWithoutEnd(response)

    const wrong = faultsBySchema(settlementCode === undefined ? 'MandatesQuestion' : 'BooksQuestion', body)
    if (wrong !== undefined) return send(response, 400, { error: wrong })
    if (settlementCode !== undefined)
      return tellBooks(response, settlementCode, (body as { taxNumber: string }).taxNumber)
    tellMandates(response, body as { settlements: string[]; representative: Record<string, string> })
  }

  function tellBooks(response: ServerResponse, settlementCode: string, taxNumber: string): void {
    const register = registers().find((one) => one.settlementCode === settlementCode)
    if (register === undefined) return send(response, 404, { error: 'the settlement is not served' })
    const taxpayers = register.taxpayers.filter((one) => one.taxNumber?.replaceAll('-', '') === taxNumber)
    send(response, 200, { asOf: register.asOf, taxpayers })
  }

  function tellMandates(
    response: ServerResponse,
    { settlements: codes, representative }: { settlements: string[]; representative: Record<string, string> },
  ): void {
    const served = registers().filter(
      ({ settlementCode }) => codes.includes(settlementCode) && (manner.get(settlementCode) ?? 'works') === 'works',
    )
    send(response, 200, {
      settlements: served.map(({ settlementCode, mandates }) => ({
        settlement: settlementCode,
        mandates: mandates.filter(({ representative: theirs }) =>
          Object.entries(representative).every(([name, value]) => new Map(Object.entries(theirs)).get(name) === value),
        ),
      })),
    })
  }

  async function switchManner(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = ''
    for await (const chunk of request.setEncoding('utf8')) text += chunk
    const fields = new URLSearchParams(text)
    const wanted = manners.find((one) => one === fields.get('uzem'))
    const settlementCode = fields.get('telepules') ?? ''
    if (wanted === undefined || !(settlementCode in settlements))
      return send(response, 400, { error: 'no such manner' })
    manner.set(settlementCode, wanted)
    response.writeHead(303, { ...simulatorHeaders, location: '/' }).end()
  }

  function tokenFits(authorization = ''): boolean {
    const [given, wanted] = [authorization, `Bearer ${token}`].map((text) => createHash('sha256').update(text).digest())
    return given !== undefined && wanted !== undefined && timingSafeEqual(given, wanted)
  }

  const listening = await listen(server, port, host)
  return {
    port: listening,
    url: `http://127.0.0.1:${listening}`,
    /** what the portal has asked, the oldest first */
    asked,
    /** for a settlement, for `mandates`, or for the `next` question only */
    behave: (whom: string, how: Manner): void => void manner.set(whom, how),
    stop: async () => {
      for (const response of held) response.destroy()
      await close(server)
    },
  }
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) text += chunk
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function send(response: ServerResponse, status: number, answer: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
}

/** An answer that goes on until whoever asked has enough. */
function sendWithoutEnd(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' })
  const piece = ' '.repeat(65_536)
  const more = (): void => {
    while (!response.destroyed && response.write(piece)) continue
  }
  response.on('drain', more)
  response.on('error', () => {})
  more()
}

const mannerWords: Record<Exclude<Manner, 'huge'>, string> = {
  works: 'működik (works)',
  slow: 'nem válaszol időben (slow)',
  dead: 'nem érhető el (dead)',
  garbage: 'érthetetlent válaszol (garbage)',
}

function mannersPage(manner: ReadonlyMap<string, Manner>): string {
  const forms = Object.entries(settlements).map(([code, name]) => {
    const chosen = manner.get(code) ?? 'works'
    const options = Object.entries(mannerWords)
      .map(
        ([value, words]) =>
          `<option value="${value}"${value === chosen ? ' selected' : ''}>${escapeHtml(words)}</option>`,
      )
      .join('')
    return `<h2>${escapeHtml(name)}</h2>
<form method="post" action="/uzem"><input type="hidden" name="telepules" value="${code}">
<p><label>Hogyan viselkedjen? <select name="uzem">${options}</select></label> <button>Beállítás</button></p></form>`
  })
  return simulatorPage({
    title: 'Adó szakrendszer',
    system: { hu: 'Szimulált adó szakrendszer', en: 'Simulated tax specialist system of two settlements' },
    body: `<h1>Adó szakrendszer</h1>
<p lang="en">Where the portal asks for tax balances of Komló and Kömlő. Újhartyán delivers files.</p>
${forms.join('\n')}`,
  })
}
