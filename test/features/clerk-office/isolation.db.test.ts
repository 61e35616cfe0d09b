import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  changeCase,
  countCasesOfOffice,
  findCaseOfOffice,
  findCasesByNumber,
  findCasesOfOffice,
  findEvents,
  findFormCodesOfOffice,
  lockCase,
} from '../../../src/features/cases/index.ts'
import { asClerk, findClerk } from '../../../src/features/clerk-office/index.ts'
import { findNumbered, parseFileNumber } from '../../../src/features/records/index.ts'
import { submissionForOffice } from '../../../src/features/submissions/index.ts'
import { inScope, type Tx } from '../../../src/platform/database.ts'
import { NotFound } from '../../../src/platform/http/errors.ts'
import { anna, bela, cecilia, edit } from '../../cast/people.ts'
import { type OfficeFixture, openOfficeFixture, places } from './office-fixture.ts'

const states = ['submitted', 'received', 'registered', 'assigned', 'in_progress', 'closed'] as const
const everywhere = Object.values(places)

let fixture: OfficeFixture
let annas: Awaited<ReturnType<OfficeFixture['sendIn']>>
let fileNumber: string

async function prepare(): Promise<void> {
  fixture = await openOfficeFixture()
  annas = await fixture.sendIn(anna, places.ujhartyan)
  const desk = fixture.at(cecilia, 'ujhartyan')
  await fixture.office.receive(desk, annas.caseId)
  fileNumber = (await fixture.office.register(desk, annas.caseId)).fileNumber
}

/** With the rights of the clerk of Kömlő. */
const asEdit = <T>(work: (tx: Tx) => Promise<T>) =>
  asClerk(fixture.db, fixture.at(edit, 'komlo-heves'), (tx) => work(tx))

describe('policies alone, the checks of the code left out', () => {
  beforeAll(prepare)
  afterAll(() => fixture.close())

  test.each([
    'cases',
    'case_events',
    'submissions',
    'attachments',
    'attachment_chunks',
    'arrivals',
    'registers',
    'register_entries',
  ])('a clerk of another office reads no row of %s', async (table) => {
    const mine = await inScope(fixture.db, { role: 'clerk', settlements: [places.ujhartyan] }, (tx) =>
      tx.execute(`select * from ${table}`),
    )
    if (!table.startsWith('attachment')) expect(mine.rows.length).toBeGreaterThan(0)
    expect((await asEdit((tx) => tx.execute(`select * from ${table}`))).rows).toEqual([])
  })

  test('queries told to look everywhere find nothing', async () => {
    await asEdit(async (tx) => {
      const wish = { settlementIds: everywhere, states, start: undefined, size: 50 }
      expect((await findCasesOfOffice(tx, wish)).rows).toEqual([])
      expect(await findFormCodesOfOffice(tx, wish)).toEqual([])
      expect([...(await countCasesOfOffice(tx, { ...wish, most: 9 })).values()].every((count) => count === 0)).toBe(
        true,
      )
      expect(await findCaseOfOffice(tx, annas.caseId, everywhere)).toBeUndefined()
      expect(await lockCase(tx, annas.caseId, everywhere)).toBeUndefined()
      expect(await findCasesByNumber(tx, everywhere, { arrivalNumber: annas.arrivalNumber })).toEqual([])
      expect(await findNumbered(tx, everywhere, parsed(fileNumber))).toEqual([])
      expect(await findEvents(tx, annas.caseId, { internalToo: true })).toEqual([])
      expect(await submissionForOffice(tx, annas.submissionId)).toBeUndefined()
      const where = { id: annas.caseId, settlementIds: everywhere, from: states }
      expect(await changeCase(tx, where, { answer: 'x' })).toBeUndefined()
    })
  })

  test('nothing can be written into another settlement', async () => {
    const { ujhartyan } = places
    for (const statement of [
      `insert into arrivals values ('${annas.submissionId}', ${ujhartyan}, now(), gen_random_uuid())`,
      `insert into registers (settlement_id, year, prefix) values (${ujhartyan}, 2031, 'X')`,
      `insert into case_events (case_id, settlement_id, party_id, kind, at)
         values ('${annas.caseId}', ${ujhartyan}, gen_random_uuid(), 'closed', now())`,
      `insert into audit_trail (action, actor_kind, settlement_id, object_kind, object_id)
         values ('x', 'clerk', ${ujhartyan}, 'case', 'x')`,
    ]) {
      await expect(
        asEdit((tx) => tx.execute(statement)),
        statement,
      ).rejects.toThrow()
    }
  })

  test('a clerk cannot give roles, a citizen sees no office table', async () => {
    for (const statement of [
      `update clerk_roles set role = 'head'`,
      `insert into clerk_roles (clerk_id, role) select id, 'head' from clerks`,
      'delete from cases',
      'delete from case_events',
      'update case_events set visible = true',
      'delete from register_entries',
      'update register_entries set main_number = 1',
      'delete from audit_trail',
    ]) {
      await expect(
        asEdit((tx) => tx.execute(statement)),
        statement,
      ).rejects.toThrow()
    }
    for (const table of ['arrivals', 'registers', 'register_entries', 'clerks', 'clerk_roles']) {
      await expect(
        inScope(fixture.db, { role: 'citizen', account: fixture.accountOf(anna) }, (tx) =>
          tx.execute(`select * from ${table}`),
        ),
        table,
      ).rejects.toThrow()
    }
  })

  test('another citizen reads no row of the case', async () => {
    const belas = fixture.accountOf(bela)
    await inScope(fixture.db, { role: 'citizen', account: belas, parties: [belas] }, async (tx) => {
      for (const table of ['cases', 'case_events', 'submissions']) {
        expect((await tx.execute(`select * from ${table}`)).rows).toEqual([])
      }
    })
  })
})

describe('checks alone, the policies switched off', () => {
  beforeAll(async () => {
    await prepare()
    await fixture.admin(`do $$ declare name text; begin
      for name in select tablename from pg_tables where schemaname = 'public' loop
        execute format('alter table public.%I disable row level security', name);
      end loop; end $$`)
    const seen = await asEdit((tx) => tx.execute('select * from cases'))
    expect(seen.rows.length).toBeGreaterThan(0)
  })
  afterAll(() => fixture.close())

  test('a clerk of another office finds the case by no verb', async () => {
    const { office } = fixture
    const desk = fixture.at(edit, 'komlo-heves')
    const edits = await findClerk(fixture.db, desk)
    const { caseId } = annas
    const assignment = { caseWorkerId: edits.id, insteadOf: null, instruction: '' }
    for (const attempt of [
      () => office.read(edits, caseId),
      () => office.attachment(edits, caseId, caseId),
      () => office.receive(desk, caseId),
      () => office.register(desk, caseId),
      () => office.assign(desk, caseId, assignment),
      () => office.route(desk, caseId),
      () => office.start(desk, caseId),
      () => office.close(desk, caseId, 'Ezt a választ senki sem olvashatja.'),
    ]) {
      await expect(attempt(), attempt.toString()).rejects.toThrow(NotFound)
    }
    expect(await office.find(edits, fileNumber)).toBeUndefined()
    expect(await office.find(edits, annas.arrivalNumber)).toBeUndefined()
  })

  test('the lists of another office are empty, also when it asks for other settlements', async () => {
    const edits = await findClerk(fixture.db, fixture.at(edit, 'komlo-heves'))
    const wish = { settlementIds: everywhere, states, start: undefined }
    const list = await fixture.office.list(edits, wish, { states }, annas.caseId)
    expect(list.rows).toEqual([])
    expect(list.formCodes).toEqual([])
    expect(list.justDone).toBeUndefined()
    expect([...list.counts.values()].every((count) => count === 0)).toBe(true)
  })

  test('a case worker of another office is not in the list and gets no case', async () => {
    const edits = await findClerk(fixture.db, fixture.at(edit, 'komlo-heves'))
    const cecilias = await findClerk(fixture.db, fixture.at(cecilia, 'ujhartyan'))
    const desk = await fixture.office.read(cecilias, annas.caseId)
    expect(desk.caseWorkers.map(({ name }) => name)).not.toContain(edit.name)
    const assignment = { caseWorkerId: edits.id, insteadOf: null, instruction: '' }
    await expect(fixture.office.assign(fixture.at(cecilia, 'ujhartyan'), annas.caseId, assignment)).rejects.toThrow(
      'clerk-office.refused.no-case-worker',
    )
  })

  test('another citizen finds the case by no verb', async () => {
    await expect(fixture.tracking.read(...fixture.forOneself(bela), places.ujhartyan, annas.caseId)).rejects.toThrow(
      NotFound,
    )
    const list = await fixture.tracking.list(fixture.asks(bela), { filter: 'all', start: undefined })
    expect(list.rows).toEqual([])
  })

  test('one’s own case is found only at its own settlement, and without what is internal', async () => {
    const account = fixture.accountOf(anna)
    await expect(fixture.tracking.read(...fixture.forOneself(anna), places.komlo, annas.caseId)).rejects.toThrow(
      NotFound,
    )
    await fixture.admin(
      `insert into case_events (case_id, settlement_id, party_id, kind, at, visible)
       values ($1, $2, $3, 'instruction', now(), false)`,
      [annas.caseId, places.ujhartyan, account],
    )
    const file = await fixture.tracking.read(...fixture.forOneself(anna), places.ujhartyan, annas.caseId)
    expect(file.events.every(({ visible }) => visible)).toBe(true)
  })
})

function parsed(text: string) {
  const number = parseFileNumber(text)
  if (!number) throw new Error(`${text} is no file number`)
  return number
}
