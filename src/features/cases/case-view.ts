import { addDays, daysBetween, isCalendarKnown } from '../../platform/calendar/working-days.ts'
import { type Translate, translator } from '../../platform/i18n/catalogue.ts'
import { formats } from '../../platform/i18n/formats.ts'
import type { Language } from '../../platform/i18n/language.ts'
import type { FormCatalogue } from '../forms/index.ts'
import { type DeadlineWarning, deadlineWarning, groundOf, officeDaysOf, type StopGround } from './case-clock.ts'
import { type CaseState, clockRuns, isFinal } from './case-state.ts'
import type { StopRow } from './clock-stops.ts'
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
  /** how much of the office's time is gone */
  warning: DeadlineWarning
  /** why the clock stands; empty while it runs */
  stands: StopGround | ''
}

export function deadlineView(
  matter: { state: CaseState; dueOn: string | null; cleanDueOn: string | null; submittedAt: Date },
  today: string,
): DeadlineView {
  const { state, dueOn, cleanDueOn } = matter
  if (dueOn === null || !clockRuns(state)) {
    const stands = groundOf(state) ?? ''
    return {
      runs: false,
      on: '',
      daysLeft: 0,
      overdue: false,
      movedFrom: '',
      calendarKnown: true,
      warning: 'none',
      stands,
    }
  }
  const daysLeft = daysBetween(today, dueOn)
  return {
    runs: true,
    on: dueOn,
    daysLeft,
    overdue: daysLeft < 0,
    movedFrom: typeof cleanDueOn === 'string' && cleanDueOn !== dueOn ? cleanDueOn : '',
    calendarKnown: isCalendarKnown(dueOn),
    warning: deadlineWarning(daysLeft, officeDaysOf(matter)),
    stands: '',
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

/** On which days the clock stood, and on what ground; for both sides. */
export function stopViews(stops: readonly Pick<StopRow, 'ground' | 'fromOn' | 'untilOn'>[], language: Language) {
  const say = translator(language)
  const { day } = formats[language]
  return stops
    .filter(({ fromOn, untilOn }) => fromOn !== untilOn)
    .map(({ ground, fromOn, untilOn }) => ({
      ground: say(`cases.clock.ground.${ground}`),
      days:
        untilOn === null
          ? say('cases.clock.from', { from: day(fromOn) })
          : say('cases.clock.from-until', { from: day(fromOn), until: day(addDays(untilOn, -1)) }),
    }))
}

export interface TimelineItem {
  title: string
  at?: Date
  by: string
  text: string
  upcoming: boolean
  internal: boolean
  /** the client's side did it: no news to the client */
  byClient: boolean
}

interface TimelineReader {
  translate: Translate
  language: Language
  forWhom: 'client' | 'office'
  /** who sent it in, where that was neither the reader nor the client */
  sender?: string | undefined
}

/** What happened, in order; the client of an open case also reads what comes next. */
export function timelineItems(
  events: readonly CaseEvent[],
  matter: { state: CaseState },
  { translate, language, forWhom, sender }: TimelineReader,
): TimelineItem[] {
  const happened = events.map((event) => ({
    title: translate(`cases.event.${event.kind}.title`),
    at: event.at,
    by: doneBy(event, { translate, language, forWhom, sender }),
    text: eventText(event, translate, language),
    upcoming: false,
    internal: !event.visible,
    byClient: byClient.includes(event.kind),
  }))
  if (forWhom === 'office' || isFinal(matter.state)) return happened
  const next = {
    title: translate(`cases.next.${matter.state}.title`),
    by: '',
    text: '',
    upcoming: true,
    internal: false,
    byClient: false,
  }
  return [...happened, next]
}

/** The client reads which office did it; the office also who of it. */
function doneBy({ kind, officeName, clerkName }: CaseEvent, { translate, forWhom, sender }: TimelineReader): string {
  if (byClient.includes(kind))
    return sender ?? translate(forWhom === 'client' ? 'cases.event.by-you' : 'cases.event.by-client')
  if (officeName === null) return translate('cases.event.by-portal')
  return forWhom === 'office' && clerkName !== null ? `${clerkName}, ${officeName}` : officeName
}

/** What the client does. */
const byClient = ['submitted', 'answered', 'withdrawn', 'message-from-client']

/** What happened in a sentence, and below it what the office or the client wrote about it. */
function eventText({ kind, detail }: CaseEvent, translate: Translate, language: Language): string {
  const { text: written, system, answerBy, ...others } = detail
  if (kind === 'instruction') return written ?? ''
  const sentence = translate(`cases.event.${kind}.text`, {
    ...others,
    ...(answerBy === undefined ? {} : { answerBy: formats[language].day(answerBy) }),
    ...(system === undefined ? {} : { system: translate(`cases.system.${system}`) }),
  })
  return [sentence, written ?? ''].filter((part) => part !== '').join('\n')
}
