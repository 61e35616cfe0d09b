/**
 * One server in the place of every settlement's specialist systems: it takes cases over as openapi.json describes, keeps
 * them in memory and shows them on a page.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { close, listen } from '../listen.ts'
import { escapeHtml, simulatorHeaders, simulatorPage, simulatorStyle } from '../page.ts'

/** The parts of the description that are looked at here. */
interface Description {
  components: { schemas: { Case: object } }
  paths: Record<
    '/{settlementCode}/{system}/cases',
    { post: { parameters: { name: string; schema: { enum?: string[] } }[] } }
  >
}

const description = JSON.parse(
  readFileSync(new URL('../../../src/adapters/specialist-systems/openapi.json', import.meta.url), 'utf8'),
) as Description
const isCase = new Ajv2020({ validateFormats: false }).compile(description.components.schemas.Case)
const { parameters } = description.paths['/{settlementCode}/{system}/cases'].post
const systems = parameters.find(({ name }) => name === 'system')?.schema.enum ?? []

export interface TakenOverCase {
  settlementCode: string
  system: string
  reference: string
  /** how often it was handed over */
  times: number
  handover: Record<string, unknown>
}

export interface SpecialistSystemsSimulatorOptions {
  token: string
  port?: number
  host?: string | undefined
}

export async function startSpecialistSystemsSimulator({ token, port = 0, host }: SpecialistSystemsSimulatorOptions) {
  const cases = new Map<string, TakenOverCase>()

  const server = createServer((request, response) => {
    answer(request, response).catch(() => send(response, 500, { error: 'failed' }))
  })

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method, url = '/' } = request
    if (method === 'POST') return takeOverCase(request, response, url)
    if (url === '/cases.json') return send(response, 200, [...cases.values()])
    if (url === '/szimulator.css') {
      response.writeHead(200, { 'content-type': 'text/css; charset=utf-8' }).end(simulatorStyle)
    } else if (url === '/') {
      const policy = "default-src 'none'; style-src 'self'; img-src data:; frame-ancestors 'none'; base-uri 'none'"
      const headers = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy }
      response.writeHead(200, { ...simulatorHeaders, ...headers }).end(casesPage([...cases.values()]))
    } else {
      send(response, 404, { error: 'no such page' })
    }
  }

  async function takeOverCase(request: IncomingMessage, response: ServerResponse, url: string): Promise<void> {
    if (!tokenFits(request.headers.authorization)) return send(response, 401, { error: 'the token does not fit' })
    const [, settlementCode, system] = /^\/([0-9]{5})\/([a-z-]+)\/cases$/.exec(url) ?? []
    if (settlementCode === undefined || system === undefined || !systems.includes(system)) {
      return send(response, 404, { error: 'no such system' })
    }
    const handover = await body(request)
    if (handover === undefined || !isCase(handover)) return send(response, 400, { error: isCase.errors ?? 'no JSON' })
    const { caseId } = handover as { caseId: string }
    if (request.headers['idempotency-key'] !== caseId)
      return send(response, 400, { error: 'the key is not the caseId' })

    const before = cases.get(caseId)
    if (before !== undefined) {
      before.times += 1
      return send(response, 200, { reference: before.reference })
    }
    // from the case alone, so that a restart of the simulator gives no second reference to a case
    const number = createHash('sha256').update(caseId).digest('hex').slice(0, 8)
    const reference = `${system}-${settlementCode}-${number}`
    cases.set(caseId, { settlementCode, system, reference, times: 1, handover: handover as Record<string, unknown> })
    send(response, 201, { reference })
  }

  function tokenFits(authorization = ''): boolean {
    const [given, wanted] = [authorization, `Bearer ${token}`].map((text) => createHash('sha256').update(text).digest())
    return given !== undefined && wanted !== undefined && timingSafeEqual(given, wanted)
  }

  const listening = await listen(server, port, host)
  return {
    port: listening,
    url: `http://127.0.0.1:${listening}`,
    cases: (): TakenOverCase[] => [...cases.values()],
    stop: () => close(server),
  }
}

async function body(request: IncomingMessage): Promise<unknown> {
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

function casesPage(cases: TakenOverCase[]): string {
  const newestFirst = [...cases].reverse().map(
    ({ settlementCode, system, reference, handover }) => `<h2>${escapeHtml(String(handover.fileNumber))}</h2>
<dl class="pairs"><dt>Szakrendszer</dt><dd>${escapeHtml(system)}</dd><dt>Település KSH-kódja</dt><dd>${escapeHtml(settlementCode)}</dd>
<dt>Hivatkozás</dt><dd>${escapeHtml(reference)}</dd><dt>Érkeztetési szám</dt><dd>${escapeHtml(String(handover.arrivalNumber))}</dd></dl>`,
  )
  return simulatorPage({
    title: 'Átvett ügyek',
    system: { hu: 'Szimulált szakrendszerek', en: 'Simulated specialist systems of the settlements' },
    body: `<h1>Átvett ügyek</h1>
<p lang="en">Cases taken over from the portal, the newest first.</p>
${newestFirst.length === 0 ? '<p>Még nincs átvett ügy. <span lang="en">No case has been taken over yet.</span></p>' : newestFirst.join('\n')}`,
  })
}
