/**
 * The words of a tax account (adószámla). All amounts are whole forints; what is owed is positive, what lessens it negative.
 */

/**
 * Title of a booking (jogcím): assessment (előírás), cancellation (törlés), payment (befizetés), transfer from and to another tax
 * (átvezetés), refund (visszatérítés), late interest (késedelmi pótlék).
 */
export const bookingTitles = [
  'assessment',
  'cancellation',
  'payment',
  'transfer-in',
  'transfer-out',
  'refund',
  'interest',
] as const
export type BookingTitle = (typeof bookingTitles)[number]

/** One booking (könyvelési tétel); days are YYYY-MM-DD. */
export interface Booking {
  bookedOn: string
  /** the day by which it is to be paid, as the register has it (before moving to a working day) */
  dueOn: string | null
  /** the day that counts: when the payer's account was debited */
  valueOn: string | null
  title: BookingTitle
  document: string
  taxYear: number
  amountHuf: number
}

/** Something owed that is not met yet, wholly or in part; `dueOn` is the working day on which it is due at last. */
export interface OpenItem {
  dueOn: string
  amountHuf: number
  taxYear: number
}
