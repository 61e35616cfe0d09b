import {
  checkBankAccount,
  checkCompanyRegisterNumber,
  checkEmail,
  checkParcelNumber,
  checkPhone,
  checkStatisticalNumber,
  checkTaj,
  checkTaxId,
  checkTaxNumber,
  checkVehiclePlate,
  groupBankAccount,
  groupCompanyRegisterNumber,
  groupPhone,
  groupStatisticalNumber,
  groupTaj,
  groupTaxNumber,
  type Verdict,
} from '../../../identifiers/index.ts'
import type { FormContext } from '../answers.ts'
import type { FieldType } from '../definition.ts'
import { compareQuantities, readQuantity } from '../quantity.ts'
import { asText, type Control, empty, type FieldKind, right, wrong } from './field-kind.ts'

type IdentifierField = Extract<
  FieldType,
  | 'email'
  | 'phone'
  | 'tax-id'
  | 'tax-number'
  | 'social-security-number'
  | 'bank-account'
  | 'vehicle-plate'
  | 'company-register-number'
  | 'statistical-number'
  | 'parcel-number'
>
type Look = Omit<Extract<Control, { macro: 'text' }>, 'macro' | 'value'>

/** A number or address with a form of its own; grouped for reading, kept without separators. */
function identifier<Type extends IdentifierField>(
  type: Type,
  check: (typed: string, context: FormContext) => Verdict<string>,
  group: (value: string) => string,
  look: Look,
  own: Look = {},
): FieldKind<Type> {
  return {
    read: (_field, posted, name) => posted.line(name),
    parse(_field, answer, context) {
      const verdict = check(asText(answer), context)
      if (verdict.ok) return right(verdict.value)
      return verdict.reason === 'required' ? empty : wrong(`identifiers.${type}.${verdict.reason}`)
    },
    show: (_field, value) => [group(asText(value))],
    control(field, answer, _wording, context) {
      const typed = asText(answer)
      const verdict = check(typed, context)
      const ownLook = 'own' in field && field.own ? own : {}
      return { macro: 'text', value: verdict.ok ? group(verdict.value) : typed, spellcheck: false, ...look, ...ownLook }
    },
  }
}

const asItIs = (value: string) => value

export const email = identifier(
  'email',
  checkEmail,
  asItIs,
  { type: 'email', width: 'full' },
  { autocomplete: 'email' },
)
export const phone = identifier(
  'phone',
  checkPhone,
  groupPhone,
  { type: 'tel', width: 'w-20' },
  { autocomplete: 'tel' },
)
export const taxId = identifier('tax-id', (typed, { today }) => checkTaxId(typed, today), asItIs, {
  inputmode: 'numeric',
  width: 'w-10',
})
export const taxNumber = identifier('tax-number', checkTaxNumber, groupTaxNumber, { width: 'w-20' })
export const socialSecurityNumber = identifier('social-security-number', checkTaj, groupTaj, {
  inputmode: 'numeric',
  width: 'w-10',
})
export const bankAccount = identifier('bank-account', checkBankAccount, groupBankAccount, { width: 'full' })
export const vehiclePlate = identifier('vehicle-plate', checkVehiclePlate, asItIs, { width: 'w-10' })
export const companyRegisterNumber = identifier(
  'company-register-number',
  checkCompanyRegisterNumber,
  groupCompanyRegisterNumber,
  { width: 'w-20' },
)
export const statisticalNumber = identifier('statistical-number', checkStatisticalNumber, groupStatisticalNumber, {
  width: 'w-20',
})
export const parcelNumber = identifier('parcel-number', checkParcelNumber, asItIs, { width: 'w-10' })

/** A share of ownership (tulajdoni hányad) as in the land register: `1/2`, not shortened. */
export const share: FieldKind<'share'> = {
  read: (_field, posted, name) => posted.line(name),
  parse(_field, answer) {
    const typed = asText(answer).replaceAll(/\s/gu, '')
    if (typed === '') return empty
    const [, numerator, denominator] = /^0*([0-9]{1,9})\/0*([0-9]{1,9})$/.exec(typed) ?? []
    if (numerator === undefined || denominator === undefined) return wrong('forms.errors.share.format')
    const value = readQuantity(`${numerator}/${denominator}`)
    if (!value || value.numerator === 0n) return wrong('forms.errors.share.zero')
    if (compareQuantities(value, { numerator: 1n, denominator: 1n }) > 0) return wrong('forms.errors.share.over-one')
    return right(`${numerator}/${denominator}`)
  },
  show: (_field, value) => [asText(value)],
  control: (_field, answer) => ({ macro: 'text', value: asText(answer), width: 'w-10', spellcheck: false }),
}
