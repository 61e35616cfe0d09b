/** What the database holds in the end, seen by its administrator, whom no policy binds. */
import pg from 'pg'
import type { RunningPortal } from '../demo/portal.ts'
import { until } from './until.ts'

/** A letter as its sender knows it. */
export interface Sent {
  draft: string
  /** address of the receipt the sender was sent to; undefined when none came */
  receipt: string | undefined
  /** SHA-256 of the file enclosed */
  sha256: string
}

export interface LettersVerdict {
  /** submissions there are */
  submissions: number
  /** letters that were not acknowledged and are drafts still, whole */
  kept: number
  /** letters that were not acknowledged and have been sent in all the same */
  unheard: number
  /** acknowledged, and not there or not as their sender was told */
  lost: string[]
  /** there more than once, or under one number with another */
  doubled: string[]
  /** neither sent in nor a draft, or both, or without what belongs to it */
  half: string[]
  /** with other bytes than were sent */
  damaged: string[]
}

interface Row {
  draft: string
  drafts: number
  ids: string[]
  arrival_numbers: string[]
  cases: number
  openings: number
  records: number
  /** "recorded stored", one for each file beside the draft or the submission */
  files: string[]
}

/** Runs a statement as the administrator, on a connection of its own, and again while the database is away. */
export function asAdministrator<Found extends pg.QueryResultRow>(
  portal: RunningPortal,
  statement: string,
  values: unknown[] = [],
): Promise<Found[]> {
  return until('the database answers', 60_000, async () => {
    const client = new pg.Client({ connectionString: portal.postgres.adminUrl(), connectionTimeoutMillis: 5_000 })
    client.on('error', () => {})
    try {
      await client.connect()
      return (await client.query<Found>(statement, values)).rows
    } catch (error) {
      // a mistake in the statement stays one; class 57P and everything else is the connection
      if (error instanceof pg.DatabaseError && error.code?.startsWith('57P') !== true) throw error
      return undefined
    } finally {
      client.end().catch(() => {})
    }
  })
}

/** Compares every letter with what became of it. */
export async function judgeLetters(portal: RunningPortal, letters: readonly Sent[]): Promise<LettersVerdict> {
  const rows = await asAdministrator<Row>(portal, everythingAbout, [letters.map(({ draft }) => draft)])
  const [strange] = await asAdministrator<{ count: number }>(
    portal,
    'select count(*)::int as count from submissions where draft_id <> all ($1::uuid[])',
    [letters.map(({ draft }) => draft)],
  )
  const byDraft = new Map(rows.map((row) => [row.draft, row]))
  const verdict: LettersVerdict = { submissions: 0, kept: 0, unheard: 0, lost: [], doubled: [], half: [], damaged: [] }
  if (strange?.count !== 0) verdict.doubled.push(`${strange?.count} submissions of nobody's draft`)
  const numbers = new Set<string>()
  for (const { draft, receipt, sha256 } of letters) {
    const row = byDraft.get(draft)
    const [id] = row?.ids ?? []
    if (row === undefined) throw new Error('the database did not answer for every letter')
    verdict.submissions += row.ids.length
    if (receipt !== undefined && !receipt.endsWith(`/beadvanyok/${id}`)) verdict.lost.push(draft)
    if (row.ids.length > 1) verdict.doubled.push(draft)
    for (const number of row.arrival_numbers) {
      if (numbers.has(number)) verdict.doubled.push(`${draft} ${number}`)
      numbers.add(number)
    }
    const sent = row.ids.length
    const state = `${row.drafts} ${sent} ${row.cases} ${row.openings} ${row.records}`
    if (sent <= 1 && state !== (sent === 1 ? '0 1 1 1 1' : '1 0 0 0 0')) verdict.half.push(`${draft} (${state})`)
    if (row.files.join() !== `${sha256} ${sha256}`) verdict.damaged.push(`${draft} (${row.files.join()})`)
    if (receipt === undefined) verdict[sent === 0 ? 'kept' : 'unheard'] += 1
  }
  return verdict
}

const everythingAbout = `
  select letter.id as draft,
    (select count(*)::int from drafts where id = letter.id) as drafts,
    array(select id::text from submissions where draft_id = letter.id) as ids,
    array(select arrival_number from submissions where draft_id = letter.id) as arrival_numbers,
    (select count(*)::int from cases c join submissions s on s.id = c.submission_id where s.draft_id = letter.id) as cases,
    (select count(*)::int from case_events e join cases c on c.id = e.case_id join submissions s on s.id = c.submission_id
      where s.draft_id = letter.id and e.kind = 'submitted') as openings,
    (select count(*)::int from audit_trail a join submissions s on s.id::text = a.object_id
      where s.draft_id = letter.id and a.action = 'submission.sent') as records,
    array(
      select a.sha256 || ' ' || coalesce((select encode(sha256(string_agg(bytes, ''::bytea order by sequence)), 'hex')
        from attachment_chunks where attachment_id = a.id), 'nothing')
      from attachments a
      where a.draft_id = letter.id or a.submission_id in (select id from submissions where draft_id = letter.id)
    ) as files
  from unnest($1::uuid[]) as letter (id)`

export interface RegisterVerdict {
  /** the last main number given */
  lastNumber: number
  /** main numbers between 1 and the last that nothing bears */
  gaps: number[]
  /** cases whose number is not the one in the register, or that bear none, or were registered more than once */
  astray: string[]
}

/** Looks through the register of Újhartyán and all its cases. */
export async function judgeRegister(portal: RunningPortal): Promise<RegisterVerdict> {
  const [register] = await asAdministrator<{ last: number; numbers: number[] }>(
    portal,
    `select last_main_number as last, array(select main_number from register_entries e where e.register_id = r.id) as numbers
     from registers r where settlement_id = (select id from settlements where slug = 'ujhartyan')`,
  )
  if (register === undefined) throw new Error('there is no register')
  const given = new Set(register.numbers)
  const astray = await asAdministrator<{ id: string }>(portal, everyCaseAstray)
  if (given.size !== register.numbers.length) astray.push({ id: 'two entries with one number' })
  return {
    lastNumber: register.last,
    gaps: Array.from({ length: register.last }, (_, index) => index + 1).filter((number) => !given.has(number)),
    astray: astray.map(({ id }) => id),
  }
}

const everyCaseAstray = `
  select c.id from cases c
  left join register_entries e on e.submission_id = c.submission_id
  left join registers r on r.id = e.register_id
  where c.state <> 'registered'
    or c.file_number is distinct from r.prefix || '/' || e.main_number || '-' || e.sub_number || '/' || r.year
    or 1 <> (select count(*) from arrivals a where a.submission_id = c.submission_id)
    or 1 <> (select count(*) from case_events v where v.case_id = c.id and v.kind = 'received')
    or 1 <> (select count(*) from case_events v where v.case_id = c.id and v.kind = 'registered')
    or 1 <> (select count(*) from audit_trail t where t.object_id = c.id::text and t.action = 'case.registered')`
