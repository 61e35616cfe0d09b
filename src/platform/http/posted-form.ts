import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { BadRequest } from './errors.ts'

/** A posted form: one value, or several where a name came more than once. It has no prototype, so no name is special. */
export type Posted = { readonly [name: string]: string | readonly string[] | undefined }

/** The largest form of ours has 370 fields when all of it is checked before printing. */
const limits = { fields: 400, nameLength: 200 }

/** Understands `application/x-www-form-urlencoded`, and nothing that is not valid UTF-8. */
export function acceptPostedForms(app: FastifyInstance): void {
  // No page of ours sends anything else; what came as JSON would not have been read and normalised like a form.
  app.removeContentTypeParser(['application/json', 'text/plain'])
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'buffer', bodyLimit: 262_144 },
    (_request, body, done) => {
      try {
        done(null, readUrlEncoded(body.toString('latin1')))
      } catch (error) {
        done(error instanceof Error ? error : new BadRequest())
      }
    },
  )
}

/** @throws BadRequest for broken percent-encoding, bytes that are not UTF-8, or too many fields */
export function readUrlEncoded(text: string): Posted {
  const fields = Object.create(null) as Record<string, string | string[]>
  if (text === '') return fields
  const pairs = text.split('&')
  if (pairs.length > limits.fields) throw new BadRequest('errors.bad-request.too-many-fields')
  for (const pair of pairs) {
    const at = pair.indexOf('=')
    const name = decode(at < 0 ? pair : pair.slice(0, at))
    if (name === '') continue
    if (name.length > limits.nameLength) throw new BadRequest()
    const value = normalised(decode(at < 0 ? '' : pair.slice(at + 1)))
    const before = fields[name]
    if (before === undefined) fields[name] = value
    else if (typeof before === 'string') fields[name] = [before, value]
    else before.push(value)
  }
  return fields
}

function decode(text: string): string {
  // Browsers send ASCII only; anything else was not encoded by a form.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is the point
  if (/[^\x00-\x7f]/.test(text)) throw new BadRequest()
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw new BadRequest()
  }
}

/** One way of writing the same text: NFC, line ends as LF. */
export function normalised(text: string): string {
  return text.replaceAll(/\r\n?/g, '\n').normalize('NFC')
}

/** Control characters have no place in what people write, apart from tabulators and line ends. */
export function hasControlCharacters(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is the point
  return /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/.test(text)
}

/** Direction overrides and zero-width signs make one name look like another. */
export function hasDeceptiveCharacters(text: string): boolean {
  return /[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/.test(text)
}

export type FieldErrors = Record<string, string>
export type ReadForm<Value> = { ok: true; value: Value } | { ok: false; errors: FieldErrors }

/**
 * Reads a posted form by a schema whose messages are catalogue keys. Names the schema does not know are not looked at.
 *
 * @throws BadRequest when a name that may come once came several times
 */
export function readPosted<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  body: unknown,
): ReadForm<z.output<z.ZodObject<Shape>>> {
  const posted = postedFields(body)
  const input: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(schema.shape)) {
    const value = posted[name]
    if (value === undefined) continue
    if (isList(field)) input[name] = typeof value === 'string' ? [value] : value
    else if (typeof value === 'string') input[name] = value
    else throw new BadRequest('errors.bad-request.doubled-field')
  }
  const read = schema.safeParse(input)
  if (read.success) return { ok: true, value: read.data }
  const errors: FieldErrors = {}
  for (const issue of read.error.issues) errors[String(issue.path[0])] ??= issue.message
  return { ok: false, errors }
}

/** The body of a request as a posted form. @throws BadRequest when it is none */
export function postedFields(body: unknown): Posted {
  if (body === undefined || body === null) return Object.create(null) as Posted
  if (typeof body !== 'object') throw new BadRequest()
  return body as Posted // made by acceptPostedForms, the only parser there is
}

function isList(field: unknown): boolean {
  if (field instanceof z.ZodArray) return true
  if (field instanceof z.ZodOptional || field instanceof z.ZodDefault) return isList(field.def.innerType)
  return false
}

/** Reads route parameters or a query. @throws the given failure when they do not fit */
export function readWith<Schema extends z.ZodType>(schema: Schema, input: unknown, otherwise: Error): z.output<Schema> {
  const read = schema.safeParse(input)
  if (read.success) return read.data
  throw otherwise
}
