import { afterAll, beforeAll, expect, test } from 'vitest'
import { anna, bela, gabor } from '../../cast/people.ts'
import { openTestPortal, type TestPortal } from '../../support/portal.ts'

let portal: TestPortal

beforeAll(async () => {
  portal = await openTestPortal({ REQUEST_LIMIT_FACTOR: '1' })
})

afterAll(() => portal.close())

async function statuses(count: number, ask: () => Promise<{ status: number }>): Promise<number[]> {
  const seen: number[] = []
  for (let asked = 0; asked < count; asked += 1) seen.push((await ask()).status)
  return seen
}

test('the sixty-first search of a minute is told to wait, in words; other pages go on', async () => {
  const seen = await statuses(61, () => portal.visit('/onkormanyzatok?q=uj'))
  expect(new Set(seen.slice(0, 60))).toEqual(new Set([200]))
  const refused = await portal.visit('/onkormanyzatok?q=uj')
  expect(refused.status).toBe(429)
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
  expect(refused.text).toContain('Túl sok kérés érkezett')
  expect((await portal.visit('/onkormanyzatok/javaslatok?q=uj')).status).toBe(200)
  expect((await portal.visit('/ujhartyan')).status).toBe(200)
})

test('a person who opens more than 120 pages a minute waits; another person does not', async () => {
  const seen = await statuses(125, () => portal.visit('/sajat/ugyek', { as: anna }))
  expect(seen).toContain(429)
  expect(seen.filter((status) => status === 200).length).toBeLessThanOrEqual(120)
  expect((await portal.visit('/sajat/ugyek', { as: bela })).status).toBe(200)
})

test('reports of browsers are taken ten a minute, and then refused without a failure of ours', async () => {
  const report = () =>
    portal.app
      .inject({
        method: 'POST',
        url: '/csp-jelentes',
        headers: { host: '127.0.0.1:8080', 'content-type': 'application/reports+json' },
        payload: JSON.stringify([{ type: 'csp-violation', body: { effectiveDirective: 'script-src' } }]),
      })
      .then(({ statusCode }) => ({ status: statusCode }))
  expect(await statuses(11, report)).toEqual([...Array<number>(10).fill(204), 429])
})

const nowhere = '00000000-0000-4000-8000-000000000000'
test.each([
  ['beginning to sign in', 10, () => portal.post('/belepes', {})],
  ['coming back from the KAÜ', 30, () => portal.visit('/kau/visszateres?state=x&code=x')],
  ['suggestions', 300, () => portal.visit('/onkormanyzatok/javaslatok?q=ka')],
  ['beginning a form', 60, () => portal.post('/ujhartyan/sajat/urlapok/uj', {}, { as: gabor })],
  ['uploading', 60, () => portal.post(`/ujhartyan/sajat/urlapok/${nowhere}/csatolmanyok/fajlok`, {}, { as: gabor })],
  ['sending in', 20, () => portal.post(`/ujhartyan/sajat/urlapok/${nowhere}/bekuldes`, {}, { as: gabor })],
])('%s is possible %i times, and then one is told to wait, without losing anything', async (_what, most, ask) => {
  await portal.admin('delete from request_counts')
  const seen = await statuses(most + 1, ask)
  expect(seen.slice(0, most)).not.toContain(429)
  expect(seen[most]).toBe(429)
  expect((await portal.visit('/ujhartyan')).status).toBe(200)
  expect((await portal.visit('/sajat/beallitasok', { as: gabor })).status).toBe(200)
})
