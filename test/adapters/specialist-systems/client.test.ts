import { createServer, type RequestListener } from 'node:http'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { specialistSystemsClient } from '../../../src/adapters/specialist-systems/client.ts'
import { type CaseHandover, specialistSystems } from '../../../src/adapters/specialist-systems/contract.ts'
import openapi from '../../../src/adapters/specialist-systems/openapi.json' with { type: 'json' }
import { OutsideSystemDown } from '../../../src/platform/http/errors.ts'
import { close, listen } from '../../simulators/listen.ts'
import { startSpecialistSystemsSimulator } from '../../simulators/specialist-systems/simulator.ts'

const token = 'a token of the tests'
const handover: CaseHandover = {
  caseId: '5a8f0c1e-4b7d-4c52-9a53-0e6d3b1f7a90',
  settlementCode: '06293',
  system: 'tax',
  fileNumber: 'ADO/12-1/2026',
  arrivalNumber: 'UJH-7K3M-9TQ4',
  formCode: 'kommunalis-ado-adatbejelentes',
  formVersion: 1,
  submittedAt: new Date('2026-11-22T13:05:07.123Z'),
  dueOn: '2026-12-07',
  answers: { utca: 'Képzelet utca', darab: 2, igen: true, tetelek: [{ a: null }] },
  attachments: [{ name: 'számla ő.pdf', mediaType: 'application/pdf', sizeBytes: 12, sha256: 'ab'.repeat(32) }],
}

let simulator: Awaited<ReturnType<typeof startSpecialistSystemsSimulator>>
beforeAll(async () => {
  simulator = await startSpecialistSystemsSimulator({ token })
})
afterAll(() => simulator.stop())

const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

function client(url: string, more = {}) {
  return specialistSystemsClient({ url, token, allowHttp: true, ...more })
}

async function odd(answer: RequestListener): Promise<string> {
  const server = createServer(answer)
  const port = await listen(server, 0)
  ends.push(() => close(server))
  return `http://127.0.0.1:${port}`
}

test('a case is taken over with everything that belongs to it', async () => {
  const { reference } = await client(simulator.url).takeOver(handover)
  expect(simulator.cases()).toEqual([
    {
      settlementCode: '06293',
      system: 'tax',
      reference,
      times: 1,
      handover: {
        caseId: handover.caseId,
        fileNumber: 'ADO/12-1/2026',
        arrivalNumber: 'UJH-7K3M-9TQ4',
        form: { code: 'kommunalis-ado-adatbejelentes', version: 1 },
        submittedAt: '2026-11-22T13:05:07.123Z',
        dueOn: '2026-12-07',
        answers: handover.answers,
        attachments: handover.attachments,
      },
    },
  ])
})

test('the same case again gets the same reference, also after a restart of the system, also twenty at once', async () => {
  const first = await client(simulator.url).takeOver(handover)
  const again = await Promise.all(Array.from({ length: 20 }, () => client(simulator.url).takeOver(handover)))
  expect(new Set([first, ...again].map(({ reference }) => reference)).size).toBe(1)
  expect(simulator.cases()).toHaveLength(1)

  const restarted = await startSpecialistSystemsSimulator({ token })
  ends.push(restarted.stop)
  expect(await client(restarted.url).takeOver(handover)).toEqual(first)
})

test('every system the portal knows is described and served; no deadline and no attachment are fine', async () => {
  const described = openapi.paths['/{settlementCode}/{system}/cases'].post.parameters[1]?.schema
  expect(described).toMatchObject({ enum: [...specialistSystems] })
  for (const system of specialistSystems) {
    const other = { ...handover, caseId: `case-${system}`, system, dueOn: undefined, attachments: [] }
    expect(await client(`${simulator.url}/`).takeOver(other)).toHaveProperty('reference')
  }
})

test.each([
  ['a settlement that is none', { settlementCode: '../06293' }],
  ['a case without a number', { fileNumber: '' }],
  ['a hash that is none', { attachments: [{ name: 'a', mediaType: 'text/plain', sizeBytes: 1, sha256: 'x' }] }],
])('%s is not taken over', async (_what, change) => {
  const cases = simulator.cases().length
  const other = { ...handover, caseId: 'refused', ...change }
  await expect(client(simulator.url).takeOver(other)).rejects.toBeInstanceOf(OutsideSystemDown)
  expect(simulator.cases()).toHaveLength(cases)
})

test('a wrong token is refused', async () => {
  const other = client(simulator.url, { token: 'another' })
  await expect(other.takeOver(handover)).rejects.toBeInstanceOf(OutsideSystemDown)
})

const reference = JSON.stringify({ reference: 'x' })
test.each([
  ['hangs up', (request) => void request.socket.destroy()],
  ['is too slow', (_request, response) => void setTimeout(() => response.end(reference), 900).unref()],
  ['begins and does not end', (_request, response) => void response.write('{"reference":')],
  ['answers an error', (_request, response) => void response.writeHead(500).end(reference)],
  ['accepts for later', (_request, response) => void response.writeHead(202).end(reference)],
  ['answers a page', (_request, response) => void response.end('<h1>Karbantartás</h1>')],
  ['answers without a reference', (_request, response) => void response.end('{"reference":""}')],
  ['answers a number for a reference', (_request, response) => void response.end('{"reference":12}')],
  ['answers null', (_request, response) => void response.end('null')],
  ['answers a megabyte', (_request, response) => void response.end(`{"reference":"x","y":"${'y'.repeat(1e6)}"}`)],
] as [string, RequestListener][])('a system that %s has not taken the case over', async (_what, answer) => {
  const url = await odd(answer)
  await expect(client(url, { milliseconds: 400 }).takeOver(handover)).rejects.toBeInstanceOf(OutsideSystemDown)
})

test('a redirect is not followed, and the token goes nowhere else', async () => {
  let asked = 0
  const elsewhere = await odd((_request, response) => {
    asked += 1
    response.end(reference)
  })
  const url = await odd((_request, response) => void response.writeHead(307, { location: elsewhere }).end())
  await expect(client(url).takeOver(handover)).rejects.toBeInstanceOf(OutsideSystemDown)
  expect(asked).toBe(0)
})

test('a system that is not there has not taken the case over', async () => {
  await expect(client('http://127.0.0.1:1').takeOver(handover)).rejects.toBeInstanceOf(OutsideSystemDown)
})

test('an address without TLS is refused unless it is allowed', () => {
  expect(() => client('http://127.0.0.1:1', { allowHttp: false })).toThrow('https')
  expect(() => client('ftp://127.0.0.1', { allowHttp: true })).toThrow('https')
})

test('the page shows what was taken over', async () => {
  await client(simulator.url).takeOver({ ...handover, caseId: 'shown', fileNumber: 'ADO/<13>-1/2026' })
  const page = await (await fetch(simulator.url)).text()
  expect(page).toContain('ADO/&lt;13&gt;-1/2026')
})
