import { connect } from 'node:net'
import pino from 'pino'
import { expect, test } from 'vitest'
import { createServer } from '../../../src/platform/http/server.ts'

test('a connection opened in advance does not hold up the stopping; a request that is being answered is waited for', async () => {
  const app = await createServer({ log: pino({ level: 'silent' }), headers: {}, trustedProxies: [] })
  let answer = (_text: string): void => {}
  const asked = new Promise<void>((begun) => {
    app.get('/', () => {
      begun()
      return new Promise<string>((done) => {
        answer = done
      })
    })
  })
  const address = await app.listen({ host: '127.0.0.1', port: 0 })
  const silent = connect(Number(new URL(address).port), '127.0.0.1')
  const silentClosed = new Promise((done) => silent.once('close', done))
  await new Promise((done) => silent.once('connect', done))
  const reading = fetch(address)
  await asked

  const closing = app.close()
  await silentClosed
  answer('finished')
  expect(await (await reading).text()).toBe('finished')
  await closing
})
