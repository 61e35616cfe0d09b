/** What goes to a specialist system and what it answers, as openapi.json beside this file describes it. */
import { z } from 'zod'
import type { CaseHandover } from './contract.ts'

export function caseAddress(url: string, { settlementCode, system }: CaseHandover): URL {
  const base = url.endsWith('/') ? url : `${url}/`
  return new URL(`${encodeURIComponent(settlementCode)}/${encodeURIComponent(system)}/cases`, base)
}

export function caseBody(handover: CaseHandover): Record<string, unknown> {
  return {
    caseId: handover.caseId,
    fileNumber: handover.fileNumber,
    arrivalNumber: handover.arrivalNumber,
    form: { code: handover.formCode, version: handover.formVersion },
    submittedAt: handover.submittedAt.toISOString(),
    dueOn: handover.dueOn ?? null,
    answers: handover.answers,
    attachments: handover.attachments.map(({ name, mediaType, sizeBytes, sha256 }) => ({
      name,
      mediaType,
      sizeBytes,
      sha256,
    })),
  }
}

/** 201 when the case was taken over now, 200 when it had been before. */
export const takenOver = z.object({ reference: z.string().trim().min(1).max(100) })
