import Fastify from 'fastify'
import { DatabaseError } from 'pg'
import { expect, test } from 'vitest'
import { showFailures } from '../../../src/platform/http/failures.ts'

async function answerTo(state: string) {
  const app = Fastify()
  showFailures(app)
  app.get('/', () => {
    throw Object.assign(new DatabaseError('refused', 0, 'error'), { code: state })
  })
  return app.inject({ url: '/', headers: { 'x-portal': '1' } })
}

test.each([
  ['deadlock', '40P01'],
  ['failed serialization', '40001'],
  ['full disk', '53100'],
  ['statement that took too long', '57014'],
  ['lock not got in time', '55P03'],
])('a %s is said to be over soon', async (_what, state) => {
  const answer = await answerTo(state)
  expect(answer.statusCode).toBe(503)
  expect(answer.headers['retry-after']).toBeDefined()
})

test('a value no column can hold is the sender’s mistake, a broken rule ours', async () => {
  expect((await answerTo('22003')).statusCode).toBe(400)
  expect((await answerTo('23505')).statusCode).toBe(500)
})
