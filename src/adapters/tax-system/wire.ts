/** What goes to the tax specialist system and what it answers, as openapi.json beside this file describes it. */
import { z } from 'zod'
import { type TaxBirthData, taxMandate, taxpayerBooks } from './contract.ts'

/** Whom it is about stands in the body, since addresses end up in logs. */
export function booksAddress(url: string, { settlementCode }: { settlementCode: string }): URL {
  return new URL(`settlements/${encodeURIComponent(settlementCode)}/taxpayers/search`, withSlash(url))
}

export function booksBody({ taxNumber }: { taxNumber: string }) {
  return { taxNumber }
}

export function mandatesAddress(url: string): URL {
  return new URL('mandates/search', withSlash(url))
}

export function mandatesBody(asked: { settlementCodes: readonly string[]; representative: TaxBirthData }) {
  const { birthFamilyName, birthGivenName, motherFamilyName, motherGivenName, birthPlace, birthDate } =
    asked.representative
  return {
    settlements: [...asked.settlementCodes],
    representative: { birthFamilyName, birthGivenName, motherFamilyName, motherGivenName, birthPlace, birthDate },
  }
}

/** The moment of the books, and everybody under the number. */
export const booksAnswer = z.object({
  asOf: z.iso.datetime({ offset: true }).transform((moment) => new Date(moment)),
  taxpayers: z.array(taxpayerBooks).max(20),
})

export const mandatesAnswer = z.object({
  settlements: z
    .array(z.object({ settlement: z.string().regex(/^\d{5}$/), mandates: z.array(taxMandate).max(5_000) }))
    .max(3_200),
})

function withSlash(url: string): string {
  return url.endsWith('/') ? url : `${url}/`
}
