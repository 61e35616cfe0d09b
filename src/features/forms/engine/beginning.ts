import type { Answer, AnswerRow, Answers, FormContext } from './answers.ts'
import type { BeginningSource, FieldDefinition, FormDefinition, GroupDefinition } from './definition.ts'
import { kindOf } from './fields/index.ts'

/** A line of a tax balance (adóegyenleg): what is owed, or overpaid, of one tax. */
export interface TaxLine {
  /** code of the tax type, as in the forms’ own list of them */
  taxType: string
  /** whole forints, positive */
  amountHuf: number
}

/** What a form that is begun from a tax balance may begin with. */
export interface TaxFigures {
  /** `person`: known by an adóazonosító jel, `organisation`: by an adószám; canonical */
  taxpayer: { kind: 'person' | 'organisation'; number: string }
  /** in the order the rows are to have; days are YYYY-MM-DD. None where the balance may not be seen */
  arrears: readonly (TaxLine & { dueOn: string })[]
  overpayments: readonly TaxLine[]
  /** the person may not see the balance: they want to become the taxpayer's agent with these rights, as the form calls them */
  wantedMandate?: { rights: readonly string[] }
}

/**
 * The answers with which a form is begun from a tax balance: what its fields and groups say they begin with. They are answers as if
 * typed: kept, shown, changed, judged like all others. What a field would not take is left for the person to answer.
 */
export function beginningAnswers(definition: FormDefinition, figures: TaxFigures, context: FormContext): Answers {
  const answers: Answers = {}
  for (const item of definition.pages.flatMap(({ items }) => items)) {
    if (item.type === 'group') {
      const rows = beginningRows(item, figures, context)
      if (rows.length > 0) answers[item.id] = rows
      continue
    }
    const answer = item.begins && taken(item, knownAtStart(item.begins, figures, context), context)
    if (answer !== undefined) answers[item.id] = answer
  }
  return answers
}

function beginningRows(group: GroupDefinition, figures: TaxFigures, context: FormContext): AnswerRow[] {
  const lines = group.begins === 'tax.arrears' ? figures.arrears : group.begins && figures.overpayments
  return (lines ?? []).slice(0, group.max).map((line) => {
    const row: AnswerRow = {}
    for (const field of group.fields) {
      const answer = field.begins && taken(field, ofLine(field.begins, line), context)
      if (answer !== undefined) row[field.id] = answer
    }
    return row
  })
}

function taken(field: FieldDefinition, value: Answer | undefined, context: FormContext): Answer | undefined {
  const parsed = kindOf(field).parse(field, value, context)
  return parsed.state === 'right' ? parsed.value : undefined
}

function ofLine(source: BeginningSource, line: TaxLine & { dueOn?: string }): Answer | undefined {
  if (source === 'line.tax-type') return line.taxType
  if (source === 'line.due-on') return line.dueOn
  return source === 'line.amount' ? String(line.amountHuf) : undefined
}

function knownAtStart(
  source: BeginningSource,
  { taxpayer, overpayments, wantedMandate }: TaxFigures,
  { identity }: FormContext,
): Answer | undefined {
  const agent = wantedMandate ? identity : null
  switch (source) {
    case 'tax.tax-id':
      return taxpayer.kind === 'person' ? taxpayer.number : undefined
    case 'tax.tax-number':
      return taxpayer.kind === 'organisation' ? taxpayer.number : undefined
    case 'tax.taxpayer-kind':
      return taxpayer.kind
    case 'tax.overpayment':
      return overpayments.length > 0
        ? String(overpayments.reduce((sum, { amountHuf }) => sum + amountHuf, 0))
        : undefined
    case 'tax.overpayment-known':
      return overpayments.length > 0 ? 'yes' : undefined
    case 'mandate.as-agent':
      return wantedMandate && 'yes'
    case 'mandate.action':
      return wantedMandate && 'new'
    case 'mandate.rights':
      return wantedMandate && [...wantedMandate.rights]
    case 'mandate.agent-kind':
      return wantedMandate && 'person'
    case 'mandate.agent-name':
      return agent ? { family: agent.familyName, given: agent.givenName } : undefined
    case 'mandate.agent-mother-name':
      return agent ? { family: agent.motherFamilyName, given: agent.motherGivenName } : undefined
    case 'mandate.agent-birth-place':
      return agent?.birthPlace
    case 'mandate.agent-birth-date':
      return agent?.birthDate
    case 'line.tax-type':
    case 'line.due-on':
    case 'line.amount':
      return undefined
  }
}
