/**
 * The tax specialist system of municipalities (adó szakrendszer): what a settlement's tax register says of taxpayers and of those
 * who may act for them before the tax authority. A municipality answers over HTTP, or delivers the same in files.
 *
 * Days are YYYY-MM-DD, amounts whole forints; what is owed is positive, what lessens it negative.
 */
import { z } from 'zod'

/** Control characters are in no name and no number; NUL the database would not even take. */
const line = (longest: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(longest)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
    .regex(/^[^\u0000-\u001f\u007f]*$/u, 'control characters')
const day = z.iso.date().refine((value) => value >= '1900-01-01' && value <= '2199-12-31', 'a day of another time')
const key = z
  .string()
  .max(80)
  .regex(/^[\p{L}\p{N}][\p{L}\p{N}._/-]*$/u, 'letters, digits, dots, hyphens and slashes')
const taxType = z.string().regex(/^[a-z0-9-]{1,40}$/, 'small letters, digits and hyphens')

/** The natural identity data (természetes személyazonosító adatok) by which a person is known, apart from the present name. */
export const taxBirthData = z.strictObject({
  birthFamilyName: line(200),
  birthGivenName: line(200),
  motherFamilyName: line(200),
  motherGivenName: line(200),
  birthPlace: line(200),
  birthDate: day,
})

const partyKind = z.enum(['person', 'sole-trader', 'company', 'public-body'])

/** One booking of a tax account (könyvelési tétel). */
export const taxBooking = z
  .strictObject({
    bookedOn: day,
    /** the day by which it is to be paid, before it moves to a working day */
    dueOn: day.nullable(),
    /** the day that counts: when the payer's account was debited */
    valueOn: day.nullable(),
    title: z.enum(['assessment', 'cancellation', 'payment', 'transfer-in', 'transfer-out', 'refund', 'interest']),
    document: line(100),
    taxYear: z.int().min(1991).max(2199),
    amountHuf: z.int().min(-1_000_000_000_000).max(1_000_000_000_000),
  })
  .refine(
    ({ title, amountHuf }) =>
      ['cancellation', 'payment', 'transfer-in'].includes(title) ? amountHuf < 0 : amountHuf > 0,
    { path: ['amountHuf'], message: 'the sign does not fit the title' },
  )

const taxAccountHead = z.strictObject({
  /** code of the tax type (adónem) */
  taxType,
  /** the collection account (beszedési számla) it is paid to, with or without hyphens */
  bankAccount: z.string().max(40),
  payee: line(70).nullable(),
  bic: z
    .string()
    .regex(/^[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?$/, 'a BIC has 8 or 11 signs')
    .nullable(),
  /** up to which day the authority itself has booked late interest */
  interestBookedUntil: day.nullable(),
})

const taxpayerHead = z.strictObject({
  /** the authority's own number of the taxpayer (adózó mutató száma) */
  registerKey: key,
  kind: partyKind,
  name: line(200),
  address: line(300),
  /** adóazonosító jel of a person, adószám of everybody else; null where the register has none */
  taxNumber: z.string().min(8).max(20).nullable(),
  /** of persons and sole traders, where the register has them; null otherwise */
  birthData: taxBirthData.nullable(),
})

/** A tax account with everything booked on it. */
export const taxAccountBooks = taxAccountHead.extend({ bookings: z.array(taxBooking).max(20_000) })

/** A taxpayer with everything the register has on the taxpayer's accounts. */
export const taxpayerBooks = taxpayerHead.extend({ accounts: z.array(taxAccountBooks).max(100) })

/** The same without what is listed below it. */
export const taxpayerAlone = taxpayerHead
export const taxAccountAlone = taxAccountHead

/** The right to act for a taxpayer as the tax register has it (bejegyzett képviselet). */
export const taxMandate = z
  .strictObject({
    /** the register's own name for the entry */
    key,
    party: z.strictObject({ kind: partyKind, name: line(200), taxNumber: z.string().min(8).max(20) }),
    representative: taxBirthData.extend({ name: line(200) }),
    kind: z.enum(['statutory', 'permanent', 'single', 'employee']),
    rights: z
      .array(z.enum(['submit', 'read-cases', 'read-tax']))
      .min(1)
      .max(3),
    /** codes of the tax types whose balance may be read; empty: all */
    taxTypes: z.array(taxType).max(50),
    validFrom: day,
    /** the last day on which it holds; null: until it is revoked */
    validUntil: day.nullable(),
  })
  .refine(({ validFrom, validUntil }) => validUntil === null || validFrom <= validUntil, {
    path: ['validUntil'],
    message: 'ends before it begins',
  })

export type TaxBirthData = z.infer<typeof taxBirthData>
export type TaxBooking = z.infer<typeof taxBooking>
export type TaxpayerBooks = z.infer<typeof taxpayerBooks>
export type TaxpayerAlone = z.infer<typeof taxpayerAlone>
export type TaxAccountAlone = z.infer<typeof taxAccountAlone>
export type TaxMandate = z.infer<typeof taxMandate>

export interface TaxSystem {
  /**
   * The books of everybody the settlement's register knows under a tax number: nobody, one, or several (a person and the same one
   * as a sole trader).
   *
   * @param settlementCode KSH code, five digits
   * @throws OutsideSystemDown when it does not answer in two tries of 2 s
   */
  findBooks(asked: { settlementCode: string; taxNumber: string }): Promise<{ asOf: Date; taxpayers: TaxpayerBooks[] }>
  /**
   * The rights of a representative in these settlements, those that have ended left out.
   *
   * @throws OutsideSystemDown when it does not answer in two tries of 2 s
   */
  findMandates(asked: {
    settlementCodes: readonly string[]
    representative: TaxBirthData
  }): Promise<{ settlementCode: string; mandates: TaxMandate[] }[]>
}
