import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import Fastify from 'fastify'
import { afterAll, expect, test } from 'vitest'
import { compressesTexts } from '../../../src/platform/http/compression.ts'

const long = 'Árvíztűrő tükörfúrógép. '.repeat(100)
const app = Fastify()
compressesTexts(app)
app.get('/page', (_request, reply) => reply.type('text/html; charset=utf-8').send(long))
app.get('/short', (_request, reply) => reply.type('text/html; charset=utf-8').send('short'))
app.get('/data', (_request, reply) => reply.header('vary', 'cookie').send({ long }))
app.get('/file', (_request, reply) => reply.type('application/pdf').send(Buffer.from(long)))
afterAll(() => app.close())

const get = (url: string, accepted?: string) =>
  app.inject({ url, headers: accepted === undefined ? {} : { 'accept-encoding': accepted } })

test('a page is sent as the browser can read it best, and says of which its size is', async () => {
  const browser = await get('/page', 'gzip, deflate, br, zstd')
  expect(browser.headers).toMatchObject({ 'content-encoding': 'br', vary: 'accept-encoding' })
  expect(brotliDecompressSync(browser.rawPayload).toString()).toBe(long)
  expect(browser.headers['content-length']).toBe(String(browser.rawPayload.length))
  const older = await get('/page', 'gzip;q=1, br;q=0')
  expect(older.headers['content-encoding']).toBe('gzip')
  expect(gunzipSync(older.rawPayload).toString()).toBe(long)
})

test.each([undefined, 'identity', 'zstd'])('a page goes as it is to who accepts %s', async (accepted) => {
  const { headers, body } = await get('/page', accepted)
  expect(headers['content-encoding']).toBeUndefined()
  expect(headers['vary']).toBe('accept-encoding')
  expect(body).toBe(long)
})

test('what a cache must tell apart besides stays', async () => {
  const { headers, rawPayload } = await get('/data', 'br')
  expect(headers['vary']).toBe('cookie, accept-encoding')
  expect(JSON.parse(brotliDecompressSync(rawPayload).toString())).toEqual({ long })
})

test.each(['/short', '/file'])('%s goes as it is', async (url) => {
  expect((await get(url, 'br, gzip')).headers['content-encoding']).toBeUndefined()
})
