import { z } from 'zod'
import { specialistSystems } from '../../adapters/specialist-systems/contract.ts'

const day = z.iso.date()
const text = z.strictObject({ hu: z.string().min(1).max(1000), en: z.string().min(1).max(1000) })
const slug = z
  .string()
  .max(100)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'small letters and digits without accents, joined by hyphens')

/**
 * Roles the office gives its people: records clerk (iktató), case worker (ügyintéző), and administrator of forms (űrlapgazda), who
 * has nothing to do with cases by that.
 */
export const clerkRoles = ['records_clerk', 'case_worker', 'administrator'] as const

const clerk = z.strictObject({
  /** the identification agent's name for itself; without it the one the portal works with */
  issuer: z.url().optional(),
  /** the agent's opaque identifier of the person */
  subject: z.string().min(1).max(255),
  name: z.string().min(1).max(200),
  roles: z.array(z.enum(clerkRoles)).min(1),
  validFrom: day.optional(),
})

const key = z.string().regex(/^[a-z0-9][a-z0-9-]{0,79}$/, 'small letters, digits and hyphens')
const line = z.string().min(1).max(200)

/** Somebody who can be acted for (képviselt): a person by the tax id (adóazonosító jel), others by the tax number (adószám). */
const party = z.strictObject({
  /** the office's own name for the entry */
  key,
  kind: z.enum(['person', 'sole-trader', 'company', 'public-body']),
  name: line,
  taxNumber: z.string().min(8).max(20),
  seat: z
    .strictObject({
      postalCode: z.string().regex(/^[1-9]\d{3}$/, 'four digits'),
      settlement: line,
      street: line,
      streetType: line,
      houseNumber: line,
    })
    .optional(),
})

const scopeOfMandate = z.union([
  z.literal('everything'),
  z
    .strictObject({ sectors: z.array(key).default([]), forms: z.array(key).default([]) })
    .refine(({ sectors, forms }) => sectors.length + forms.length > 0, 'covers nothing'),
])

/**
 * A right to act for a party (képviseleti jog), from the office's register of representatives or from the assignment of a person to an
 * organisation (személy–szervezet összerendelés): the representative is named by the data of birth, since there may be no account. */
const mandate = z.strictObject({
  key,
  /** key of the party */
  party: key,
  representative: z.strictObject({
    birthFamilyName: line,
    birthGivenName: line,
    motherFamilyName: line,
    motherGivenName: line,
    birthPlace: line,
    birthDate: day,
  }),
  kind: z.enum(['statutory', 'permanent', 'single', 'employee']),
  source: z.enum(['office', 'assignment']).default('office'),
  scope: scopeOfMandate,
  /** sending, reading what was sent and reading tax balances are separate rights */
  rights: z
    .array(z.enum(['submit', 'read-cases', 'read-tax']))
    .min(1)
    .default(['submit', 'read-cases']),
  /** codes of the tax types whose balance may be read; without them all */
  taxTypes: z.array(z.string().regex(/^[a-z0-9-]{1,40}$/)).default([]),
  validFrom: day,
  /** the last day on which it holds */
  validUntil: day.optional(),
})

const servedSettlement = z
  .strictObject({
    kshCode: z.string().regex(/^\d{5}$/, 'five digits'),
    /** since when the office serves it */
    servedFrom: day,
    /** since when the portal is open for it */
    joinedOn: day,
    registerPrefix: z.string().regex(/^[\p{Lu}\d]{1,12}$/u, 'one to twelve capital letters or digits'),
    systems: z.array(z.strictObject({ system: z.enum(specialistSystems), introducedOn: day })),
    /**
     * codes of the forms the settlement accepts; without them all there are (központi űrlapkészlet). What the office's
     * administrator of forms has switched in the portal is left as it is.
     */
    forms: z.union([z.literal('all'), z.array(z.string().regex(/^[a-z0-9-]{1,80}$/))]).default('all'),
    /**
     * where the settlement's tax data come from: files it delivers, or its tax specialist system (adó szakrendszer); without it no tax
     * balance is offered
     */
    tax: z.strictObject({ source: z.enum(['files', 'system']) }).optional(),
    parties: z.array(party).default([]),
    mandates: z.array(mandate).default([]),
  })
  .refine(({ parties }) => allDifferent(parties.map(({ key }) => key)), 'a party stands there twice')
  .refine(({ mandates }) => allDifferent(mandates.map(({ key }) => key)), 'a mandate stands there twice')
  .refine(
    ({ parties, mandates }) => mandates.every((one) => parties.some((other) => other.key === one.party)),
    'a mandate names a party that does not stand there',
  )

/**
 * What an office tells the portal of itself: address, opening hours, the settlements it serves with what each offers and who
 * may act for whom there, and who works there. One JSON file an office; the whole truth, so what is not in it ends.
 */
export const officeFile = z
  .strictObject({
    slug,
    name: z.string().min(3).max(200),
    postalCode: z.string().regex(/^[1-9]\d{3}$/, 'four digits'),
    city: z.string().min(2).max(100),
    streetAddress: z.string().min(3).max(200),
    phone: z.string().min(5).max(50).optional(),
    email: z.email().max(254).optional(),
    openingHours: z.array(z.strictObject({ days: text, hours: z.string().min(1).max(100) })).max(14),
    note: text.optional(),
    settlements: z.array(servedSettlement).min(1),
    clerks: z.array(clerk),
  })
  .refine(
    ({ settlements }) => allDifferent(settlements.map(({ kshCode }) => kshCode)),
    'a settlement stands there twice',
  )
  .refine(
    ({ clerks }) => allDifferent(clerks.map(({ issuer, subject }) => `${issuer} ${subject}`)),
    'a clerk stands there twice',
  )
  .refine(
    ({ settlements }) => settlements.every(({ systems }) => allDifferent(systems.map(({ system }) => system))),
    'a specialist system stands there twice',
  )

export type OfficeFile = z.infer<typeof officeFile>
export type OfficeParty = OfficeFile['settlements'][number]['parties'][number]
export type OfficeMandate = OfficeFile['settlements'][number]['mandates'][number]
export type OfficeClerk = Pick<OfficeFile['clerks'][number], 'subject' | 'name' | 'roles'> & {
  issuer: string
  validFrom: string | undefined
}

function allDifferent(values: readonly string[]): boolean {
  return new Set(values).size === values.length
}
