import { randomUUID } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { FieldErrors } from '../../platform/http/posted-form.ts'
import { caseTitle, deadlineView, isFinal, stopViews, timelineItems, whoOwes } from '../cases/index.ts'
import {
  completionDefinition,
  completionSections,
  type FormCatalogue,
  storedAnswers,
  summarise,
} from '../forms/index.ts'
import type { Settlement, SettlementDirectory } from '../settlements/index.ts'
import { actingInWords, readingContext } from '../submissions/index.ts'
import { isOwnCase, possibleActs } from './clerk-acts.ts'
import { noticeOf } from './done-notice.ts'
import { limits } from './limits.ts'
import { inboxStates } from './lists.ts'
import { mandateFormCode } from './mandate-answers.ts'
import { reasonedActNames, reasonedActs } from './reasoned-acts.ts'
import type { CaseOnDesk } from './service.ts'

interface CaseParts {
  request: FastifyRequest
  forms: FormCatalogue
  directory: SettlementDirectory
  errors: FieldErrors
  /** what was typed into a form that was refused */
  typed: Record<string, string>
  /** the word of the act that led here */
  done: string | undefined
}

/** What views/clerk-office/case.njk shows. */
export function caseView(desk: CaseOnDesk, { request, forms, directory, errors, typed, done }: CaseParts) {
  const { clerk, translate, language } = request
  const { matter, events, stops, messages, submission, assignedName, caseWorkers, system, represents, today } = desk
  const home = `/hivatal/${clerk.office.slug}`
  const settlement = directory.byId(matter.settlementId)
  const definition = forms.definition(matter.formCode, matter.formVersion)
  if (!settlement || !definition) throw new Error('a case of an unknown settlement or form')
  const context = readingContext(settlement, submission.attachments, matter.submittedAt)
  const acts = possibleActs({ ...clerk, represents }, matter)
  const isElsewhere = matter.assignedTo !== null || matter.routedTo !== null

  return {
    home,
    back: inboxStates.includes(matter.state)
      ? { href: `${home}/beerkezett`, text: translate('clerk-office.case.back-inbox') }
      : { href: `${home}/ugyek`, text: translate('clerk-office.case.back-cases') },
    address: `${home}/ugyek/${matter.id}`,
    notice: noticeOf(done, matter, translate),
    title: caseTitle(forms, matter, language),
    subject: matter.subject ?? '',
    clientName: matter.clientName,
    represented:
      submission.sender.actedFor === undefined
        ? null
        : { acting: actingInWords(submission.sender, translate), sender: submission.sender.name },
    settlementName: settlement.name,
    state: matter.state,
    over: isFinal(matter.state),
    arrivalNumber: matter.arrivalNumber,
    fileNumber: matter.fileNumber ?? '',
    submittedAt: matter.submittedAt,
    onPaper: matter.authorId === null,
    // what came on paper may be any mandate, with its scan
    mandateHref:
      matter.formCode === mandateFormCode || matter.authorId === null
        ? `${home}/meghatalmazasok/uj?ugy=${matter.id}`
        : '',
    isMandateForm: matter.formCode === mandateFormCode,
    closedAt: matter.closedAt ?? '',
    answer: matter.answer ?? '',
    deadline: deadlineView(matter, today),
    assignedName: assignedName ?? '',
    routedTo: matter.routedTo === null ? '' : translate(`cases.system.${matter.routedTo}`),
    specialistReference: matter.specialistReference ?? '',
    ownCase: isOwnCase({ ...clerk, represents }, matter),
    can: {
      receive: acts.includes('receive'),
      register: acts.includes('register'),
      assign: acts.includes('assign') && caseWorkers.length > 0,
      route: acts.includes('route') && system !== undefined,
      start: acts.includes('start'),
      close: acts.includes('close'),
    },
    // Giving it to another case worker is possible, but nothing that waits to be done.
    nothingToDo: acts.every((act) => ['write', 'note'].includes(act) || (act === 'assign' && isElsewhere)),
    elsewhere: isElsewhere,
    caseWorkers: caseWorkers
      .filter(({ id }) => id !== matter.assignedTo)
      .map(({ id, name }) => ({
        value: id,
        text: id === clerk.id ? translate('clerk-office.case.myself', { name }) : name,
      })),
    insteadOf: matter.assignedTo ?? '',
    system: system === undefined ? '' : translate(`cases.system.${system}`),
    sections: summarise(definition, storedAnswers(definition, submission.answers), context, language).map(
      ({ title, rows }) => ({ title, rows: rows.map(({ label, values }) => ({ key: label, values })) }),
    ),
    clock: {
      cleanDueOn: matter.cleanDueOn ?? '',
      stops: stopViews(stops, language),
    },
    steps: [
      ...(acts.includes('ask-client') && matter.authorId !== null
        ? [{ href: `${home}/ugyek/${matter.id}/hianypotlas`, text: translate('clerk-office.acts.ask-client') }]
        : []),
      ...reasonedActNames
        .filter((name) => acts.includes(name))
        .map((name) => ({
          href: `${home}/ugyek/${matter.id}/lepes/${reasonedActs[name].path}`,
          text: translate(`clerk-office.acts.${name}`),
        })),
    ],
    calls: callsOnDesk(desk, request, { forms, settlement, home }),
    messages: messages.map((message) => ({
      text: message.text,
      at: message.writtenAt,
      by: message.kind === 'from-client' ? message.writerName : `${message.writerName}, ${message.officeName ?? ''}`,
      unread: message.kind === 'from-client' && message.readAt === null,
      note: message.kind === 'note',
      wantsAnswer: message.wantsAnswer && message.settledAt === null && !isFinal(matter.state),
    })),
    owes: isFinal(matter.state) ? 'nobody' : whoOwes(messages),
    mayWrite: acts.includes('write') && matter.authorId !== null,
    mayNote: acts.includes('note'),
    messageKey: randomUUID(),
    attachments: submission.attachments.map(({ id, fileName, sizeBytes, scan }) => ({
      name: fileName,
      size: translate('clerk-office.case.file-size', { kilobytes: Math.max(1, Math.round(sizeBytes / 1024)) }),
      scan,
      href: scan === 'clean' ? `${home}/ugyek/${matter.id}/csatolmanyok/${id}` : '',
    })),
    timeline: timelineItems(events, matter, { translate, language, forWhom: 'office' }),
    limits,
    errors: Object.entries(errors).map(([field, key]) => ({ href: `#${field}`, text: translate(key, errorValues) })),
    errorOf: Object.fromEntries(Object.entries(errors).map(([field, key]) => [field, translate(key, errorValues)])),
    typed,
  }
}

/** The calls of a case with what was answered, beside what had been answered before. */
function callsOnDesk(
  { matter, submission, calls, completions }: CaseOnDesk,
  { language, translate }: FastifyRequest,
  { forms, settlement, home }: { forms: FormCatalogue; settlement: Settlement; home: string },
) {
  const pinned = forms.definition(matter.formCode, matter.formVersion)
  if (pinned === undefined) return []
  let before = storedAnswers(pinned, submission.answers)
  let filesBefore = submission.attachments
  return calls.map((call) => {
    const definition = completionDefinition(pinned, call.fields)
    const answered = completions.find(({ callId }) => callId === call.id)
    const files = answered?.attachments ?? []
    const contextOf = (those: typeof files) => readingContext(settlement, those, matter.submittedAt)
    const after = answered === undefined ? before : { ...before, ...storedAnswers(definition, answered.answers) }
    const was = completionSections(definition, call.fields, before, contextOf(filesBefore), language)
    const now = completionSections(definition, call.fields, after, contextOf(files), language)
    const rowsBefore = was.flatMap(({ rows }) => rows)
    before = after
    filesBefore = [...filesBefore, ...files]
    return {
      text: call.text,
      sentAt: call.sentAt,
      answerBy: call.answerBy,
      by: call.clerkName,
      openedAt: call.openedAt ?? '',
      state: translate(`clerk-office.call.state.${call.outcome ?? 'open'}`),
      answeredAt: answered?.submittedAt ?? '',
      arrivalNumber: answered?.arrivalNumber ?? '',
      rows: now
        .flatMap(({ rows }) => rows)
        .map(({ fieldId, label, values }) => ({
          label,
          now: answered === undefined ? [] : values,
          // what one writes and attaches to the answer itself was not there before
          was: call.fields.includes(fieldId)
            ? (rowsBefore.find((row) => row.fieldId === fieldId && row.label === label)?.values ?? [])
            : [],
        })),
      files: files.map(({ id, fileName, sizeBytes, scan }) => ({
        name: fileName,
        size: translate('clerk-office.case.file-size', { kilobytes: Math.max(1, Math.round(sizeBytes / 1024)) }),
        scan,
        href: scan === 'clean' ? `${home}/ugyek/${matter.id}/csatolmanyok/${id}` : '',
      })),
    }
  })
}

const errorValues = { least: limits.answer.min, most: limits.answer.max, instruction: limits.instruction }
