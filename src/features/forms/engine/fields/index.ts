import type { FieldDefinition, FieldType } from '../definition.ts'
import { address, foreignAddress } from './address.ts'
import { attachment } from './attachment.ts'
import { choice, declaration, severalChoices, yesNo } from './choices.ts'
import { date, month, time } from './day.ts'
import type { FieldKind, KindOfField } from './field-kind.ts'
import {
  bankAccount,
  companyRegisterNumber,
  email,
  parcelNumber,
  phone,
  share,
  socialSecurityNumber,
  statisticalNumber,
  taxId,
  taxNumber,
  vehiclePlate,
} from './identifiers.ts'
import { name } from './name.ts'
import { amount, calculated, number } from './numbers.ts'
import { longText, text } from './texts.ts'

/** The types of fields there are. A new one is an entry here and, if it looks like none of them, a macro. */
const kinds: { [Type in FieldType]: FieldKind<Type> } = {
  text,
  'long-text': longText,
  number,
  amount,
  calculated,
  date,
  month,
  time,
  'yes-no': yesNo,
  choice,
  choices: severalChoices,
  name,
  address,
  'foreign-address': foreignAddress,
  email,
  phone,
  'tax-id': taxId,
  'tax-number': taxNumber,
  'social-security-number': socialSecurityNumber,
  'bank-account': bankAccount,
  'vehicle-plate': vehiclePlate,
  'company-register-number': companyRegisterNumber,
  'statistical-number': statisticalNumber,
  'parcel-number': parcelNumber,
  share,
  attachment,
  declaration,
}

export function kindOf(field: FieldDefinition): KindOfField<FieldDefinition> {
  return kinds[field.type]
}
