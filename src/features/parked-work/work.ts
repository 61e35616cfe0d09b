import { z } from 'zod'
import { type PostedWork, ticketSchema } from '../session/index.ts'

/** Fields of a posted form; one value, or several of one name. */
const fieldsSchema = z.record(z.string(), z.union([z.string(), z.array(z.string())]))

const postedSchema = z.object({
  kind: z.enum(['save', 'submission', 'start']),
  autosave: z.boolean(),
  rendering: z.string(),
  ticket: ticketSchema,
  fields: fieldsSchema,
  refusedFiles: z.array(z.object({ field: z.string(), name: z.string(), because: z.string() })),
})

/** What somebody had filled in before signing in. */
const fillingSchema = z.object({
  kind: z.literal('filling'),
  settlement: z.string(),
  form: z.object({ code: z.string(), version: z.number() }),
  /** by the form's fields; judged where they are read */
  answers: z.record(z.string(), z.unknown()),
})

const workSchema = z.union([postedSchema, fillingSchema])

export type Filling = z.output<typeof fillingSchema>
export type Work = PostedWork | Filling

export function writeWork(work: Work): string {
  return JSON.stringify(work)
}

/** @throws Error when it was not written by this program or an equal one */
export function readFilling(written: string): Filling {
  return fillingSchema.parse({ ...JSON.parse(written), kind: 'filling' })
}

/** @throws Error when it was not written by this program or an equal one */
export function readWork(written: string): Work {
  return workSchema.parse(JSON.parse(written))
}
