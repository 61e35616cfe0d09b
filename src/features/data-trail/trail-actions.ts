/**
 * What the person is told of, by what it concerns; each has its words in the catalogues, and a test finds an action that is in neither list.
 *
 * Lists on a clerk's desk are not among them: a row there tells of all its cases at once.
 */
const told = {
  attachment: ['infected', 'not-scanned', 'opened'],
  case: [
    'answered',
    'asked-other',
    'assigned',
    'attachment-opened',
    'call-lapsed',
    'call-opened',
    'called',
    'closed',
    'message-from-client',
    'message-from-office',
    'message-settled',
    'message-written',
    'other-answered',
    'received',
    'registered',
    'rejected',
    'resumed',
    'routed',
    'started',
    'suspended',
    'taken-over',
    'terminated',
    'transferred',
    'viewed',
    'withdrawn',
  ],
  mandate: ['ended', 'given', 'recorded', 'revoked'],
  submission: ['sent', 'viewed'],
  'tax-balance': ['viewed', 'downloaded'],
}

/**
 * What concerns no person, is the office's alone, or is told elsewhere: sessions on a page of their own, the beginning of a case by its
 * submission.
 */
const untold = {
  account: ['closed'],
  case: ['note-written', 'opened'],
  cases: ['listed'],
  form: ['closed', 'opened', 'refused.other-person', 'terms-changed'],
  mandates: ['listed'],
  paper: ['read', 'taken-over'],
  session: ['asked-for-identification'],
  'sign-in': ['refused'],
}

export const toldActions = actionsOf(told)
export const untoldActions = actionsOf(untold)

function actionsOf(byObject: Record<string, readonly string[]>): string[] {
  return Object.entries(byObject).flatMap(([object, verbs]) => verbs.map((verb) => `${object}.${verb}`))
}
