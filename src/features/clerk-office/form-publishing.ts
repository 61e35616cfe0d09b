import { isDeepStrictEqual } from 'node:util'
import { recordAudit } from '../../platform/audit/index.ts'
import { type Db, inScope, type Tx } from '../../platform/database.ts'
import { NotFound, NotSignedIn } from '../../platform/http/errors.ts'
import {
  closeForm,
  type FormCatalogue,
  type FormDefinition,
  findSettlementForms,
  type LocalTerms,
  lockSettlementForm,
  noLocalTerms,
  openForm,
  saveLocalTerms,
} from '../forms/index.ts'
import { holdSession } from '../session/index.ts'
import type { ClerkActing, Done } from './case-acts.ts'
import { asFormAdministrator, auditedAsClerk, type Clerk, officeScopeOf } from './rights.ts'

/** A form of the central set, and how it stands in one settlement. */
export interface AdministeredForm {
  definition: FormDefinition
  /** whether the settlement accepts it */
  on: boolean
  local: LocalTerms
}

export type FormPublishing = ReturnType<typeof formPublishingService>

/**
 * What an office's administrator of forms (űrlapgazda) decides for each settlement the office serves: which forms of the central
 * set it accepts, whom to ask, what it costs and how long it takes there. What is decided holds from the next request on.
 */
export function formPublishingService({ db, forms }: { db: Db; forms: FormCatalogue }) {
  return {
    /** @throws NotFound for a settlement the office does not serve */
    list(clerk: Clerk, settlementId: number): Promise<AdministeredForm[]> {
      requireServed(clerk, settlementId)
      return inScope(db, officeScopeOf(clerk), async (tx) => {
        const rows = new Map((await findSettlementForms(tx, settlementId)).map((row) => [row.code, row]))
        return forms.all().map((definition) => {
          const row = rows.get(definition.code)
          return { definition, on: row?.closedAt === null, local: row?.local ?? noLocalTerms }
        })
      })
    },

    /** Whoever is not quick enough finds it done already; nothing is recorded then. */
    switchForm(acting: ClerkActing, settlementId: number, code: string, wanted: 'on' | 'off'): Promise<Done> {
      return act(acting, settlementId, code, async (tx, clerk) => {
        const changed = await (wanted === 'on' ? openForm : closeForm)(tx, settlementId, code)
        if (!changed) return 'already-done'
        await record(tx, clerk, settlementId, { code, action: wanted === 'on' ? 'form.opened' : 'form.closed' })
        return 'done'
      })
    },

    /** The words themselves are not in the audit trail: whom to ask may be a person. */
    saveTerms(acting: ClerkActing, settlementId: number, code: string, local: LocalTerms): Promise<Done> {
      return act(acting, settlementId, code, async (tx, clerk) => {
        const before = (await lockSettlementForm(tx, settlementId, code))?.local ?? noLocalTerms
        if (isDeepStrictEqual(before, local)) return 'already-done'
        await saveLocalTerms(tx, settlementId, code, local)
        const { contact, fee, deadlineDays } = local
        await record(tx, clerk, settlementId, {
          code,
          action: 'form.terms-changed',
          detail: {
            contactChanged: contact !== before.contact,
            ...(fee === null ? {} : { feeHuf: fee.amountHuf, feeValidFrom: fee.validFrom }),
            ...(fee === null || fee.validTo === null ? {} : { feeValidTo: fee.validTo }),
            ...(deadlineDays === null ? {} : { deadlineDays }),
          },
        })
        return 'done'
      })
    },
  }

  function act(
    acting: ClerkActing,
    settlementId: number,
    code: string,
    work: (tx: Tx, clerk: Clerk) => Promise<Done>,
  ): Promise<Done> {
    return asFormAdministrator(db, acting, async (tx, clerk) => {
      if (!(await holdSession(tx, 'clerk', acting.lineageId)))
        throw new NotSignedIn('errors.not-signed-in.nothing-kept')
      requireServed(clerk, settlementId)
      if (forms.latest(code) === undefined) throw new NotFound('form')
      return work(tx, clerk)
    })
  }
}

function requireServed({ settlementIds }: Clerk, settlementId: number): void {
  if (!settlementIds.includes(settlementId)) throw new NotFound('settlement')
}

function record(
  tx: Tx,
  clerk: Clerk,
  settlementId: number,
  { code, action, detail = {} }: { code: string; action: string; detail?: Record<string, string | number | boolean> },
): Promise<void> {
  return recordAudit(tx, {
    action,
    ...auditedAsClerk(clerk),
    settlementId,
    object: { kind: 'form', id: code },
    detail,
  })
}
