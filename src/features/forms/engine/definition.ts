import { z } from 'zod'
import { specialistSystems } from '../../../adapters/specialist-systems/contract.ts'

/**
 * What a form (űrlap) is made of: pure data, one file per published version. The schema is the reference for whoever writes one;
 * what it cannot say (no dangling reference, every page reachable …) is in soundness.ts.
 */

const sentence = z.string().trim().min(1)

/** A sentence in both languages; neither may be missing. */
export const text = z.strictObject({ hu: sentence, en: sentence })

const day = z.iso.date()
const fieldId = z.string().regex(/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/)
const pageId = fieldId
const choiceValue = fieldId

/** Where a number or a title comes from. `verified: false` marks what nobody has checked against the law in force. */
const source = z.strictObject({ text, verified: z.boolean(), validFrom: day, validTo: day.optional() })

/** A number, a share (`1/2`), a day or the sum of such answers; a missing answer makes the comparison undecided. */
export type Operand =
  | { field: string }
  | { value: string }
  | { today: true }
  /** every answer to these fields, in all rows */
  | { sum: string[] }
  /** a day of the year after (0: in) the one the answer lies in: 15 January of the next year */
  | { day: string; yearOf: string; plusYears: number }
  /** the birth date a tax id carries */
  | { birthDateIn: string }
  /** a day so many days, months and years later, or earlier where negative; a missing day of a month becomes its last */
  | { after: Operand; days?: number | undefined; months?: number | undefined; years?: number | undefined }
  | { calculate: Expression }

const operand: z.ZodType<Operand> = z.lazy(() =>
  z.union([
    z.strictObject({ field: fieldId }),
    z.strictObject({ value: z.string() }),
    z.strictObject({ today: z.literal(true) }),
    z.strictObject({ sum: z.array(fieldId).min(1) }),
    z.strictObject({ day: z.string().regex(/^\d{2}-\d{2}$/), yearOf: fieldId, plusYears: z.int() }),
    z.strictObject({ birthDateIn: fieldId }),
    z.strictObject({
      after: operand,
      days: z.int().optional(),
      months: z.int().optional(),
      years: z.int().optional(),
    }),
    z.strictObject({ calculate: expression }),
  ]),
)

/**
 * A calculation on exact numbers (fractions; never binary floating point). A missing answer makes it undecided, except in `sum`,
 * which leaves missing answers out (0 when there is none), and in `orElse`.
 */
export type Expression =
  | { field: string }
  /** a canonical decimal: `-12.5` */
  | { value: string }
  /** every answer to these fields, in all rows */
  | { sum: string[] }
  /** how many rows a group has */
  | { rows: string }
  /** calendar days from the first day to the second, both counted; below one where they stand the wrong way round */
  | { days: [string, string] }
  | { add: Expression[] }
  | { subtract: [Expression, Expression] }
  | { multiply: Expression[] }
  /** undecided when divided by zero */
  | { divide: [Expression, Expression] }
  | { least: Expression[] }
  | { greatest: Expression[] }
  /** the second where the first is undecided */
  | { orElse: [Expression, Expression] }
  | { if: Condition; then: Expression; else: Expression }

const expression: z.ZodType<Expression> = z.lazy(() =>
  z.union([
    z.strictObject({ field: fieldId }),
    z.strictObject({ value: z.string().regex(/^-?\d+(?:\.\d+)?$/) }),
    z.strictObject({ sum: z.array(fieldId).min(1) }),
    z.strictObject({ rows: fieldId }),
    z.strictObject({ days: z.tuple([fieldId, fieldId]) }),
    z.strictObject({ add: z.array(expression).min(1) }),
    z.strictObject({ subtract: z.tuple([expression, expression]) }),
    z.strictObject({ multiply: z.array(expression).min(1) }),
    z.strictObject({ divide: z.tuple([expression, expression]) }),
    z.strictObject({ least: z.array(expression).min(1) }),
    z.strictObject({ greatest: z.array(expression).min(1) }),
    z.strictObject({ orElse: z.tuple([expression, expression]) }),
    z.strictObject({ if: condition, then: expression, else: expression }),
  ]),
)

/**
 * A question about the answers. Names of fields are looked up in the same row of a repeating group first, then in the form.
 * An undecided condition (an answer is missing) hides what depends on it, and raises no error where it guards a rule.
 */
export type Condition =
  | { field: string; is: string }
  | { field: string; in: string[] }
  | { field: string; contains: string }
  | { field: string; filled: boolean }
  | { compare: [Operand, Comparison, Operand] }
  | { outsideBuiltUpArea: string }
  /** two questions answered alike: the tax an overpayment comes from and the one it goes to */
  | { same: [string, string] }
  /** no two answers to this field, in all rows, are alike */
  | { distinct: string }
  | { all: Condition[] }
  | { any: Condition[] }
  | { not: Condition }

const comparison = z.enum(['<', '<=', '=', '>=', '>'])
export type Comparison = z.infer<typeof comparison>

export const condition: z.ZodType<Condition> = z.lazy(() =>
  z.union([
    z.strictObject({ field: fieldId, is: z.string() }),
    z.strictObject({ field: fieldId, in: z.array(z.string()).min(1) }),
    z.strictObject({ field: fieldId, contains: z.string() }),
    z.strictObject({ field: fieldId, filled: z.boolean() }),
    z.strictObject({ compare: z.tuple([operand, comparison, operand]) }),
    z.strictObject({ outsideBuiltUpArea: fieldId }),
    z.strictObject({ same: z.tuple([fieldId, fieldId]) }),
    z.strictObject({ distinct: fieldId }),
    z.strictObject({ all: z.array(condition).min(1) }),
    z.strictObject({ any: z.array(condition).min(1) }),
    z.strictObject({ not: condition }),
  ]),
)

/** What must hold when the field it stands at is filled in; a `warning` is shown and blocks nothing. */
const rule = z.strictObject({
  id: fieldId,
  level: z.enum(['error', 'warning']),
  must: condition,
  message: text,
})
export type Rule = z.infer<typeof rule>

const prefillSource = z.enum([
  'answer',
  'identity.name',
  'identity.birth-name',
  'identity.mother-name',
  'identity.birth-place',
  'identity.birth-date',
  'contact.email',
  'contact.phone',
  'identity.full-name',
  'settlement.name',
  'today',
  /** by a registered right only: „yes”, by what right, and „yes” to whether it is registered */
  'acting.as-agent',
  'acting.capacity',
  'acting.registered',
  /** „person” or „organisation” */
  'represented.kind',
  'represented.name',
  /** whichever of the two following it has */
  'represented.number',
  'represented.tax-number',
  'represented.tax-id',
  'represented.seat',
  /** the same in one line */
  'represented.seat-line',
])
export type PrefillSource = z.infer<typeof prefillSource>

/**
 * Data known from elsewhere. What comes from the identification (azonosítás) or from the office's register of mandates is locked:
 * shown, not typed, and taken afresh from there whenever the answers are read. `when` says in which case the known data belong here at all.
 */
const prefill = z.strictObject({
  from: prefillSource,
  /** with `answer`: the earlier field whose answer is taken over */
  field: fieldId.optional(),
  locked: z.boolean(),
  when: condition.optional(),
})

const beginningSource = z.enum([
  /** of the taxpayer whose balance was asked: adóazonosító jel, adószám, „person” or „organisation” */
  'tax.tax-id',
  'tax.tax-number',
  'tax.taxpayer-kind',
  /** all overpayments together, and „yes” to whether they are known */
  'tax.overpayment',
  'tax.overpayment-known',
  /** for a mandate that the person lacks: „yes” to acting for somebody, „new”, the rights, and the person as the agent */
  'mandate.as-agent',
  'mandate.action',
  'mandate.rights',
  'mandate.agent-kind',
  'mandate.agent-name',
  'mandate.agent-mother-name',
  'mandate.agent-birth-place',
  'mandate.agent-birth-date',
  /** of the line of the balance that a row of a group begins with */
  'line.tax-type',
  'line.due-on',
  'line.amount',
])
export type BeginningSource = z.infer<typeof beginningSource>

const choice = z.strictObject({ value: choiceValue, label: text, hint: text.optional() })

const everyField = {
  id: fieldId,
  label: text,
  hint: text.optional(),
  /** longer explanation, opened on demand */
  help: text.optional(),
  required: z.boolean().default(true),
  /** what to say when a required answer is missing; without it a general sentence */
  requiredMessage: text.optional(),
  when: condition.optional(),
  prefill: prefill.optional(),
  /** what the answer is at first when the form is begun from a tax balance; an answer as if typed, and nothing is looked up again */
  begins: beginningSource.optional(),
  rules: z.array(rule).default([]),
  width: z.enum(['w-2', 'w-3', 'w-4', 'w-5', 'w-10', 'w-20', 'full']).optional(),
}

/** The data are the reader's own, so the browser may offer them. */
const ownData = { own: z.boolean().default(false) }

const field = z.discriminatedUnion('type', [
  z.strictObject({
    ...everyField,
    type: z.literal('text'),
    maxLength: z.int().positive(),
    /** digits only, at least and at most so many; spaces and hyphens between them are left out */
    digits: z.tuple([z.int().positive(), z.int().positive()]).optional(),
  }),
  z.strictObject({
    ...everyField,
    type: z.literal('long-text'),
    maxLength: z.int().positive(),
    rows: z.int().positive(),
  }),
  z.strictObject({
    ...everyField,
    type: z.literal('number'),
    /** two at most: a separator before three digits is ambiguous */
    decimals: z.int().min(0).max(2),
    min: z.string().optional(),
    max: z.string().optional(),
    suffix: text.optional(),
  }),
  /** whole forints; canonical: `-1500` */
  z.strictObject({
    ...everyField,
    type: z.literal('amount'),
    min: z.string().default('0'),
    max: z.string().optional(),
  }),
  /** computed from other answers, shown and never typed; rounded once, at the end */
  z.strictObject({
    ...everyField,
    required: z.literal(false).default(false),
    type: z.literal('calculated'),
    value: expression,
    decimals: z.int().min(0).max(2).default(0),
    rounding: z.enum(['half-up', 'down', 'up']).default('half-up'),
    /** „Ft”, „m²” */
    suffix: text.optional(),
  }),
  z.strictObject({
    ...everyField,
    ...ownData,
    type: z.literal('date'),
    input: z.enum(['parts', 'text']).default('parts'),
  }),
  /** canonical: `2026-11` */
  z.strictObject({ ...everyField, type: z.literal('month') }),
  /** of the day; canonical: `08:30` */
  z.strictObject({ ...everyField, type: z.literal('time') }),
  z.strictObject({ ...everyField, type: z.literal('yes-no') }),
  z.strictObject({
    ...everyField,
    type: z.literal('choice'),
    choices: z.array(choice).min(2),
    /** `search`: typed, with suggestions; for long lists */
    control: z.enum(['radios', 'select', 'search']).default('radios'),
    /** chosen until somebody chooses else */
    preset: choiceValue.optional(),
  }),
  z.strictObject({ ...everyField, type: z.literal('choices'), choices: z.array(choice).min(2) }),
  z.strictObject({ ...everyField, ...ownData, type: z.literal('name') }),
  z.strictObject({
    ...everyField,
    ...ownData,
    type: z.literal('address'),
    /** the address lies in the settlement the form is sent to: the settlement is fixed, the postal code is one of its own */
    within: z.literal('settlement').optional(),
    /** the parcel number is a field of its own, so the address need not say where the land lies */
    parcelBeside: z.boolean().default(false),
  }),
  z.strictObject({ ...everyField, type: z.literal('foreign-address') }),
  z.strictObject({ ...everyField, ...ownData, type: z.literal('email') }),
  z.strictObject({ ...everyField, ...ownData, type: z.literal('phone') }),
  z.strictObject({ ...everyField, type: z.literal('tax-id') }),
  z.strictObject({ ...everyField, type: z.literal('tax-number') }),
  /** TAJ-szám; canonical: nine digits */
  z.strictObject({ ...everyField, type: z.literal('social-security-number') }),
  /** GIRO (16 or 24 digits in eights) or IBAN; canonical: `12345678-12345678-12345678`, or an IBAN without spaces */
  z.strictObject({ ...everyField, type: z.literal('bank-account') }),
  /** forgalmi rendszám; canonical: `ABC-123`, `AB CD-123` */
  z.strictObject({ ...everyField, type: z.literal('vehicle-plate') }),
  z.strictObject({ ...everyField, type: z.literal('company-register-number') }),
  z.strictObject({ ...everyField, type: z.literal('statistical-number') }),
  z.strictObject({ ...everyField, type: z.literal('parcel-number') }),
  z.strictObject({ ...everyField, type: z.literal('share') }),
  z.strictObject({ ...everyField, type: z.literal('attachment'), multiple: z.boolean().default(false) }),
  z.strictObject({ ...everyField, type: z.literal('declaration') }),
])
export type FieldDefinition = z.infer<typeof field>
export type FieldType = FieldDefinition['type']
export type FieldOf<T extends FieldType> = Extract<FieldDefinition, { type: T }>

/** Rows of the same fields, such as the co-owners (tulajdonostársak) of a parcel. */
const group = z.strictObject({
  type: z.literal('group'),
  id: fieldId,
  label: text,
  /** what one row is called: „tulajdonostárs” */
  rowLabel: text,
  addLabel: text,
  /** what to say when there are fewer rows than `min` */
  requiredMessage: text.optional(),
  hint: text.optional(),
  help: text.optional(),
  min: z.int().min(0),
  max: z.int().min(1).max(50),
  /** begun from a tax balance, the form has a row for each such line of it; `begins` of the fields says what goes where */
  begins: z.enum(['tax.arrears', 'tax.overpayments']).optional(),
  /** each row is filled in on a page of its own, and the form's page lists the rows; for rows of more than a few fields */
  rowPages: z.boolean().default(false),
  when: condition.optional(),
  rules: z.array(rule).default([]),
  fields: z.array(field).min(1),
})
export type GroupDefinition = z.infer<typeof group>
export type ItemDefinition = FieldDefinition | GroupDefinition

const page = z.strictObject({
  /** part of the address, hence Hungarian without accents */
  id: pageId,
  title: text,
  intro: z.array(text).default([]),
  when: condition.optional(),
  items: z.array(z.discriminatedUnion('type', [field, group])).min(1),
})
export type PageDefinition = z.infer<typeof page>

/** The municipality's areas of business (ágazatok), in the order they are shown. */
export const sectors = [
  'tax',
  'industry-trade',
  'probate',
  'possession',
  'civil-registry',
  'social',
  'general',
] as const
export type Sector = (typeof sectors)[number]

/** In whose name somebody acts (eljárás módja, szerepkör). */
export const mannersOfActing = [
  'self',
  'company',
  'self-as-sole-trader',
  'sole-trader',
  'other-person',
  'public-body',
] as const
export type MannerOfActing = (typeof mannersOfActing)[number]

/** What happens in somebody's life that a form belongs to (élethelyzetek), in the order they are shown. */
export const lifeEvents = [
  'moving-house',
  'starting-business',
  'closing-business',
  'death-in-family',
  'neighbour-dispute',
  'starting-family',
  'home-and-land',
  'financial-difficulty',
  'tourism',
] as const
export type LifeEvent = (typeof lifeEvents)[number]

const fee = z.strictObject({ amountHuf: z.int().nonnegative(), note: text, source })
export type Fee = z.infer<typeof fee>

export const formDefinition = z.strictObject({
  code: fieldId,
  version: z.int().positive(),
  /** `at-once`: from this version on no older one can be sent in; without it what was begun may be finished as it was begun */
  replaces: z.literal('at-once').optional(),
  sector: z.enum(sectors),
  /** the specialist system (szakrendszer) that may take the registered case over */
  system: z.enum(specialistSystems).nullable(),
  title: text,
  /** one sentence for lists and search results */
  summary: text,
  /** words people search by besides those of the title */
  searchWords: z.strictObject({ hu: z.array(sentence), en: z.array(sentence) }),
  lifeEvents: z.array(z.enum(lifeEvents)).default([]),
  purpose: z.array(text).min(1),
  audience: z.array(text).min(1),
  needs: z.array(text).min(1),
  consequences: z.array(text).default([]),
  /** by when the citizen must send it in; a sentence, since it hangs on a life event */
  clientDeadline: text.optional(),
  /** calendar days the office has, from the day of submission */
  deadlineDays: z.int().positive(),
  deadlineSource: source,
  /** each with the days it holds; on a day no fee holds, nothing is said of fees */
  fees: z.array(fee),
  /** accepted only from and to these days, both included */
  open: z.strictObject({ from: day.optional(), to: day.optional() }).optional(),
  /** class of the filing plan (irattári tétel): how long the office keeps it; null years: not disposable */
  retention: z.strictObject({ class: z.string(), years: z.int().positive().nullable(), source }),
  manners: z.array(z.enum(mannersOfActing)).min(1),
  pages: z.array(page).min(1),
})
export type FormDefinition = z.infer<typeof formDefinition>
