import fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { BadRequest } from '../../../src/platform/http/errors.ts'
import { ownPath } from '../../../src/platform/http/language.ts'
import { readPosted, readUrlEncoded } from '../../../src/platform/http/posted-form.ts'

test('what a browser encodes is read as it was typed', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.stringMatching(/^[a-z]{1,8}$/), fc.string({ unit: 'grapheme' })), { maxLength: 20 }),
      (pairs) => {
        const read = readUrlEncoded(new URLSearchParams(pairs).toString())
        for (const [name, value] of pairs) {
          const expected = value.replaceAll(/\r\n?/g, '\n').normalize('NFC')
          expect([read[name]].flat()).toContain(expected)
        }
      },
    ),
  )
})

test.each(['a=%', 'a=%zz', 'a=%ff', 'a=%c3', 'a=%ed%a0%80', 'a=\u00e1', `${'a=1&'.repeat(500)}b=2`])(
  'a broken body is refused: %s',
  (body) => {
    expect(() => readUrlEncoded(body)).toThrow(BadRequest)
  },
)

test('names that mean something to JavaScript are names like any other', () => {
  const read = readUrlEncoded('__proto__=x&constructor=y&a%5Bb%5D=z')
  expect(Object.getPrototypeOf(read)).toBeNull()
  expect(read['__proto__']).toBe('x')
  expect(({} as Record<string, unknown>)['x']).toBeUndefined()
  expect(read['a[b]']).toBe('z')
})

test('any bytes are read or refused, never anything else', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (body) => {
      try {
        readUrlEncoded(body)
      } catch (error) {
        expect(error).toBeInstanceOf(BadRequest)
      }
    }),
  )
})

const schema = z.object({ nev: z.string().min(1, 'missing'), tobb: z.array(z.string()).default([]) })

test('a field given twice is refused where one is expected, and kept where several are', () => {
  expect(() => readPosted(schema, readUrlEncoded('nev=a&nev=b'))).toThrow(BadRequest)
  expect(readPosted(schema, readUrlEncoded('nev=a&tobb=1&tobb=2&idegen=x'))).toEqual({
    ok: true,
    value: { nev: 'a', tobb: ['1', '2'] },
  })
  expect(readPosted(schema, readUrlEncoded('nev='))).toEqual({ ok: false, errors: { nev: 'missing' } })
})

test.each([
  '//gonosz.example',
  '/\\gonosz.example',
  'https://gonosz.example',
  'https:gonosz.example',
  '/%09//gonosz.example/\n',
  '\t//gonosz.example',
  'javascript:alert(1)',
  '',
  '/a b',
  `/${'a'.repeat(3_000)}`,
])('%j is no way out of the portal', (written) => {
  const path = ownPath(written)
  if (path !== undefined) expect(new URL(path, 'https://portal.test').host).toBe('portal.test')
  if (!written.startsWith('/%')) expect(path).toBeUndefined()
})

test('a path of the portal stays what it is', () => {
  expect(ownPath('/ujhartyan/ugyek?oldal=2')).toBe('/ujhartyan/ugyek?oldal=2')
})
