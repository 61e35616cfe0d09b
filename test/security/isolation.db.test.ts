/**
 * Two walls stand between people: the policies of the database, and the checks of the code. Each is tried here with the other
 * one taken away (security requirement 55).
 */

import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Db, inScope, openDatabase, type Scope, sqlState } from '../../src/platform/database.ts'
import { anna, bela, type CastPerson, cecilia, denes, edit, ferenc, gabor, hanna } from '../cast/people.ts'
import { ticketFor } from '../support/form-tickets.ts'
import { openTestPortal, type Page, type TestPortal } from '../support/portal.ts'
import {
  type AnnasAffairs,
  type AnnasCompany,
  type AnnasMatters,
  makeAnnasAffairs,
  makeAnnasCompany,
  makeAnnasMatters,
  mandateTo,
} from './annas-matters.ts'

const ujhartyan = 6293
const komloHeves = 14535
/** SQLSTATE of what neither a privilege nor a policy allows */
const notAllowed = '42501'

let portal: TestPortal
let annas: AnnasMatters
let company: AnnasCompany
let affairs: AnnasAffairs

async function prepare(): Promise<void> {
  portal = await openTestPortal()
  annas = await makeAnnasMatters(portal)
  company = await makeAnnasCompany(portal)
  annas.secrets.push(company.label, company.partyId)
  affairs = await makeAnnasAffairs(portal, annas)
}

/** What of hers stands in a text; an address that was asked for may be repeated by the page that answers. */
function told(text: string, asked = ''): string[] {
  return annas.secrets.filter((secret) => text.includes(secret) && !asked.includes(secret))
}

describe('policies alone', () => {
  let db: Db
  let scopes: Record<string, Eyes>
  let tables: Table[]

  /** Readable by everybody; written by nobody who uses the portal, but for a settlement's forms, by its own office. */
  const publicFacts = [
    'settlements',
    'offices',
    'office_settlements',
    'settlement_profiles',
    'settlement_systems',
    'settlement_forms',
  ]
  /** Readable by everybody; written by the worker with an item of that settlement. */
  const readByAll = ['tax_sources']
  /** Nobody’s: counts of requests, and the epoch of all sessions. */
  const nobodys = ['request_counts', 'session_epoch']
  /** What the KAÜ reported; no row of it is for anybody who uses the portal. */
  const doorsAlone = ['ended_kau_sessions', 'used_logout_tokens']
  /** How far the trail is sealed; for whoever seals it. */
  const sealersAlone = ['audit_seals']

  /** A scope, and what a transaction found in itself that it may read of the tax register. */
  type Eyes = Scope & { taxKeys?: string[]; taxpayers?: string[] }

  interface Table {
    name: string
    columns: { name: string; given: boolean; key: boolean }[]
    /** which rows are Anna’s or her settlement’s */
    annas: string
  }

  beforeAll(async () => {
    await prepare()
    db = openDatabase({ url: portal.database.appUrl, connections: 4 })
    const belas = (await portal.session(bela)).accountId
    const edits = (await portal.session(edit)).accountId
    // Whoever shares a settlement with her taxes reads none of them.
    await portal.admin(`delete from taxpayers where register_key = 'KH-9'`)
    await sealSomething()
    const belasMarks = portal.portal.representation.marksOf(bela)
    const belasParties = await portal.admin<{ id: string }>(
      'select party_id as id from mandates where representative_mark = any ($1)',
      [belasMarks],
    )
    const belasTaxpayers = await portal.admin<{ id: string }>(
      `select id from taxpayers where register_key in ('KO-78', 'UH-2001')`,
    )
    const [office] = await portal.admin<{ id: string }>("select id from offices where slug = 'komlo-heves'")
    scopes = {
      'another citizen': { role: 'citizen', account: belas, parties: [belas], person: belasMarks },
      'another citizen who acts for companies here': {
        role: 'citizen',
        account: belas,
        parties: [belas, ...belasParties.map(({ id }) => id)],
        person: belasMarks,
      },
      'another citizen who reads balances here': {
        role: 'citizen',
        account: belas,
        parties: [belas],
        person: belasMarks,
        taxKeys: [`26408:${bela.taxId}`, '6293:99999906213'],
        taxpayers: belasTaxpayers.map(({ id }) => id),
      },
      'another citizen who acts for nobody': { role: 'citizen', account: belas },
      'a citizen nobody knows': { role: 'citizen' },
      'a clerk of another office': {
        role: 'clerk',
        account: edits,
        office: office?.id ?? '',
        settlements: [komloHeves],
      },
      'a clerk whose office serves nobody': { role: 'clerk', account: edits, office: office?.id ?? '' },
      'the worker with another settlement’s item': { role: 'worker', account: belas, settlements: [komloHeves] },
      'the worker without an item': { role: 'worker' },
    }
    tables = await describeTables()
    expect(tables.length).toBeGreaterThan(15)
  })
  afterAll(async () => {
    await db.pool.end()
    await portal.close()
  })

  /** Every table there is; one that says neither whose its rows are nor that they are nobody’s fails here. */
  async function describeTables(): Promise<Table[]> {
    const { accountId, lineageId } = annas
    const hersInTheRegister = `select id from taxpayers where person_mark = '${company.representativeMark}'`
    // In these, others have rows in the same settlement.
    const ofSome: Record<string, string> = {
      mandates: `representative_mark = '${company.representativeMark}' or party_id = '${affairs.party.id}'`,
      represented_parties: `label in ('${company.label}', '${affairs.party.label}')`,
      taxpayers: `id in (${hersInTheRegister})`,
      tax_accounts: `taxpayer_id in (${hersInTheRegister})`,
      tax_bookings: `taxpayer_id in (${hersInTheRegister})`,
    }
    const ownership: Record<string, string> = {
      account_id: `account_id = '${accountId}'`,
      party_id: `party_id = '${accountId}'`,
      author_id: `author_id = '${accountId}'`,
      settlement_id: `settlement_id = ${ujhartyan}`,
      lineage_id: `lineage_id = '${lineageId}'`,
      browser_hash: 'true',
      clerk_id:
        "clerk_id in (select c.id from clerks c join offices o on o.id = c.office_id where o.slug = 'ujhartyan')",
      office_id: "office_id in (select id from offices where slug = 'ujhartyan')",
    }
    const columns = await portal.admin<{ name: string; column: string; given: boolean; key: boolean }>(`
      select c.relname as name, a.attname as column, a.attidentity = '' and a.attgenerated = '' as given,
        exists (select 1 from pg_index i where i.indrelid = c.oid and i.indisunique and a.attnum = any (i.indkey)) as key
      from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by 1, a.attnum`)
    return [...new Set(columns.map(({ name }) => name))]
      .filter((name) => !publicFacts.includes(name) && !nobodys.includes(name))
      .map((name) => {
        const own = columns.filter((one) => one.name === name)
        const whose = Object.entries(ownership).flatMap(([column, rows]) =>
          own.some((one) => one.column === column) ? [rows] : [],
        )
        if (name === 'accounts') whose.push(`id = '${accountId}'`)
        const only = ofSome[name]
        if (only !== undefined) whose.splice(0, whose.length, only)
        if ([...doorsAlone, ...sealersAlone].includes(name)) whose.push('true')
        expect([name, whose.length > 0]).toEqual([name, true])
        return {
          name,
          columns: own.map(({ column, given, key }) => ({ name: column, given, key })),
          annas: whose.map((rows) => `(${rows})`).join(' or '),
        }
      })
  }

  /** What a statement does under a scope; a refusal by privilege, policy or trigger is null. */
  async function attempt(eyes: Eyes, statement: string): Promise<Record<string, unknown>[] | null> {
    return run(eyes, statement).catch(() => null)
  }

  async function run({ taxKeys = [], taxpayers = [], ...scope }: Eyes, statement: string) {
    return inScope(db, scope, async (tx) => {
      if (taxKeys.length > 0)
        await tx.execute(sql`select set_config('app.tax_keys', ${taxKeys.join()}, true),
          set_config('app.taxpayers', ${taxpayers.join()}, true)`)
      return (await tx.execute(statement)).rows
    })
  }

  /** SQLSTATE with which a statement is refused; policies are asked before any key or check of the table. */
  async function refusal(eyes: Eyes, statement: string): Promise<string | undefined> {
    return run(eyes, statement).then(() => 'not refused', sqlState)
  }

  /** Two rows in the chain and the sealer's notes; waiting for the sealer would be waiting for the other tests' transactions. */
  async function sealSomething(): Promise<void> {
    await portal.admin(`insert into audit_chain (settlement_id, position, row_id, hash)
      select settlement_id, row_number() over (), id, '\\x00' from audit_trail where settlement_id = ${ujhartyan} limit 2`)
    await portal.admin(`insert into audit_seals (cluster, written_in, row_id)
      select cluster, written_in, id from audit_trail order by id limit 1`)
  }

  /** The columns a role may read of each table. */
  async function readableColumns(role: Scope['role']): Promise<Map<string, string[]>> {
    const rows = await portal.admin<{ name: string; columns: string[] }>(
      `select c.relname as name, array_agg(a.attname::text) as columns from pg_class c
         join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
       where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
         and has_column_privilege($1, c.oid, a.attnum, 'select') group by 1`,
      [`portal_${role}`],
    )
    return new Map(rows.map(({ name, columns }) => [name, columns]))
  }

  async function state(): Promise<string> {
    const parts = []
    for (const { name, annas } of tables) {
      const [row] = await portal.admin(
        `select count(*), md5(string_agg(t::text || t.xmin::text, '' order by t::text)) from ${name} t where ${annas}`,
      )
      parts.push({ name, ...row })
    }
    return JSON.stringify(parts)
  }

  test('Anna has rows in nearly every table', async () => {
    const empty = []
    for (const { name, annas } of tables) {
      const rows = await portal.admin(`select 1 from ${name} where ${annas} limit 1`)
      if (rows.length === 0) empty.push(name)
    }
    const mayBeEmpty = ['sign_in_attempts', 'former_identifiers', ...doorsAlone]
    expect(empty.filter((name) => !mayBeEmpty.includes(name))).toEqual([])
  })

  test('nobody else reads a row or a word of hers', async () => {
    for (const [who, scope] of Object.entries(scopes)) {
      const readable = await readableColumns(scope.role)
      for (const { name, annas: hers } of tables) {
        const columns = readable.get(name)
        if (columns === undefined || readByAll.includes(name)) continue
        const seen = await attempt(scope, `select * from ${name} where ${hers}`)
        expect([who, name, seen ?? []]).toEqual([who, name, []])
        const everything = await attempt(scope, `select ${columns.join(', ')} from ${name}`)
        expect([who, name, everything === null]).toEqual([who, name, false])
        expect([who, name, told(JSON.stringify(everything))]).toEqual([who, name, []])
      }
    }
  })

  test('nobody else changes or deletes a row of hers', async () => {
    const before = await state()
    for (const [who, scope] of Object.entries(scopes)) {
      for (const { name, columns, annas: hers } of tables) {
        for (const { name: column } of columns.filter(({ given }) => given)) {
          await attempt(scope, `update ${name} set ${column} = ${column}`)
          const changed = await attempt(scope, `update ${name} set ${column} = ${column} where ${hers} returning 1`)
          expect([who, name, column, changed ?? []]).toEqual([who, name, column, []])
        }
        for (const statement of [
          `delete from ${name} where ${hers} returning 1`,
          `truncate ${name}`,
          `truncate ${name} cascade`,
          `lock table ${name} in exclusive mode`,
          `drop table ${name}`,
          `alter table ${name} disable row level security`,
        ]) {
          expect([who, statement, (await attempt(scope, statement)) ?? []]).toEqual([who, statement, []])
        }
        // Without a condition at all: what is one's own may go, what is hers stays.
        await attempt(scope, `delete from ${name}`)
      }
    }
    expect(await state()).toBe(before)
  })

  test('nobody else adds a row in her name', async () => {
    const before = await state()
    for (const [who, scope] of Object.entries(scopes)) {
      for (const { name, columns, annas: hers } of tables) {
        const [row] = await portal.admin<{ row: Record<string, unknown> }>(
          `select to_jsonb(t) as row from ${name} t where ${hers} limit 1`,
        )
        if (row === undefined) continue
        const given = columns.filter((column) => column.given).map((column) => column.name)
        const insert = insertion(name, given, { ...row.row, ...freshKeys(row.row) })
        expect([who, name, await refusal(scope, insert)]).toEqual([who, name, notAllowed])
      }
    }
    expect(await state()).toBe(before)
  })

  test('nobody hangs a row of their own on one of hers', async () => {
    const columnsOf = (name: string) => tables.find((one) => one.name === name)?.columns.map((one) => one.name) ?? []
    const references = await portal.admin<{ child: string; parent: string; columns: string[]; their: string[] }>(`
      select c.relname as child, p.relname as parent,
        (select array_agg(a.attname::text order by o) from unnest(k.conkey) with ordinality as u (n, o)
           join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.n) as columns,
        (select array_agg(a.attname::text order by o) from unnest(k.confkey) with ordinality as u (n, o)
           join pg_attribute a on a.attrelid = k.confrelid and a.attnum = u.n) as their
      from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_class p on p.oid = k.confrelid
      where k.contype = 'f' and c.relnamespace = 'public'::regnamespace`)
    const careless = references.filter(({ child, parent, columns, their }) =>
      ['settlement_id', 'party_id', 'taxpayer_id'].some(
        (owner) =>
          columnsOf(child).includes(owner) &&
          columnsOf(parent).includes(owner) &&
          !columns.some((column, at) => column === owner && their[at] === owner),
      ),
    )
    expect(references.length).toBeGreaterThan(20)
    expect(careless.map(({ child, columns, parent }) => `${child} (${columns.join(', ')}) → ${parent}`)).toEqual([])
  })

  test('an event, a file or a piece of a file of one’s own cannot be put beside hers', async () => {
    const before = await state()
    const { account = '' } = scopes['another citizen'] ?? {}
    const { caseId, submissionId, draftId, submissionFileId } = annas
    const own = { settlement_id: ujhartyan, party_id: account }
    const now = new Date().toISOString()
    const file = {
      ...own,
      id: crypto.randomUUID(),
      field_id: 'files',
      file_name: 'x.pdf',
      media_type: 'application/pdf',
      size_bytes: 1,
      sha256: 'x',
      scan: 'clean',
      created_at: now,
    }
    const message = {
      id: crypto.randomUUID(),
      kind: 'from-client',
      writer_name: 'Valaki',
      text: 'más',
      wants_answer: true,
      written_at: now,
    }
    const beside: [string, Record<string, unknown>][] = [
      ['case_events', { ...own, case_id: caseId, kind: 'closed', at: now, visible: true, detail: {} }],
      ['attachments', { ...file, submission_id: submissionId }],
      ['attachments', { ...file, draft_id: draftId }],
      ['attachment_chunks', { ...own, attachment_id: submissionFileId, sequence: 77, bytes: '\\x00' }],
      ['stored_objects', { ...own, key: crypto.randomUUID(), attachment_id: submissionFileId }],
      ['case_visits', { ...own, case_id: caseId, account_id: account, visited_at: now }],
      ['case_messages', { ...own, ...message, case_id: caseId, writer_id: account }],
    ]
    for (const [table, row] of beside) {
      expect([
        table,
        await attempt({ role: 'citizen', account, parties: [account] }, insertion(table, Object.keys(row), row)),
      ]).toEqual([table, null])
    }
    expect(await state()).toBe(before)
  })

  test('under her own scope, and her clerk’s, the same rows are there', async () => {
    const { accountId } = annas
    const hers: Scope = {
      role: 'citizen',
      account: accountId,
      parties: [accountId],
      person: [company.representativeMark],
    }
    for (const name of [
      'mandates',
      'represented_parties',
      'taxpayers',
      'remembered_tax_numbers',
      'case_calls',
      'case_messages',
      'case_visits',
      'clock_stops',
      'accounts',
      'account_settlements',
      'drafts',
      'attachments',
      'attachment_chunks',
      'stored_objects',
      'submissions',
      'cases',
      'case_events',
    ]) {
      expect([name, (await attempt(hers, `select 1 from ${name}`))?.length ?? 0]).not.toEqual([name, 0])
    }
    const desk: Scope = { role: 'clerk', settlements: [ujhartyan] }
    for (const name of [
      'attachments',
      'attachment_chunks',
      'submissions',
      'cases',
      'case_events',
      'arrivals',
      'registers',
      'register_entries',
      'papers',
      'case_calls',
      'case_messages',
      'clock_stops',
      'mandates',
    ]) {
      expect([name, (await attempt(desk, `select 1 from ${name}`))?.length ?? 0]).not.toEqual([name, 0])
    }
    expect(await attempt(desk, 'select 1 from attachments where submission_id is null')).toEqual([])
    expect(await attempt(hers, 'select 1 from case_events where not visible')).toEqual([])
    expect(await attempt(hers, `select 1 from case_messages where kind = 'note'`)).toEqual([])
    expect((await attempt(hers, 'select action from audit_trail'))?.length ?? 0).toBeGreaterThan(0)
    expect(await attempt(desk, 'select 1 from case_visits')).toEqual(null)
  })

  test('her own office decides what becomes of her case, not whose it is nor what it says', async () => {
    const desk: Scope = { role: 'clerk', settlements: [ujhartyan] }
    const item: Scope = { role: 'worker', settlements: [ujhartyan] }
    const before = await state()
    for (const scope of [desk, item]) {
      for (const column of ['author_id', 'mandate_id', 'party_id', 'client_name', 'submission_id', 'submitted_at']) {
        const change = `update cases set ${column} = ${column} where id = '${annas.caseId}' returning 1`
        expect([scope.role, column, await attempt(scope, change)]).toEqual([scope.role, column, null])
      }
    }
    // What came on paper is brought in by the office, and nothing in anybody's name, or beside what she sent.
    const [sent] = await portal.admin<{ row: Record<string, unknown> }>(
      'select to_jsonb(s) as row from submissions s where id = $1',
      [annas.submissionId],
    )
    const [matter] = await portal.admin<{ row: Record<string, unknown> }>(
      'select to_jsonb(c) as row from cases c where id = $1',
      [annas.caseId],
    )
    const nobodys = { author_id: null, mandate_id: null }
    const forged: [string, Record<string, unknown> | undefined, Record<string, unknown>][] = [
      ['submissions', sent?.row, {}],
      ['submissions', sent?.row, { ...nobodys, draft_id: null }],
      ['cases', matter?.row, {}],
      ['cases', matter?.row, { ...nobodys, state: 'submitted' }],
    ]
    for (const [table, row, change] of forged) {
      if (row === undefined) throw new Error(`nothing of hers in ${table}`)
      const added = { ...row, ...freshKeys(row), ...change }
      const inserted = await attempt(desk, insertion(table, Object.keys(added), added))
      expect([table, change, inserted]).toEqual([table, change, null])
    }
    expect(await state()).toBe(before)
  })

  test('her own clerk brings in what came on paper, and nothing in her name', async () => {
    const desk: Scope = { role: 'clerk', settlements: [ujhartyan] }
    const [hers] = await portal.admin<{ row: Record<string, unknown> }>(
      'select to_jsonb(s) as row from submissions s where id = $1',
      [annas.submissionId],
    )
    const given = Object.keys(hers?.row ?? {})
    const bringIn = async (change: Record<string, unknown>) => {
      const row = { ...hers?.row, ...freshKeys(hers?.row ?? {}), ...change }
      return (await attempt(desk, insertion('submissions', given, row))) !== null
    }
    const id = crypto.randomUUID()
    const onPaper = { id, party_id: id, author_id: null, draft_id: null, mandate_id: null }
    expect(await bringIn({})).toBe(false)
    expect(await bringIn({ ...onPaper, party_id: annas.accountId })).toBe(false)
    expect(await bringIn({ ...onPaper, author_id: annas.accountId })).toBe(false)
    expect(await bringIn({ ...onPaper, draft_id: annas.draftId })).toBe(false)
    expect(await bringIn({ ...onPaper, settlement_id: komloHeves })).toBe(false)
    expect(await bringIn(onPaper)).toBe(true)

    const [matter] = await portal.admin<{ row: Record<string, unknown> }>(
      'select to_jsonb(c) as row from cases c where id = $1',
      [annas.caseId],
    )
    const open = async (change: Record<string, unknown>) => {
      const row = { ...matter?.row, id: crypto.randomUUID(), submission_id: id, state: 'submitted', ...change }
      return (await attempt(desk, insertion('cases', Object.keys(row), row))) !== null
    }
    expect(await open({ party_id: id })).toBe(false)
    expect(await open({ party_id: id, author_id: null, state: 'closed' })).toBe(false)
    expect(await open({ party_id: id, author_id: null })).toBe(true)
    // Even a row that names her by mistake would not be shown to her.
    const her: Scope = { role: 'citizen', account: annas.accountId, parties: [annas.accountId, id] }
    expect(await attempt(her, `select 1 from submissions where id = '${id}'`)).toEqual([])
    expect(await attempt(her, `select 1 from cases where submission_id = '${id}'`)).toEqual([])
  })

  test('nobody writes into the trail what somebody else did', async () => {
    const others = Object.entries(scopes)
    for (const [who, scope] of others) {
      for (const actor of ['citizen', 'clerk', 'system']) {
        const entry = `insert into audit_trail (action, actor_kind, actor_id, settlement_id, object_kind, object_id)
          values ('case.viewed', '${actor}', '${annas.accountId}', ${ujhartyan}, 'case', '${annas.caseId}')`
        if (scope.role === 'worker' && actor === 'system') continue
        expect([who, actor, await refusal(scope, entry)]).toEqual([who, actor, notAllowed])
      }
      if (scope.role !== 'citizen') continue
      for (const party of [annas.accountId, affairs.party.id, company.partyId]) {
        const look = `insert into audit_trail (action, actor_kind, actor_id, party_id, settlement_id, object_kind, object_id)
          values ('case.viewed', 'citizen', '${scope.account ?? ''}', '${party}', ${ujhartyan}, 'case', '${annas.caseId}')`
        expect([who, party, await refusal(scope, look)]).toEqual([who, party, notAllowed])
      }
    }
  })

  test('nobody gives, records or takes back a mandate in her name', async () => {
    const before = await state()
    const belas = scopes['another citizen'] ?? { role: 'citizen' }
    const mandate = {
      settlement_id: ujhartyan,
      party_id: affairs.party.id,
      representative_mark: belas.person?.[0],
      kind: 'permanent',
      everything: true,
      rights: ['submit', 'read-cases', 'read-tax'],
      valid_from: '2024-01-01',
    }
    const columns = [...Object.keys(mandate), 'source', 'granted_by', 'recorded_by', 'registry_key']
    const clerk = (await portal.admin<{ id: string }>('select id from clerks where subject = $1', [edit.subject]))[0]
      ?.id
    for (const [who, scope] of Object.entries(scopes)) {
      const sources = [
        { source: 'online', granted_by: scope.account ?? null },
        { source: 'online', granted_by: annas.accountId },
        { source: 'paper', recorded_by: clerk },
        { source: 'tax-system' },
        { source: 'office' },
      ]
      for (const source of sources) {
        const row = { ...mandate, granted_by: null, recorded_by: null, registry_key: crypto.randomUUID(), ...source }
        const insert = insertion('mandates', columns, row).replace("'null'", 'null')
        expect([who, source, await refusal(scope, insert)]).toEqual([who, source, notAllowed])
      }
      for (const id of [affairs.onlineMandateId, affairs.paperMandateId]) {
        const end = `update mandates set revoked_at = app_now() where id = '${id}' returning 1`
        expect([who, (await attempt(scope, end)) ?? []]).toEqual([who, []])
      }
    }
    expect(await state()).toBe(before)
    // Who may act for her sees what she gave, and cannot end it.
    const hannas: Eyes = { role: 'citizen', person: portal.portal.representation.marksOf(hanna) }
    const end = `update mandates set revoked_at = app_now() where id = '${affairs.onlineMandateId}' returning 1`
    expect(await attempt(hannas, `select id from mandates where id = '${affairs.onlineMandateId}'`)).toHaveLength(1)
    expect((await attempt(hannas, end)) ?? []).toEqual([])
    const hers: Eyes = { role: 'citizen', account: annas.accountId, person: [company.representativeMark] }
    expect(await attempt(hers, `select id from mandates where id = '${affairs.onlineMandateId}'`)).toHaveLength(1)
  })

  test('her balance is there for whoever found in the same transaction that it may be read, and for nobody else', async () => {
    const rows = (eyes: Eyes, name: string) => attempt(eyes, `select 1 from ${name} where ${annasOf(name)}`)
    const annasOf = (name: string) => tables.find((one) => one.name === name)?.annas ?? ''
    const her: Eyes = { role: 'citizen', account: annas.accountId, person: [company.representativeMark] }
    expect(await rows(her, 'taxpayers')).toHaveLength(2)
    for (const name of ['tax_accounts', 'tax_bookings']) expect([name, await rows(her, name)]).toEqual([name, []])
    const found: Eyes = { ...her, taxKeys: [`6293:${anna.taxId}`], taxpayers: [affairs.taxpayerId] }
    for (const name of ['tax_accounts', 'tax_bookings']) {
      expect([name, (await rows(found, name))?.length ?? 0]).not.toEqual([name, 0])
    }
    for (const role of ['clerk', 'door', 'sealer'] as const) {
      for (const name of ['taxpayers', 'tax_accounts', 'tax_bookings', 'remembered_tax_numbers']) {
        expect([role, name, await rows({ ...found, role, settlements: [ujhartyan] }, name)]).toEqual([role, name, null])
      }
    }
    // The worker brings in what the register of a settlement says, and sees no number that somebody had remembered.
    const item: Eyes = { role: 'worker', account: annas.accountId, settlements: [ujhartyan] }
    expect(await rows(item, 'remembered_tax_numbers')).toEqual(null)
    // Nobody who uses the portal changes what the register said, not even of themselves.
    for (const name of ['taxpayers', 'tax_accounts', 'tax_bookings']) {
      expect([name, await attempt(found, `update ${name} set settlement_id = settlement_id`)]).toEqual([name, null])
      expect([name, await attempt(found, `delete from ${name}`)]).toEqual([name, null])
    }
  })

  test('who seals the trail sees the trail and nothing else, and changes nothing of it', async () => {
    const sealer: Eyes = {
      role: 'sealer',
      account: annas.accountId,
      parties: [annas.accountId],
      settlements: [ujhartyan],
    }
    const before = await state()
    for (const { name, columns } of tables) {
      if (!['audit_trail', 'audit_chain', 'audit_seals'].includes(name)) {
        expect([name, await attempt(sealer, `select 1 from ${name} limit 1`)]).toEqual([name, null])
      }
      const [{ name: column } = { name: 'id' }] = columns
      for (const statement of [`delete from ${name}`, `update ${name} set ${column} = ${column}`]) {
        if (name === 'audit_seals' && statement.startsWith('update')) continue
        expect([statement, await attempt(sealer, statement)]).toEqual([statement, null])
      }
    }
    expect((await attempt(sealer, 'select 1 from audit_trail'))?.length ?? 0).toBeGreaterThan(0)
    const entry = `insert into audit_trail (action, actor_kind, object_kind, object_id) values ('x', 'system', 'case', 'x')`
    expect(await attempt(sealer, entry)).toBe(null)
    expect(await state()).toBe(before)
  })

  test('the door, which knows who is there, knows nothing of their matters', async () => {
    for (const name of [
      'drafts',
      'attachments',
      'attachment_chunks',
      'stored_objects',
      'submissions',
      'cases',
      'case_events',
      'case_calls',
      'case_messages',
      'case_visits',
      'clock_stops',
      'arrivals',
      'registers',
      'register_entries',
      'papers',
      'account_settlements',
      'audit_trail',
      'audit_chain',
      'taxpayers',
      'tax_accounts',
      'tax_bookings',
      'remembered_tax_numbers',
    ]) {
      expect([name, await attempt({ role: 'door' }, `select * from ${name} limit 1`)]).toEqual([name, null])
    }
    // Of a receipt that is to be verified it sees what is no secret, and of that one only.
    expect(await attempt({ role: 'door' }, 'select arrival_number from submissions')).toEqual([])
    const verifying = `select s.arrival_number from set_config('app.arrival_number', '${annas.arrivalNumber}', true), submissions s`
    expect(await attempt({ role: 'door' }, verifying)).toEqual([{ arrival_number: annas.arrivalNumber }])
    for (const column of ['id', 'answers', 'sender', 'party_id', 'author_id']) {
      expect([column, await attempt({ role: 'door' }, `select ${column} from submissions`)]).toEqual([column, null])
    }
    for (const statement of [
      "update clerks set name = 'x'",
      "update clerk_roles set role = 'head'",
      'delete from accounts',
      'delete from clerks',
      `insert into clerk_roles (clerk_id, role) select id, 'head' from clerks`,
    ]) {
      expect([statement, await attempt({ role: 'door' }, statement)]).toEqual([statement, null])
    }
  })

  test('a transaction cannot take another role than its own, nor more than the application’s', async () => {
    for (const role of ['portal_owner', 'portal_jobs', 'postgres', 'pg_read_all_data', 'pg_write_all_data']) {
      expect([role, await attempt({ role: 'citizen' }, `set local role ${role}`)]).toEqual([role, null])
    }
  })
})

describe('checks alone', () => {
  let before: string

  beforeAll(async () => {
    await prepare()
    // Each has something of their own, so that an empty page is no proof by itself.
    for (const person of [bela, gabor, edit, ferenc]) await portal.session(person)
    await portal.admin(`do $$ declare name text; begin
      for name in select tablename from pg_tables where schemaname = 'public' loop
        execute format('alter table public.%I no force row level security', name);
        execute format('alter table public.%I disable row level security', name);
      end loop; end $$`)
    const seen = await inScope(portal.portal.db, { role: 'citizen' }, (tx) => tx.execute('select * from drafts'))
    expect(seen.rows.length).toBeGreaterThan(0)
    before = await snapshot()
  })
  afterAll(() => portal.close())

  /** All of Anna’s rows and of her settlement’s books, without the moments of her own activity. */
  function snapshot(): Promise<string> {
    const { accountId, caseId, closedCaseId, submissionId } = annas
    const hers = [accountId, company.partyId, affairs.party.id].map((id) => `'${id}'`).join()
    const things = [caseId, closedCaseId, submissionId, affairs.taxpayerId].map((id) => `'${id}'`).join()
    return Promise.all(
      [
        `select * from accounts where id = '${accountId}'`,
        `select * from account_settlements where account_id = '${accountId}' order by 2`,
        `select * from drafts where author_id = '${accountId}' order by id`,
        `select * from attachments where party_id = '${accountId}' order by id`,
        `select attachment_id, sequence, md5(bytes) from attachment_chunks where party_id = '${accountId}' order by 1, 2`,
        `select * from stored_objects where party_id = '${accountId}' order by 1`,
        `select * from submissions where author_id = '${accountId}' order by id`,
        'select * from mandates order by id',
        'select * from represented_parties order by id',
        `select * from cases where settlement_id = ${ujhartyan} or party_id = '${accountId}' order by id`,
        `select * from case_events where settlement_id = ${ujhartyan} order by id`,
        `select * from registers where settlement_id = ${ujhartyan} order by id`,
        `select * from register_entries where settlement_id = ${ujhartyan} order by id`,
        `select * from arrivals where settlement_id = ${ujhartyan} order by 1`,
        `select ended_at, target from session_lineages where account_id = '${accountId}'`,
        `select * from case_calls where settlement_id = ${ujhartyan} order by id`,
        `select * from case_messages where settlement_id = ${ujhartyan} order by id`,
        `select * from clock_stops where settlement_id = ${ujhartyan} order by id`,
        `select * from case_visits where account_id = '${accountId}' or party_id in (${hers}) order by 1, 2`,
        `select * from remembered_tax_numbers where account_id = '${accountId}'`,
        `select * from parked_work where account_id = '${accountId}' order by id`,
        'select * from tax_sources order by 1',
        'select * from taxpayers order by id',
        'select * from tax_accounts order by id',
        'select * from tax_bookings order by account_id, position',
        // What others did there in matters of their own is none of hers.
        `select * from audit_trail where settlement_id = ${ujhartyan} and (actor_kind <> 'citizen' or actor_id = '${accountId}'
           or party_id in (${hers}) or object_id in (${hers}, ${things})) order by id`,
      ].map((statement) => portal.admin(statement)),
    ).then((rows) => JSON.stringify(rows))
  }

  const strangers: { person: CastPerson; settlement: string; offices: string[] }[] = [
    { person: bela, settlement: 'komlo', offices: [] },
    { person: gabor, settlement: 'ujhartyan', offices: [] },
    { person: edit, settlement: 'komlo-heves', offices: ['komlo-heves'] },
    { person: ferenc, settlement: 'magyarhertelend', offices: ['komlo', 'magyarhertelend'] },
  ]

  /** The addresses of a route with everything of Anna’s that fits into them. */
  function addresses(
    url: string,
    settlement: string,
    offices: readonly string[],
    others: Record<string, readonly string[]> = {},
  ): string[] {
    const { draftId, draftFileId, submissionId, submissionFileId, caseId, closedCaseId, accountId } = annas
    const isDraft = url.includes(':draft')
    // The first of each is the one that leads somewhere.
    const parts: Record<string, readonly string[]> = {
      ':settlement': ['ujhartyan', ...(settlement === 'ujhartyan' ? [] : [settlement])],
      ':party': ['sajat', accountId, affairs.party.label],
      ':office': [...offices, 'ujhartyan'],
      ':draft': url.includes('/potlasok/') ? [affairs.completionId, draftId] : [draftId, affairs.completionId],
      ':item': [annas.parkedId],
      ':oldal': ['kerelem', 'csatolmanyok'],
      ':csatolmany': isDraft ? [draftFileId, submissionFileId] : [submissionFileId, draftFileId],
      ':attachment': [submissionFileId, draftFileId],
      ':id': url.includes('meghatalmazasok')
        ? [affairs.onlineMandateId, affairs.paperMandateId]
        : url.includes('beadvany')
          ? [submissionId, draftId]
          : [caseId, closedCaseId, submissionId],
      ':lepes': ['megszuntetes', 'attetel'],
      ':form': ['altalanos-kerelem'],
      ':page': ['kerelem'],
      ':row': ['0'],
      ':sor': ['0'],
      ...others,
    }
    const named = Object.keys(parts).filter((name) => url.includes(name))
    const written = (values: Record<string, string>) =>
      named.reduce((so, name) => so.replace(name, values[name] ?? parts[name]?.[0] ?? ''), url.replace(/\*$/, 'x'))
    const known = new Set([
      written({}),
      ...named.flatMap((name) => parts[name]?.map((value) => written({ [name]: value })) ?? []),
    ])
    for (const address of known) expect(address).not.toContain(':')
    return [...known]
  }

  /** Where anybody may look, Anna’s ids or not. */
  const forEverybody = (address: string) =>
    !/\/(sajat|hivatal)(\/|$)/.test(address) &&
    ![annas.accountId, company.label, affairs.party.label].some((name) => address.includes(name))

  /** Where a redirection leads whoever follows it: an address that only leads on to where something is says nothing of it. */
  async function followed(page: Page, person: CastPerson): Promise<Page> {
    return page.status === 303 ? portal.visit(page.location, { as: person }) : page
  }

  test.each(strangers)('$person.name reads nothing of hers at any address', async ({ person, settlement, offices }) => {
    const { arrivalNumber, fileNumber, caseId, draftId, rowKey } = annas
    const query = new URLSearchParams({
      szam: arrivalNumber,
      ugy: caseId,
      kesz: 'iktatva',
      mentve: draftId,
      utan: rowKey,
      szuro: 'mind',
      nezet: 'mind',
      telepules: 'ujhartyan',
      urlap: 'altalanos-kerelem',
      hibak: '',
      vissza: 'attekintes',
      szamla: affairs.taxpayerId,
      ugyfel: affairs.party.label,
      keres: 'Minta',
    }).toString()
    const asked: string[] = []
    for (const { method, url } of portal.app.knownRoutes) {
      if (method !== 'GET' || url.startsWith('/assets') || url.startsWith('/kau')) continue
      for (const [at, address] of addresses(url, settlement, offices).entries()) {
        const variants =
          forEverybody(address) || at > 0
            ? [`${address}?${query}`]
            : [address, `${address}?${query}`, `${address}?szam=${encodeURIComponent(fileNumber)}&elott=${rowKey}`]
        for (const variant of variants) {
          const page = await followed(await portal.visit(variant, { as: person }), person)
          asked.push(variant)
          expect([variant, told(page.body, variant)]).toEqual([variant, []])
          expect([variant, page.status < 500]).toEqual([variant, true])
          const named = [
            annas.draftId,
            annas.submissionId,
            annas.caseId,
            annas.closedCaseId,
            annas.draftFileId,
            annas.submissionFileId,
            annas.accountId,
            ...Object.values(affairs).map((one) => (typeof one === 'string' ? one : one.label)),
          ]
          if (named.some((id) => address.includes(id)) && !forEverybody(address)) {
            expect([variant, page.status]).toEqual([variant, 404])
          }
          if (address.startsWith('/hivatal/ujhartyan')) expect([variant, page.status]).toEqual([variant, 404])
        }
      }
    }
    expect(asked.length).toBeGreaterThan(80)
    expect(await snapshot()).toBe(before)
  })

  test.each(strangers)(
    '$person.name changes nothing of hers at any address',
    async ({ person, settlement, offices }) => {
      const { draftId, draftFileId, caseId, accountId } = annas
      const [draft] = await portal.admin<{ revision: number; submission_key: string }>(
        'select * from drafts where id = $1',
        [draftId],
      )
      const [denes] = await portal.admin<{ id: string }>("select id from clerks where name like 'Ügyintéző%'")
      const fields = {
        _azonosito: draft?.submission_key ?? '',
        _tartalom: 'a'.repeat(64),
        subject: 'más tárgy',
        _torles: draftFileId,
        kulcs: draftId,
        urlap: 'altalanos-kerelem',
        mod: 'self',
        ugyintezo: denes?.id ?? '',
        helyett: '',
        utasitas: 'más utasítás',
        valasz: 'Ezt a választ nem adhatja más hivatal.',
        account_id: accountId,
        party_id: accountId,
        case_id: caseId,
        kodok: annas.paper.join('\n'),
        masolat: '0',
        kuldo: 'Valaki',
        revizio: '1',
        valtozat: '2',
        kerdes: 'subject',
        leiras: 'más hiányzik',
        napok: '15',
        indok: 'Más hivatal nem indokolhatja.',
        cimzett: 'Más hivatal',
        fajta: 'from-office',
        szoveg: 'más üzenet',
        uzenet: 'más üzenet',
        visszavonom: 'yes',
        nyilatkozat: 'yes',
        telepules: 'ujhartyan',
        szamla: affairs.taxpayerId,
        parti: affairs.party.label,
        ugy: caseId,
        ...mandateTo(bela),
      }
      /** What is named so is another thing on each page. */
      const numbers: Record<string, string> = {
        '/:settlement/:party/ado': anna.taxId,
        '/sajat/ado/elfelejtes': affairs.rememberedId,
      }
      let tried = 0
      for (const { method, url } of portal.app.knownRoutes) {
        if (
          method !== 'POST' ||
          /^\/(nyelv|belepes|kijelentkezes|munkamenet|csp|sajat\/(beallitasok|elso-belepes|onkormanyzatok|munkamenetek))/.test(
            url,
          )
        )
          continue
        for (const address of addresses(url, settlement, offices)) {
          if (forEverybody(address)) continue
          // Starting a form of one's own names nothing of hers but the key, which is taken.
          const _jegy = await soundTicket(person, address, draft?.revision ?? 1)
          const azonosito = numbers[url] ?? draftId
          const page = await portal.post(address, { ...fields, azonosito, _jegy }, { as: person })
          tried += 1
          const refusals = refusalsAt(address)
          expect([address, refusals.includes(page.status), page.status]).toEqual([address, true, page.status])
          expect([address, told(page.body, `${address} ${azonosito}`)]).toEqual([address, []])
        }
      }
      expect(tried).toBeGreaterThan(45)
      expect(await snapshot()).toBe(before)
    },
  )

  /**
   * How a stranger is refused who names what is hers. At addresses of one's own that name nothing: her paper is for another
   * office, whoever administers no forms at a desk is told so, and her tax number is none that is found (nor is there a register
   * everywhere).
   */
  function refusalsAt(address: string): number[] {
    if (/^\/hivatal\/(?!ujhartyan\/)[a-z-]+\/papir\b/.test(address)) return [422]
    if (/^\/hivatal\/(?!ujhartyan\/)[a-z-]+\/urlapok\b/.test(address)) return [403, 404]
    if (address.endsWith('/sajat/ado')) return [422, 404, 503]
    if (address.endsWith('/sajat/ado/urlap')) return [303]
    if (address === '/sajat/meghatalmazasok/uj') return [404, 422]
    return [404]
  }

  /** A ticket that says of the address what is true of it: what keeps a stranger out is not that there is none. */
  function soundTicket(person: CastPerson, address: string, revision: number, begun = annas.draftId): Promise<string> {
    const [, settlement = '', party = '', kind = '', draft = '', page = '', ...row] = address.split('/')
    const step = kind === 'potlasok' ? '_potlas' : row[0] === 'sor' ? [page, ...row].join('/') : page
    const place = draft === 'uj' ? { draft: begun, step: draft } : { draft, step }
    return ticketFor(portal, person, {
      ...place,
      settlement,
      party,
      revision,
      ...(step === 'bekuldes' ? { step: 'attekintes' } : {}),
    })
  }

  test.each(strangers)(
    '$person.name finds nothing of the company she acts for',
    async ({ person, settlement, offices }) => {
      const things = {
        ':party': [company.label, affairs.party.label],
        ':draft': [company.draftId, affairs.completionId],
        ':item': [company.draftId],
        ':id': [company.submissionId, company.caseId],
      }
      let tried = 0
      for (const { method, url } of portal.app.knownRoutes) {
        if (!url.startsWith('/:settlement/:party') || !['GET', 'POST'].includes(method)) continue
        for (const address of addresses(url, settlement, offices, things)) {
          const page =
            method === 'GET'
              ? await portal.visit(address, { as: person })
              : await portal.post(
                  address,
                  {
                    _jegy: await soundTicket(person, address, 1, company.draftId),
                    kulcs: company.draftId,
                    urlap: 'altalanos-kerelem',
                    mod: company.label,
                    subject: 'más tárgy',
                    uzenet: 'más üzenet',
                    visszavonom: 'yes',
                    azonosito: anna.taxId,
                    szamla: affairs.taxpayerId,
                    parti: affairs.party.label,
                  },
                  { as: person },
                )
          tried += 1
          expect([address, page.status, told(page.body, address)]).toEqual([address, 404, []])
        }
      }
      expect(tried).toBeGreaterThan(15)
      expect(await snapshot()).toBe(before)
    },
  )

  test('nobody else ends a session of hers by its label', async () => {
    const { lineageId } = annas
    const [lineage] = await portal.admin<{ label: string }>('select label from session_lineages where id = $1', [
      lineageId,
    ])
    for (const { person } of strangers) {
      await portal.post('/sajat/munkamenetek', { munkamenet: lineage?.label ?? '' }, { as: person })
    }
    expect(
      await portal.admin('select 1 from session_lineages where id = $1 and ended_at is null', [lineageId]),
    ).toEqual([{ '?column?': 1 }])
  })

  test('a stranger with no session reads and changes nothing', async () => {
    let tried = 0
    for (const { method, url } of portal.app.knownRoutes) {
      if (url.startsWith('/assets') || url.startsWith('/kau') || !['GET', 'POST'].includes(method)) continue
      for (const address of addresses(url, 'ujhartyan', [])) {
        const page = method === 'GET' ? await portal.visit(address) : await portal.post(address, { subject: 'más' })
        tried += 1
        expect([address, told(page.body, address)]).toEqual([address, []])
      }
    }
    expect(tried).toBeGreaterThan(80)
    expect(await snapshot()).toBe(before)
  })

  test('her own clerk is found at the addresses where the others are not', async () => {
    const desk = `/hivatal/ujhartyan/ugyek/${annas.caseId}`
    expect((await portal.visit(desk, { as: cecilia })).body).toContain('Vízjel')
    expect((await portal.visit(`/ujhartyan/sajat/ugyek/${annas.caseId}`, { as: anna })).status).toBe(200)
    for (const path of [
      `ugyek/${company.caseId}`,
      `beadvanyok/${company.submissionId}`,
      `urlapok/${company.draftId}/bekuldo`,
    ]) {
      expect((await portal.visit(`/ujhartyan/${company.label}/${path}`, { as: anna })).status).toBe(200)
    }
    expect(
      (
        await portal.visit(`/ujhartyan/sajat/beadvanyok/${annas.submissionId}/csatolmanyok/${annas.submissionFileId}`, {
          as: anna,
        })
      ).body,
    ).toContain('VIZJEL')
    const balance = '/ujhartyan/sajat/ado'
    for (const [person, address, shown] of [
      [anna, `/ujhartyan/sajat/potlasok/${affairs.completionId}`, `Vízjel pótlás`],
      [anna, balance, 'UH-1001'],
      [anna, `${balance}/fizetes`, anna.name],
      [hanna, balance.replace('sajat', affairs.party.label), 'UH-1001'],
      [hanna, '/sajat/ugyfelek', anna.name],
      [anna, '/sajat/meghatalmazasok', hanna.name],
      [denes, '/hivatal/ujhartyan/meghatalmazasok?keres=Minta', anna.name],
      [denes, desk, 'Vízjel kérdés'],
      [anna, '/sajat/adatnaplo', 'adóegyenleget'],
    ] as const) {
      const page = await portal.visit(address, { as: person })
      expect([address, page.status, page.text.includes(shown)]).toEqual([address, 200, true])
    }
    expect(
      (await portal.visit(`/ujhartyan/sajat/urlapok/${annas.draftId}/fajl/${annas.draftFileId}`, { as: anna })).body,
    ).toContain('VIZJEL')
  })
})

function insertion(table: string, columns: readonly string[], row: Record<string, unknown>): string {
  const written = JSON.stringify(row).replaceAll("'", "''")
  return `insert into ${table} (${columns.join(', ')}) select ${columns.join(', ')} from jsonb_populate_record(null::${table}, '${written}'::jsonb) returning 1`
}

/** New values for what must be unique, so that a refusal is never about that. */
function freshKeys(row: Record<string, unknown>): Record<string, unknown> {
  const uuid = ['id', 'draft_id', 'submission_key'].filter(
    (name) => typeof row[name] === 'string' && row[name].length === 36,
  )
  return {
    ...Object.fromEntries(uuid.map((name) => [name, crypto.randomUUID()])),
    ...('arrival_number' in row && { arrival_number: crypto.randomUUID() }),
    ...('main_number' in row && { main_number: 90_000 + Math.floor(Math.random() * 900_000) }),
    ...('sequence' in row && { sequence: 90_000 + Math.floor(Math.random() * 900_000) }),
    ...('label' in row && { label: crypto.randomUUID() }),
    ...('identifier_hash' in row && { identifier_hash: `\\x${crypto.randomUUID().replaceAll('-', '')}` }),
    ...('state_hash' in row && { state_hash: `\\x${crypto.randomUUID().replaceAll('-', '')}` }),
    ...('subject' in row && 'issuer' in row && { subject: crypto.randomUUID() }),
    ...('year' in row && { year: 2100 + Math.floor(Math.random() * 90) }),
    ...('granted_at' in row && { granted_at: '2020-01-01T00:00:00Z', role: 'auditor' }),
  }
}
