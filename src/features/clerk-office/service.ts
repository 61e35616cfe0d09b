import type { Readable } from 'node:stream'
import type { AttachmentStores } from '../../adapters/attachment-store/contract.ts'
import type { SpecialistSystem } from '../../adapters/specialist-systems/contract.ts'
import { recordAudit } from '../../platform/audit/index.ts'
import { budapestDay, databaseNow } from '../../platform/clock.ts'
import { atTheDoor, type Db, inScope, type Tx } from '../../platform/database.ts'
import { Conflict, NotFound } from '../../platform/http/errors.ts'
import {
  type CallRow,
  type CaseEvent,
  type CaseRecord,
  type CaseState,
  caseTitle,
  countCasesOfOffice,
  findCalls,
  findCaseOfOffice,
  findCasesByNumber,
  findCasesOfOffice,
  findEvents,
  findFormCodesOfOffice,
  findMessages,
  findStops,
  findUnread,
  handOverSoon,
  type MessageRow,
  markRead,
  type OfficeList,
  type OfficeListRow,
  recordEvent,
  type StopRow,
} from '../cases/index.ts'
import type { FormCatalogue } from '../forms/index.ts'
import { findAccount } from '../identity/index.ts'
import { findNumbered, parseFileNumber, receiveSubmission, registerSubmission } from '../records/index.ts'
import { findRepresented, type Representation } from '../representation/index.ts'
import { findOfficeById, findRegisterPrefix, settlementProfile } from '../settlements/index.ts'
import {
  completionsForOffice,
  type OfficeCompletion,
  type OfficeSubmission,
  openStored,
  readArrivalNumber,
  submissionForOffice,
} from '../submissions/index.ts'
import { type ClerkActing, caseActs, type Done, outOfOrder, recordAct, step } from './case-acts.ts'
import { hasCase, routableTo } from './clerk-acts.ts'
import { findCaseWorkers, findClerkNames, findClerkPerson, findServices } from './queries.ts'
import { asClerkStill, auditedAsClerk, type Clerk, scopeOf } from './rights.ts'

/** A case on the clerk's desk, with all there is to know of it. */
export interface CaseOnDesk {
  matter: CaseRecord
  /** internal ones too */
  events: CaseEvent[]
  submission: OfficeSubmission
  calls: CallRow[]
  /** when its clock stood */
  stops: StopRow[]
  /** the answers to the calls */
  completions: OfficeCompletion[]
  /** notes too */
  messages: MessageRow[]
  assignedName: string | undefined
  /** who can be given the case */
  caseWorkers: { id: string; name: string }[]
  /** the specialist system that can take it over, where there is one */
  system: SpecialistSystem | undefined
  /** the parties the clerk may act for now */
  represents: readonly string[]
  /** calendar day in Budapest */
  today: string
}

export interface DeskList {
  rows: (OfficeListRow & { assignedName: string | undefined })[]
  previous: string | undefined
  next: string | undefined
  counts: ReadonlyMap<CaseState, number>
  /** in which the client wrote something that nobody has read */
  unread: ReadonlySet<string>
  /** the parties the clerk may act for now */
  represents: readonly string[]
  /** the forms that occur in the list, whatever it is filtered by */
  formCodes: string[]
  /** the case an act of the page before was about, where it is one of the office's */
  justDone: CaseRecord | undefined
  today: string
}

export interface FileOnDesk {
  fileName: string
  mediaType: string
  sizeBytes: number
  bytes: Readable
}

export interface Assignment {
  caseWorkerId: string
  /** who had the case when the page was shown; null for nobody */
  insteadOf: string | null
  /** for the office only; empty when there is none */
  instruction: string
}

/** Counting stops here: „99+” tells a clerk as much as a number that takes a second. */
export const mostCounted = 100

export type ClerkOffice = ReturnType<typeof clerkOfficeService>

/** The clerks' day: the inbox, the desk, and the steps of a case from taking over to its answer. */
export function clerkOfficeService({
  db,
  forms,
  representation,
  attachmentStores,
}: {
  db: Db
  forms: FormCatalogue
  attachmentStores: AttachmentStores
  representation: Pick<Representation, 'marksOf'>
}) {
  const { act } = caseActs({ db, representation })
  return {
    /** Where the person works; nobody's business but the person's own. */
    officesOf(accountId: string): Promise<{ slug: string; name: string }[]> {
      return inScope(db, { role: 'door', account: accountId }, async (tx) => {
        const account = await findAccount(tx, accountId)
        const services = account ? await findServices(tx, account) : []
        const offices = await Promise.all(services.map(({ officeId }) => findOfficeById(tx, officeId)))
        return offices.flatMap((office) => (office ? [{ slug: office.slug, name: office.name }] : []))
      })
    },

    /** Cases of the office, those of its settlements only, with how many there are in each of the states counted. */
    list(
      clerk: Clerk,
      wish: Omit<OfficeList, 'size'>,
      counted: { states: readonly CaseState[]; assignedTo?: string | undefined },
      justDoneId: string | undefined,
    ): Promise<DeskList> {
      return inScope(db, scopeOf(clerk), async (tx) => {
        const settlementIds = wish.settlementIds.filter((id) => clerk.settlementIds.includes(id))
        const page = await findCasesOfOffice(tx, { ...wish, settlementIds, size: pageSize })
        const counts = await countCasesOfOffice(tx, { settlementIds, ...counted, most: mostCounted })
        const names = await findClerkNames(tx, clerk.office.id, assignedIds(page.rows))
        await recordLooksAtList(tx, clerk, page.rows)
        return {
          rows: page.rows.map((row) => ({ ...row, assignedName: names.get(row.assignedTo ?? '') })),
          previous: page.previous,
          next: page.next,
          counts,
          unread: await findUnread(
            tx,
            page.rows.map(({ id }) => id),
            'from-client',
          ),
          represents: await findRepresented(tx, representation.marksOf(clerk)),
          formCodes: await findFormCodesOfOffice(tx, { settlementIds, states: wish.states }),
          justDone: justDoneId === undefined ? undefined : await findCaseOfOffice(tx, justDoneId, clerk.settlementIds),
          today: budapestDay(await databaseNow(tx)),
        }
      })
    },

    /** The case with a file number or an arrival number, as people type them. */
    find(clerk: Clerk, typed: string): Promise<string | undefined> {
      return inScope(db, scopeOf(clerk), async (tx) => {
        const fileNumber = parseFileNumber(typed)
        const arrivalNumber = readArrivalNumber(typed)
        const found = fileNumber
          ? await findCasesByNumber(tx, clerk.settlementIds, {
              submissionIds: await findNumbered(tx, clerk.settlementIds, fileNumber),
            })
          : arrivalNumber === undefined
            ? []
            : await findCasesByNumber(tx, clerk.settlementIds, { arrivalNumber })
        return found[0]?.id
      })
    },

    /** Opens a case; the look at it goes on record. @throws NotFound when the office has no such case */
    read(clerk: Clerk, caseId: string): Promise<CaseOnDesk> {
      return inScope(db, scopeOf(clerk), async (tx) => {
        const matter = await findCaseOfOffice(tx, caseId, clerk.settlementIds)
        const submission = matter ? await submissionForOffice(tx, matter.submissionId) : undefined
        if (!matter || !submission) throw new NotFound('case')
        await recordAct(tx, clerk, matter, 'case.viewed')
        const messages = await findMessages(tx, caseId, { notesToo: true })
        if (hasCase(clerk, matter)) await markRead(tx, caseId, 'from-client')
        const names = await findClerkNames(tx, clerk.office.id, assignedIds([matter]))
        return {
          matter,
          submission,
          events: await findEvents(tx, caseId, { internalToo: true }),
          calls: await findCalls(tx, caseId),
          stops: await findStops(tx, caseId),
          completions: await completionsForOffice(tx, matter.submissionId),
          messages,
          assignedName: names.get(matter.assignedTo ?? ''),
          caseWorkers: await findCaseWorkers(tx, clerk.office.id),
          system: await systemFor(tx, matter),
          represents: await findRepresented(tx, representation.marksOf(clerk)),
          today: budapestDay(await databaseNow(tx)),
        }
      })
    },

    /**
     * A file of a case, to be taken home by the clerk; only what the virus check has found clean. The rights are read again
     * before its first byte, and with every further piece.
     */
    async attachment(clerk: Clerk, caseId: string, attachmentId: string): Promise<FileOnDesk> {
      const file = await inScope(db, scopeOf(clerk), async (tx) => {
        const matter = await findCaseOfOffice(tx, caseId, clerk.settlementIds)
        const submission = matter ? await submissionForOffice(tx, matter.submissionId) : undefined
        const completions = matter ? await completionsForOffice(tx, matter.submissionId) : []
        const files = [...(submission ? [submission] : []), ...completions].flatMap(({ attachments }) => attachments)
        const found = files.find(({ id, scan }) => id === attachmentId && scan === 'clean')
        if (!matter || !found) throw new NotFound('attachment')
        await recordAct(tx, clerk, matter, 'case.attachment-opened', { attachment: attachmentId })
        return found
      })
      const { fileName, mediaType, sizeBytes } = file
      const bytes = await openStored(attachmentStores, (work) => asClerkStill(db, clerk, work), file)
      return { fileName, mediaType, sizeBytes, bytes }
    },

    /** Érkeztetés: the office has the submission from now on. */
    receive(address: ClerkActing, caseId: string): Promise<Done> {
      return act(address, caseId, 'receive', async ({ tx, clerk, matter, now, refused }) => {
        if (refused) return wasReceived(matter) ? 'already-done' : outOfOrder()
        await receiveSubmission(tx, { ...recordOf(matter), clerkId: clerk.id, now })
        await step({ tx, clerk, matter, now }, 'receive', { state: 'received' }, { kind: 'received' })
        return 'done'
      })
    },

    /** Iktatás: gives the case its file number; the same one however often it is asked for. */
    register(address: ClerkActing, caseId: string): Promise<{ outcome: Done; fileNumber: string }> {
      return act(address, caseId, 'register', async ({ tx, clerk, matter, now, refused }) => {
        if (matter.fileNumber !== null) return { outcome: 'already-done', fileNumber: matter.fileNumber }
        if (refused) return outOfOrder()
        const prefix = await findRegisterPrefix(tx, matter.settlementId)
        if (prefix === undefined) throw new NotFound('register')
        const { fileNumber } = await registerSubmission(tx, {
          ...recordOf(matter),
          clerkId: clerk.id,
          now,
          prefix,
          subject: caseTitle(forms, matter, 'hu'),
        })
        await step(
          { tx, clerk, matter, now },
          'register',
          { state: 'registered', fileNumber },
          { kind: 'registered', detail: { fileNumber } },
        )
        return { outcome: 'done', fileNumber }
      })
    },

    /** Szignálás: names the case worker. Two clerks who choose differently at once: the second is told, not overruled. */
    assign(address: ClerkActing, caseId: string, assignment: Assignment): Promise<Done> {
      const { caseWorkerId, insteadOf, instruction } = assignment
      return act(address, caseId, 'assign', async ({ tx, clerk, matter, now, refused }) => {
        if (matter.assignedTo === caseWorkerId) return 'already-done'
        if (refused || matter.assignedTo !== insteadOf) return outOfOrder()
        const worker = (await findCaseWorkers(tx, clerk.office.id)).find(({ id }) => id === caseWorkerId)
        if (!worker) throw new Conflict('clerk-office.refused.no-case-worker')
        if (await isPartyTo(tx, clerk.office.id, worker.id, matter))
          throw new Conflict('clerk-office.refused.their-case')
        await step(
          { tx, clerk, matter, now },
          'assign',
          { state: 'assigned', assignedTo: worker.id },
          { kind: 'assigned', detail: { name: worker.name } },
        )
        if (instruction !== '') {
          await recordEvent(tx, matter, {
            kind: 'instruction',
            at: now,
            officeName: clerk.office.name,
            clerk,
            detail: { text: instruction },
          })
        }
        return 'done'
      })
    },

    /** Hands the case to the sector's specialist system; the worker does so as soon as this stands. */
    route(address: ClerkActing, caseId: string): Promise<Done> {
      return act(address, caseId, 'route', async ({ tx, clerk, matter, now, refused }) => {
        if (matter.routedTo !== null) return 'already-done'
        if (refused) return outOfOrder()
        const system = await systemFor(tx, matter)
        if (!system) throw new Conflict('clerk-office.refused.no-system')
        await step(
          { tx, clerk, matter, now },
          'route',
          { state: 'assigned', routedTo: system },
          { kind: 'routed', detail: { system } },
        )
        await handOverSoon(tx, { caseId: matter.id, settlementId: matter.settlementId })
        return 'done'
      })
    },

    /** The case worker has begun. */
    start(address: ClerkActing, caseId: string): Promise<Done> {
      return act(address, caseId, 'start', async ({ tx, clerk, matter, now, refused }) => {
        if (refused) return matter.state === 'in_progress' ? 'already-done' : outOfOrder()
        const taken = matter.assignedTo === null ? { assignedTo: clerk.id } : {}
        await step({ tx, clerk, matter, now }, 'start', { state: 'in_progress', ...taken }, { kind: 'started' })
        return 'done'
      })
    },

    /** Closes the case with the answer the client reads. The same answer again changes nothing; another one is refused. */
    close(address: ClerkActing, caseId: string, answer: string): Promise<Done> {
      return act(address, caseId, 'close', async ({ tx, clerk, matter, now, refused }) => {
        if (refused) return matter.state === 'closed' && matter.answer === answer ? 'already-done' : outOfOrder()
        const taken = matter.assignedTo === null ? { assignedTo: clerk.id } : {}
        await step(
          { tx, clerk, matter, now },
          'close',
          { state: 'closed', closedAt: now, answer, ...taken },
          { kind: 'closed' },
        )
        return 'done'
      })
    },
  }

  async function systemFor(tx: Tx, matter: CaseRecord): Promise<SpecialistSystem | undefined> {
    const profile = await settlementProfile(tx, matter.settlementId)
    const form = forms.definition(matter.formCode, matter.formVersion)
    return profile.joined ? routableTo(form?.system, profile.systems) : undefined
  }
}

const pageSize = 25

/** A list shows names too: which cases were on it goes on record, settlement by settlement. */
async function recordLooksAtList(tx: Tx, clerk: Clerk, rows: readonly OfficeListRow[]): Promise<void> {
  for (const settlementId of new Set(rows.map((row) => row.settlementId))) {
    const seen = rows.filter((row) => row.settlementId === settlementId)
    await recordAudit(tx, {
      action: 'cases.listed',
      ...auditedAsClerk(clerk),
      settlementId,
      purpose: 'case-handling',
      object: { kind: 'office', id: clerk.office.id },
      detail: { cases: seen.map(({ id }) => id).join(' ') },
    })
  }
}

/** The case worker is a party to the case or sent it in. */
async function isPartyTo(tx: Tx, officeId: string, caseWorkerId: string, matter: CaseRecord): Promise<boolean> {
  const person = await findClerkPerson(tx, officeId, caseWorkerId)
  return atTheDoor(tx, 'clerk', async (door) => {
    for (const accountId of new Set([matter.partyId, matter.authorId ?? matter.partyId])) {
      const account = await findAccount(door, accountId)
      if (account && account.issuer === person?.issuer && account.subject === person.subject) return true
    }
    return false
  })
}

/** Every later state was reached by way of it, except that a case can be withdrawn before. */
function wasReceived({ state }: CaseRecord): boolean {
  return state !== 'submitted' && state !== 'withdrawn'
}

function recordOf({ submissionId, settlementId }: CaseRecord): { submissionId: string; settlementId: number } {
  return { submissionId, settlementId }
}

function assignedIds(rows: readonly { assignedTo: string | null }[]): string[] {
  return [...new Set(rows.flatMap(({ assignedTo }) => assignedTo ?? []))]
}
