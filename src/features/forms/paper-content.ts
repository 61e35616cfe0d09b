import { z } from 'zod'
import { writeCodes } from '../../platform/codes/numbered-codes.ts'
import { translator } from '../../platform/i18n/catalogue.ts'
import type { Answers, FormContext } from './engine/answers.ts'
import type { FormDefinition, PrefillSource } from './engine/definition.ts'
import { kindOf } from './engine/fields/index.ts'
import { cleanAnswers } from './engine/validation.ts'
import { type FilledField, fillIn, isGroup } from './engine/visibility.ts'

/** What the codes on a filled-in paper say: all of the form, so that nothing need be stored until it comes back. */
const paperContent = z.strictObject({
  form: z.tuple([z.string().regex(/^[a-z0-9-]{1,80}$/), z.int().positive()]),
  settlement: z.int().positive(),
  /** read further by `storedAnswers`, once the form is known */
  answers: z.record(z.string(), z.unknown()),
})

export interface PaperContent {
  code: string
  version: number
  settlementId: number
  answers: unknown
}

/** The texts of the codes that carry the right answers to all visible fields; undefined when they would be too many for paper. */
export function paperCodes(definition: FormDefinition, answers: Answers, context: FormContext): string[] | undefined {
  const content: z.input<typeof paperContent> = {
    form: [definition.code, definition.version],
    settlement: context.settlement.id,
    answers: cleanAnswers(definition, answers, context),
  }
  return writeCodes(Buffer.from(JSON.stringify(content), 'utf8'))
}

/** @returns undefined for what no paper of ours says */
export function readPaperContent(content: Buffer): PaperContent | undefined {
  const read = paperContent.safeParse(jsonOf(content))
  if (!read.success) return undefined
  const [code, version] = read.data.form
  return { code, version, settlementId: read.data.settlement, answers: read.data.answers }
}

function jsonOf(content: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(content))
  } catch {
    return undefined
  }
}

/** Who says on the form to be its sender, and for whom, where it is for somebody else; undefined where it does not say. */
export function namesOnForm(
  definition: FormDefinition,
  answers: Answers,
  context: FormContext,
): { sender: string | undefined; represented: string | undefined } {
  const fields = fillIn(definition, answers, context)
    .flatMap(({ items }) => items)
    .flatMap((item) => (isGroup(item) ? [] : [item]))
  return {
    sender: nameIn(fields, ['identity.full-name', 'identity.name']),
    represented: nameIn(fields, ['represented.name']),
  }
}

function nameIn(fields: readonly FilledField[], sources: readonly PrefillSource[]): string | undefined {
  const wording = { language: 'hu', say: translator('hu') } as const
  for (const { field, parsed } of fields) {
    const source = field.prefill?.from
    if (source === undefined || !sources.includes(source) || parsed.state !== 'right') continue
    const [name = ''] = kindOf(field).show(field, parsed.value, wording)
    if (name !== '') return name
  }
  return undefined
}
