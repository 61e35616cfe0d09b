/**
 * The rules, each broken in one place: the suite must notice every one. `find` stands exactly once in its file.
 *
 * Source: session-rules 15 (Mutants of the rules that the suite MUST kill)
 */
export interface Mutant {
  what: string
  file: string
  find: string
  put: string
  /** `rules`: the pure rules notice it; `store`: only what runs on a database can */
  where: 'rules' | 'store'
}

const session = 'src/features/session'

export const mutants: Mutant[] = [
  {
    what: 'idle at more than 30 minutes, not at 30',
    file: `${session}/session-state.ts`,
    find: 'moment - lineage.activeAt.getTime() >= minutes(limits.idleMinutes)',
    put: 'moment - lineage.activeAt.getTime() > minutes(limits.idleMinutes)',
    where: 'rules',
  },
  {
    what: 'over at more than 240 minutes, not at 240',
    file: `${session}/session-state.ts`,
    find: 'sinceIdentified >= minutes(identifiedMinutes)',
    put: 'sinceIdentified > minutes(identifiedMinutes)',
    where: 'rules',
  },
  {
    what: 'an activity moves the identification (rules)',
    file: `${session}/transitions.ts`,
    find: '{ ...lineage, activeAt: now }',
    put: '{ ...lineage, activeAt: now, identifiedAt: now }',
    where: 'rules',
  },
  {
    what: 'an activity moves the identification (store)',
    file: `${session}/queries.ts`,
    find: '.set({ activeAt: sql`app_now()` })',
    put: '.set({ activeAt: sql`app_now()`, identifiedAt: sql`app_now()` })',
    where: 'store',
  },
  {
    what: 'the age of an identification is not looked at',
    file: `${session}/session-state.ts`,
    find: "return age < minutes(identifiedMinutes) ? 'fresh' : 'too-old'",
    put: "return age < minutes(100 * identifiedMinutes) ? 'fresh' : 'too-old'",
    where: 'rules',
  },
  {
    what: 'the age is left to the client library: equality and 30 seconds more pass',
    file: `${session}/session-state.ts`,
    find: "return age < minutes(identifiedMinutes) ? 'fresh' : 'too-old'",
    put: "return age <= minutes(identifiedMinutes) + 30_000 ? 'fresh' : 'too-old'",
    where: 'rules',
  },
  {
    what: 'a silent token counts as identifying again',
    file: `${session}/transitions.ts`,
    find: '!(askedForCredentials && newSinceClick)',
    put: '!newSinceClick && askedForCredentials',
    where: 'rules',
  },
  {
    what: 'identifying again does not ask whether credentials were given since the click',
    file: `${session}/transitions.ts`,
    find: "if (attempt.kind === 'reidentify' && !newSinceClick) return { verdict: 'not-new-enough' }",
    put: '',
    where: 'rules',
  },
  {
    what: 'a session the KAÜ reported ended is accepted',
    file: `${session}/transitions.ts`,
    find: "if (kauSessionEnded) return { verdict: 'kau-session-ended' }",
    put: '',
    where: 'rules',
  },
  {
    what: 'the list of what the KAÜ ended is not asked',
    file: `${session}/queries.ts`,
    find: 'gte(endedKauSessions.endedAt, identifiedAt)),\n      ),\n    )\n  return rows.length > 0',
    put: 'gte(endedKauSessions.endedAt, identifiedAt)),\n      ),\n    )\n  return rows.length > 100',
    where: 'store',
  },
  {
    what: 'the KAÜ’s report is ignored',
    file: `${session}/queries.ts`,
    find: '.set({ mustReidentify: true })',
    put: '.set({ mustReidentify: false })',
    where: 'store',
  },
  {
    what: 'a former identifier keeps its authority',
    file: `${session}/session-state.ts`,
    find: "presented === 'former' || ",
    put: '',
    where: 'rules',
  },
  {
    what: 'another person does not end the first one’s lineage',
    file: `${session}/service.ts`,
    find: "await endSessions(tx, { id: before.id }, 'other-person', 'citizen')",
    put: '',
    where: 'store',
  },
  {
    what: 'another person goes on with the first one’s lineage',
    file: `${session}/transitions.ts`,
    find: "if (lineage.accountId !== accountId) return { verdict: 'other-person', clock }",
    put: '',
    where: 'rules',
  },
  {
    what: 'signing out is not final against a slow callback: an attempt outlives its lineage',
    file: `${session}/transitions.ts`,
    find: "if (attempt.lineageId === null ? attempt.kind !== 'sign-in' : attempt.lineageId !== lineage?.id) {",
    put: "if (attempt.kind !== 'sign-in' && lineage === undefined) {",
    where: 'rules',
  },
  {
    what: 'signing out is not final against a slow callback: a used attempt is not looked at again',
    file: 'src/features/identity/sign-in.ts',
    find: 'if (!(await consumeAttempt(tx, attempt)))',
    put: 'if (!(await consumeAttempt(tx, attempt)) && attempt.retried)',
    where: 'store',
  },
  {
    what: 'signing out is not final against a slow request: what it read is written back',
    file: `${session}/queries.ts`,
    find: 'eq(sessionLineages.identifierHash, identifierHash),\n    isNull(sessionLineages.endedAt),',
    put: 'eq(sessionLineages.identifierHash, identifierHash),',
    where: 'store',
  },
  {
    what: 'signing out is not final against a slow act',
    file: `${session}/queries.ts`,
    find: 'and(eq(sessionLineages.id, id), isNull(sessionLineages.endedAt), gte(',
    put: 'and(eq(sessionLineages.id, id), gte(',
    where: 'store',
  },
  {
    what: 'the epoch is ignored',
    file: `${session}/session-state.ts`,
    find: ' || lineage.epoch < epoch',
    put: '',
    where: 'rules',
  },
  {
    what: 'the clock may run backwards for a lineage',
    file: `${session}/session-state.ts`,
    find: 'Math.max(now.getTime(), lineage.lastSeenAt.getTime())',
    put: 'now.getTime()',
    where: 'rules',
  },
  {
    what: 'a limit found passed is not remembered',
    file: `${session}/service.ts`,
    find: "await inScope(db, { role: 'door' }, (tx) => storeLimitPassed(tx, lineage, looked.lastSeenAt))",
    put: '',
    where: 'store',
  },
  {
    what: 'an activity undoes a limit found passed before the clock was set back',
    file: `${session}/queries.ts`,
    find: 'greatest(app_now(), ${lastSeenAt})',
    put: 'app_now()',
    where: 'store',
  },
  {
    what: 'asking for the status counts as activity',
    file: `${session}/routes.ts`,
    find: "app.get('/munkamenet/allapot', { config: { noActivity: true } }, async",
    put: "app.get('/munkamenet/allapot', async",
    where: 'store',
  },
  {
    what: 'a prefetch counts as activity',
    file: 'src/platform/http/prefetch.ts',
    find: ".includes('prefetch')",
    put: ".includes('nothing')",
    where: 'store',
  },
  {
    what: 'the person of a form ticket is ignored',
    file: `${session}/form-ticket.ts`,
    find: "if (ticket.accountId !== post.accountId) return 'other-person'",
    put: '',
    where: 'rules',
  },
  {
    what: 'a parked sending is replayed as an act',
    file: 'src/features/submissions/parked-routes.ts',
    find: `const address = addressOf(request, draft)
    if (kind === 'submission') {`,
    put: `const address = addressOf(request, draft)
    if (kind === 'submission') {
      const [submissionKey, contentSha256] = [String(fields['_azonosito']), String(fields['_tartalom'])]
      await submissions.submit(matter, { draftId: draft.id, submissionKey, contentSha256 })`,
    where: 'store',
  },
  {
    what: 'a sending is carried out while the session is paused',
    file: `${session}/admission.ts`,
    find: "const may = presence.state === 'active' && verdict === 'normal' ? 'act' : 'be-parked'",
    put: "const may = presence.state !== 'reidentify' && verdict === 'normal' ? 'act' : 'be-parked'",
    where: 'store',
  },
  {
    what: 'presence revives: any activity of a paused session is stored',
    file: `${session}/queries.ts`,
    find: "within(activeAt, sql`${sql.placeholder('idleMinutes')}::integer`),",
    put: "within(activeAt, sql`100 * ${sql.placeholder('idleMinutes')}::integer`),",
    where: 'store',
  },
  {
    what: 'an activity is stored after 240 minutes',
    file: `${session}/queries.ts`,
    find: 'within(identifiedAt, ',
    put: 'within(activeAt, ',
    where: 'store',
  },
  {
    what: 'an activity is stored though the KAÜ reported the end',
    file: `${session}/queries.ts`,
    find: 'eq(mustReidentify, false),',
    put: '',
    where: 'store',
  },
  {
    what: 'presence is welcome while paused',
    file: `${session}/routes.ts`,
    find: "if (request.presence?.state !== 'active') return refuseScript",
    put: "if (request.presence?.state !== 'active' && request.presence?.state !== 'paused') return refuseScript",
    where: 'store',
  },
  {
    what: 'a failing store counts as nobody signed in',
    file: `${session}/guard.ts`,
    find: 'if (error instanceof OutsideSystemDown) request.sessionsDown = error',
    put: 'if (error instanceof OutsideSystemDown) request.sessionsDown = undefined',
    where: 'store',
  },
  {
    what: 'the identification counts from our callback, not from the KAÜ’s time',
    file: `${session}/transitions.ts`,
    find: 'identifiedAt: identifiedAt < now ? identifiedAt : now,',
    put: 'identifiedAt: now,',
    where: 'rules',
  },
  {
    what: 'an identification from the near future is not clamped',
    file: `${session}/transitions.ts`,
    find: 'identifiedAt: identifiedAt < now ? identifiedAt : now,',
    put: 'identifiedAt,',
    where: 'rules',
  },
]
