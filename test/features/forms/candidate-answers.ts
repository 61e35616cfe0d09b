/** Right answers to a field by its type, the usual one first; undefined for one that may be left empty. */
import type { Answer, FormContext } from '../../../src/features/forms/engine/answers.ts'
import { isDay, later } from '../../../src/features/forms/engine/calendar-day.ts'
import type { FieldDefinition } from '../../../src/features/forms/engine/definition.ts'
import { kindOf } from '../../../src/features/forms/engine/fields/index.ts'
import { addQuantities, readQuantity, roundQuantity } from '../../../src/features/forms/engine/quantity.ts'
import {
  checkBankAccount,
  checkStatisticalNumber,
  checkTaj,
  checkTaxNumber,
} from '../../../src/features/identifiers/index.ts'
import { people } from '../../cast/people.ts'

/** @param constants numbers and days the form decides by */
export function candidatesFor(
  field: FieldDefinition,
  constants: readonly string[],
  context: FormContext,
): readonly (Answer | undefined)[] {
  const right = rightAnswers(field, constants, context).filter(
    (answer) => kindOf(field).parse(field, answer, context).state === 'right',
  )
  return field.required ? right : [...right, undefined]
}

function rightAnswers(field: FieldDefinition, constants: readonly string[], context: FormContext): Answer[] {
  const { settlement } = context
  switch (field.type) {
    case 'text':
      return field.digits ? digits(field.digits, constants) : texts.map((text) => text.slice(0, field.maxLength))
    case 'long-text':
      return ['Az első sor.\nA második sor.', 'Rövid leírás.'].map((text) => text.slice(0, field.maxLength))
    case 'number':
    case 'amount':
      return numbers(field, constants)
    case 'date':
      return days(constants, context)
    case 'month':
      return [...new Set(days(constants, context).map((day) => day.slice(0, 7)))]
    case 'time':
      return ['08:00', '12:00', '13:00', '16:30', '20:00', '22:00', '23:30', '06:00', '00:30']
    case 'yes-no':
      return ['no', 'yes']
    case 'choice':
      return field.choices.map(({ value }) => value)
    case 'choices': {
      const values = field.choices.map(({ value }) => value)
      return [
        ...values.map((value) => [value]),
        ...values.slice(1).map((value, at) => [values[at] ?? value, value]),
        values,
      ]
    }
    case 'name':
      return [
        { family: 'Mintás', given: 'Péter' },
        { family: 'Próbás', given: 'Éva' },
        { family: 'Teszt-Kovács', given: 'Őrs' },
      ]
    case 'address':
      return ['Fő', 'Kossuth Lajos', 'Arany János'].map((street, at) => ({
        postalCode: settlement.postalCodes[0] ?? '2367',
        settlement: settlement.name,
        street,
        streetType: 'utca',
        houseNumber: `${String(at + 1)}.`,
      }))
    case 'foreign-address':
      return [
        { country: 'Ausztria', lines: '1010 Wien, Stephansplatz 1' },
        { country: 'Szlovákia', lines: '811 01 Bratislava, Hlavná 2' },
      ]
    case 'email':
      return ['minta.peter@example.hu', 'proba.eva@example.hu']
    case 'phone':
      return ['+36301234567', '+36209876543']
    case 'tax-id':
      return taxIds
    case 'tax-number':
      return taxNumbers
    case 'social-security-number':
      return socialSecurityNumbers
    case 'bank-account':
      return bankAccounts
    case 'vehicle-plate':
      return ['ABC-123', 'DEF-456', 'AB CD-123']
    case 'company-register-number':
      return ['0109123456', '1309654321']
    case 'statistical-number':
      return statisticalNumbers
    case 'parcel-number':
      return ['123/4', '045/12', '678']
    case 'share':
      return ['1/1', '1/2', '1/3', '1/4']
    case 'declaration':
      return ['yes']
    case 'attachment':
    case 'calculated':
      return []
  }
}

const texts = ['Próba', 'Másik', 'Harmadik', 'Negyedik']

function digits([least, most]: readonly [number, number], constants: readonly string[]): string[] {
  const written = constants.flatMap((constant) => around(constant, 0))
  const filled = ['1', '2', '3', '9'].flatMap((digit) => [digit.repeat(least), digit.repeat(most)])
  const years = ['2010', '2020', '1850', '2150']
  return [...new Set([...filled, ...years, ...written])].filter(
    (value) => /^[0-9]+$/.test(value) && value.length >= least && value.length <= most,
  )
}

function numbers(
  field: Extract<FieldDefinition, { type: 'number' | 'amount' }>,
  constants: readonly string[],
): string[] {
  const decimals = field.type === 'number' ? field.decimals : 0
  const limits = [field.min, field.max].filter((limit) => limit !== undefined)
  const usual = ['10', '1', '2', '3', '0', '5', '30', '100', '1000', '100000', '1000000', ...limits]
  return [...new Set([...usual, ...[...constants, ...limits].flatMap((constant) => around(constant, decimals))])]
}

/** A number, and the ones just below and above. */
function around(constant: string, decimals: number): string[] {
  const number = readQuantity(constant)
  if (number === undefined) return []
  return [-1n, 0n, 1n].flatMap(
    (step) => roundQuantity(addQuantities([number, { numerator: step, denominator: 1n }]), decimals, 'down') ?? [],
  )
}

function days(constants: readonly string[], { today, identity }: FormContext): string[] {
  const distances = [-1, 0, 1, -8, -9, -15, -16, -30, -31, -90, 10, 30, 60, 100]
  const years = [-1, -2, -5, -10, -15, -17, -18, -19, -22, -24, -26, -30, -70, 1, 2, 5, 6]
  const near = [
    ...distances.map((distance) => later(today, { days: distance })),
    ...years.map((distance) => later(today, { years: distance })),
    ...years.map((distance) => later(`${today.slice(0, 4)}-01-01`, { years: distance })),
    `${today.slice(0, 4)}-01-01`,
    `${today.slice(0, 4)}-12-31`,
  ].filter((day) => day !== undefined)
  return [...new Set([...near, ...(identity ? [identity.birthDate] : []), ...constants.filter(isDay)])]
}

/** Made by counting up until so many are right. */
function counted(count: number, make: (number: number) => string, isRight: (made: string) => boolean): string[] {
  const found: string[] = []
  for (let number = 1; found.length < count; number++) {
    const made = make(number)
    if (isRight(made)) found.push(made)
  }
  return found
}

const padded = (number: number, length: number) => String(number).padStart(length, '0')
const taxIds = people.map(({ taxId }) => taxId)
const taxNumbers = counted(
  4,
  (number) => `${padded(12_345_600 + number, 8)}213`,
  (made) => checkTaxNumber(made).ok,
)
const socialSecurityNumbers = counted(
  6,
  (number) => padded(123_456_000 + number, 9),
  (made) => checkTaj(made).ok,
)
const statisticalNumbers = counted(
  3,
  (number) => `${padded(12_345_600 + number, 8)}471111301`,
  (made) => checkStatisticalNumber(made).ok,
)
const bankAccounts = counted(
  4,
  (number) => `1170000${String(number % 10)}${padded(20_000_000 + Math.floor(number / 10), 8)}`,
  (made) => checkBankAccount(made).ok,
).map((made) => `${made.slice(0, 8)}-${made.slice(8)}`)
