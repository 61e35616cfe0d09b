import { type FileKind, fileKinds } from '../../platform/files/file-kind.ts'

/**
 * How much may be attached, kept and sent. The one place of these figures; a form or a settlement may ask for less or other,
 * never by an `if` in the code.
 */
export interface SubmissionLimits {
  attachment: {
    kinds: readonly FileKind[]
    fileBytes: number
    /** of one submission */
    totalBytes: number
    files: number
    /** of one party, in all its drafts */
    unsubmittedBytes: number
  }
  draft: {
    /** kept after the last change */
    days: number
    /** days before its end from which the person is told */
    warnDays: number
    /** open at the same time */
    count: number
  }
}

export interface LimitOverride {
  formCode?: string
  settlementId?: number
  attachment?: Partial<SubmissionLimits['attachment']>
  draft?: Partial<SubmissionLimits['draft']>
}

const mebibyte = 1_048_576

export const defaultLimits: SubmissionLimits = {
  attachment: {
    kinds: fileKinds,
    fileBytes: 10 * mebibyte,
    totalBytes: 25 * mebibyte,
    files: 20,
    unsubmittedBytes: 200 * mebibyte,
  },
  draft: { days: 90, warnDays: 7, count: 50 },
}

/** The limits for a form in a settlement; of several overrides that apply the later one counts. */
export function limitsFor(
  { formCode, settlementId }: { formCode: string; settlementId: number },
  overrides: readonly LimitOverride[] = [],
): SubmissionLimits {
  const applying = overrides.filter(
    (one) =>
      (one.formCode === undefined || one.formCode === formCode) &&
      (one.settlementId === undefined || one.settlementId === settlementId),
  )
  return applying.reduce<SubmissionLimits>(
    (limits, { attachment, draft }) => ({
      attachment: { ...limits.attachment, ...attachment },
      draft: { ...limits.draft, ...draft },
    }),
    defaultLimits,
  )
}

/** What no form anywhere may exceed: as much of an upload as is read before anybody knows which form it is for. */
export function largestUpload(overrides: readonly LimitOverride[] = []): { fileBytes: number; totalBytes: number } {
  const all = [defaultLimits.attachment, ...overrides.flatMap(({ attachment }) => attachment ?? [])]
  return {
    fileBytes: Math.max(...all.map(({ fileBytes = 0 }) => fileBytes)),
    totalBytes: Math.max(...all.map(({ totalBytes = 0 }) => totalBytes)),
  }
}
