/**
 * Cases (ügy): from the submission to its end, one state machine for both sides; what the citizen follows (ügykövetés) and until
 * when the office must have done with it (ügyintézési határidő).
 *
 * Source: Ákr. (2016. évi CL. törvény) 50–53. §; states as the portal names them
 */
export { type CallRow, findCalls, insertCall } from './call-queries.ts'
export { caseTimetable, takeIn } from './calls.ts'
export { type CaseEventEntry, type CaseEventKind, recordEvent } from './case-history.ts'
export {
  type CaseAct,
  type CaseActor,
  type CaseState,
  caseStates,
  isFinal,
  nextState,
  statesAllowing,
} from './case-state.ts'
export { caseTitle, type DeadlineView, deadlineView, stopViews, type TimelineItem, timelineItems } from './case-view.ts'
export { findStops, followClock, type StopRow } from './clock-stops.ts'
export { whoOwes } from './conversation.ts'
export { type PageStart, readRowKey } from './list-page.ts'
export {
  findMessages,
  findUnread,
  type MessageRow,
  markRead,
  settle as settleMessages,
  writeMessage,
} from './messages.ts'
export { openCase, type SentIn } from './opening.ts'
export {
  type CaseEvent,
  type CaseRecord,
  changeCase,
  countCasesOfOffice,
  findCaseOfOffice,
  findCasesByNumber,
  findCasesOfOffice,
  findEvents,
  findFormCodesOfOffice,
  lockCase,
  type OfficeList,
  type OfficeListRow,
} from './queries.ts'
export { caseListPages, casePages, startOf } from './routes.ts'
export { type CaseTracking, caseTracking } from './service.ts'
export { caseJobs, handOverSoon } from './specialist-handover.ts'
