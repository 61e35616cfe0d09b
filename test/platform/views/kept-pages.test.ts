import fastifyCookie from '@fastify/cookie'
import Fastify from 'fastify'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { compressesTexts } from '../../../src/platform/http/compression.ts'
import { choosesLanguage, languageCookie } from '../../../src/platform/http/language.ts'
import { showsPages } from '../../../src/platform/views/index.ts'

const app = Fastify()
/** Every page that is made asks for the address of its styles. */
const asset = vi.fn((name: string) => `/${name}`)
const made = () => asset.mock.calls.filter(([name]) => name === 'portal.css').length

beforeAll(async () => {
  await app.register(fastifyCookie)
  compressesTexts(app)
  await showsPages(app, { assets: { asset, integrity: () => 'sha384-x' }, demo: false })
  choosesLanguage(app)
  app.get<{ Querystring: { person?: string; reason?: string } }>('/page', (request, reply) => {
    const { person, reason = '' } = request.query
    reply.locals = { ...reply.locals, address: '/page', ...(person !== undefined && { person: { name: person } }) }
    return reply.viewForAll('errors/not-found.njk', { reference: 'B1', reasonText: reason })
  })
})
beforeEach(() => asset.mockClear())
afterAll(() => app.close())

const get = (url: string, headers: Record<string, string> = {}) => app.inject({ url, headers })

test('a page is made once for the same data, however it is compressed', async () => {
  const first = await get('/page?reason=Elfogyott')
  expect(first.body).toContain('Elfogyott')
  const packed = await get('/page?reason=Elfogyott', { 'accept-encoding': 'br' })
  const again = await get('/page?reason=Elfogyott', { 'accept-encoding': 'br' })
  expect(again.rawPayload.equals(packed.rawPayload)).toBe(true)
  expect((await get('/page?reason=Elfogyott')).body).toBe(first.body)
  expect(made()).toBe(1)
})

test('other data, another language: another page', async () => {
  expect((await get('/page?reason=Nincs')).body).toContain('Nincs')
  expect((await get('/page?reason=Van')).body).toContain('Van')
  const english = await get('/page?reason=Van', { cookie: `${languageCookie}=en` })
  expect(english.body).toContain('<html lang="en"')
})

test('what somebody is shown who is signed in is kept for nobody', async () => {
  const anna = await get('/page?person=Minta Anna')
  const bela = await get('/page?person=Példa Béla')
  expect(anna.body).toContain('Minta Anna')
  expect(bela.body).toContain('Példa Béla')
  expect((await get('/page')).body).not.toMatch(/Minta Anna|Példa Béla/)
})
