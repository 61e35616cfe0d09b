/**
 * The specialist systems (szakrendszerek) of municipal administration: one per sector, which take a registered case over.
 */
export const specialistSystems = [
  'tax',
  'industry-trade',
  'probate',
  'possession',
  'civil-registry',
  'social',
  'finance',
] as const
export type SpecialistSystem = (typeof specialistSystems)[number]

/** A registered case as it is handed over. Instants are ISO 8601 in UTC, days YYYY-MM-DD. */
export interface CaseHandover {
  /** idempotency key: the same case again is taken over once */
  caseId: string
  /** KSH code of the settlement, five digits */
  settlementCode: string
  system: SpecialistSystem
  fileNumber: string
  arrivalNumber: string
  formCode: string
  formVersion: number
  submittedAt: Date
  dueOn: string | undefined
  answers: unknown
  attachments: { name: string; mediaType: string; sizeBytes: number; sha256: string }[]
}

export interface SpecialistSystems {
  /**
   * Hands a case over and gives back the system's own reference.
   * @throws OutsideSystemDown when the system does not take it over within 10 s
   */
  takeOver(handover: CaseHandover): Promise<{ reference: string }>
}
