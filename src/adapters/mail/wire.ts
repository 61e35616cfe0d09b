/** What goes over the line: one address, and nothing that could end a header and begin another. */
import { z } from 'zod'

const oneLine = z.string().regex(/^[^\p{Cc}\u2028\u2029]*$/u, 'a control character in a header')

export const letter = z.object({
  to: z.email().max(254),
  subject: oneLine.min(1).max(200),
  text: z.string().max(100_000),
  /** with or without angle brackets and host, which are added */
  messageId: z
    .string()
    .max(200)
    .transform((id) => id.replace(/^<(.*)>$/, '$1'))
    .pipe(z.string().regex(/^[\w.+-]+(@[\w.-]+)?$/, 'not a message id')),
})

/** The sender as configured: an address, or `name <address>`. */
export const sender = oneLine.max(254).transform((from, context) => {
  const [, written = '', named] = /^([^<>]*)<([^<> ]+)>$/.exec(from.trim()) ?? []
  const address = named ?? from.trim()
  const name = written
    .trim()
    .replace(/^"(.*)"$/, '$1')
    .trim()
  if (!z.email().safeParse(address).success || name.includes('"')) context.addIssue('not the address of a sender')
  return { name, address }
})

/** Where letters are handed in: smtp:// (STARTTLS) or smtps://, with the name and password of the portal in it. */
export const server = z.url({ protocol: /^smtps?$/ }).transform((address) => {
  const { protocol, hostname, port, username, password } = new URL(address)
  const secure = protocol === 'smtps:'
  return {
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? (secure ? 465 : 587) : Number(port),
    secure,
    ...(username === '' ? {} : { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
  }
})
