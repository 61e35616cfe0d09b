import { daysBetween, isCalendarKnown } from '../../platform/calendar/working-days.ts'
import type { Translate } from '../../platform/i18n/catalogue.ts'
import type { Language } from '../../platform/i18n/language.ts'
import type { FormCatalogue } from '../forms/index.ts'
import { type CaseState, clockRuns, isFinal } from './case-state.ts'
import type { CaseEvent } from './queries.ts'

/** What a page says of the office's deadline. */
export interface DeadlineView {
  /** false: there is none, since the case is over or the clock stands */
  runs: boolean
  on: string
  daysLeft: number
  overdue: boolean
  /** the day before it was moved to a working day; empty when it was not */
  movedFrom: string
  calendarKnown: boolean
}

export function deadlineView(
  matter: { state: CaseState; dueOn: string | null; cleanDueOn?: string | null },
  today: string,
): DeadlineView {
  const { state, dueOn, cleanDueOn } = matter
  if (dueOn === null || !clockRuns(state)) {
    return { runs: false, on: '', daysLeft: 0, overdue: false, movedFrom: '', calendarKnown: true }
  }
  const daysLeft = daysBetween(today, dueOn)
  return {
    runs: true,
    on: dueOn,
    daysLeft,
    overdue: daysLeft < 0,
    movedFrom: typeof cleanDueOn === 'string' && cleanDueOn !== dueOn ? cleanDueOn : '',
    calendarKnown: isCalendarKnown(dueOn),
  }
}

/** The form's title in the reader's language; what the case is about. */
export function caseTitle(
  forms: FormCatalogue,
  { formCode, formVersion }: { formCode: string; formVersion: number },
  language: Language,
): string {
  return forms.definition(formCode, formVersion)?.title[language] ?? formCode
}

export interface TimelineItem {
  title: string
  at?: Date
  by: string
  text: string
  upcoming: boolean
  internal: boolean
}

interface TimelineReader {
  translate: Translate
  forWhom: 'client' | 'office'
  /** who sent it in, where that was neither the reader nor the client */
  sender?: string | undefined
}

/** What happened, in order; the client of an open case also reads what comes next. */
export function timelineItems(
  events: readonly CaseEvent[],
  matter: { state: CaseState },
  { translate, forWhom, sender }: TimelineReader,
): TimelineItem[] {
  const happened = events.map((event) => ({
    title: translate(`cases.event.${event.kind}.title`),
    at: event.at,
    by: doneBy(event, { translate, forWhom, sender }),
    text: eventText(event, translate),
    upcoming: false,
    internal: !event.visible,
  }))
  if (forWhom === 'office' || isFinal(matter.state)) return happened
  const next = {
    title: translate(`cases.next.${matter.state}.title`),
    by: '',
    text: '',
    upcoming: true,
    internal: false,
  }
  return [...happened, next]
}

/** The client reads which office did it; the office also who of it. */
function doneBy({ kind, officeName, clerkName }: CaseEvent, { translate, forWhom, sender }: TimelineReader): string {
  if (kind === 'submitted')
    return sender ?? translate(forWhom === 'client' ? 'cases.event.by-you' : 'cases.event.by-client')
  if (officeName === null) return translate('cases.event.by-portal')
  return forWhom === 'office' && clerkName !== null ? `${clerkName}, ${officeName}` : officeName
}

function eventText({ kind, detail }: CaseEvent, translate: Translate): string {
  if (kind === 'instruction') return detail['text'] ?? ''
  const system = detail['system']
  return translate(`cases.event.${kind}.text`, {
    ...detail,
    ...(system === undefined ? {} : { system: translate(`cases.system.${system}`) }),
  })
}
