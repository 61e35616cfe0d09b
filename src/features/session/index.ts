/**
 * Sessions (munkamenet): who is signed in in which browser, for how long, and what that allows.
 *
 * Two clocks run: 30 minutes of inactivity, and 240 minutes from giving credentials at the KAÜ, whatever one does.
 * Source: the portal's notice on sessions (Tájékoztató a portálról).
 */
export { type Admission, csrfField } from './admission.ts'
export { carriesIdentifier, forgetIdentifier, newIdentifier, presentedIdentifier, sendIdentifier } from './carrier.ts'
export { askForIdentification, type Endings, endingService, endSessions } from './endings.ts'
export {
  type FormPlace,
  type FormTicket,
  type FormTickets,
  formTickets,
  isTicketFor,
  ticketField,
  ticketSchema,
} from './form-ticket.ts'
export {
  type Alongside,
  activeSessionOnly,
  noticesSessions,
  type Person,
  type RememberForSignIn,
  requiresSessionStore,
} from './guard.ts'
export type { ParkedRoute, Parking, PostedWork, RefusedFile, Typed } from './parking.ts'
export { ownersOfKauSession, useLogoutToken } from './report-queries.ts'
export { sessionPages } from './routes.ts'
export {
  holdSession,
  type Presence,
  type PresentLineage,
  type Sessions,
  sessionService,
  sessionStands,
} from './service.ts'
export { acceptedClock, type EndReason, judgeIdentification } from './transitions.ts'
