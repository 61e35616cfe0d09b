import type { FieldDefinition, FieldType } from '../definition.ts'
import { address, foreignAddress } from './address.ts'
import { attachment } from './attachment.ts'
import { choice, declaration, severalChoices, yesNo } from './choices.ts'
import { date } from './day.ts'
import type { FieldKind, KindOfField } from './field-kind.ts'
import {
  companyRegisterNumber,
  email,
  parcelNumber,
  phone,
  share,
  statisticalNumber,
  taxId,
  taxNumber,
} from './identifiers.ts'
import { name } from './name.ts'
import { longText, number, text } from './texts.ts'

/** The types of fields there are. A new one is an entry here and, if it looks like none of them, a macro. */
const kinds: { [Type in FieldType]: FieldKind<Type> } = {
  text,
  'long-text': longText,
  number,
  date,
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
