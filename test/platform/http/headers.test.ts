import fc from 'fast-check'
import { expect, test } from 'vitest'
import { attachmentDisposition } from '../../../src/platform/http/headers.ts'

test('the name is said in UTF-8, and in ASCII for those who cannot read it', () => {
  expect(attachmentDisposition('számla_ű.pdf')).toBe(
    `attachment; filename="szamla_u.pdf"; filename*=UTF-8''sz%C3%A1mla_%C5%B1.pdf`,
  )
})

test.each([
  ['quotes and separators', '"; filename="x.exe', 'exe'],
  ['line ends', 'a\r\nSet-Cookie: b=c.pdf', 'pdf'],
  ['percent signs', 'a%0d%0ab.pdf', 'pdf'],
  ['turned writing', 'a\u202efdp.exe', 'exe'],
  ['half a letter', 'a\ud800.pdf', 'pdf'],
  ['folders', '../../etc/passwd.pdf', 'pdf'],
  ['a name of nothing but long letters', `a${'𠀀'.repeat(110)}.pdf`, 'pdf'],
  ['nothing', '', 'fajl'],
])('%s do no harm', (_what, name, end) => {
  const written = attachmentDisposition(name)
  expect(written).toMatch(/^attachment; filename="[ -!#-~]+"; filename\*=UTF-8''[A-Za-z0-9%._~-]+$/)
  expect(written.endsWith(end)).toBe(true)
})

test('no name makes a header that cannot be sent', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (name) => {
      expect(attachmentDisposition(name)).toMatch(/^attachment; filename="[ -!#-~]+"; filename\*=UTF-8''[!-~]+$/)
    }),
  )
})
