import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { asClerk, type Clerk, findClerk } from '../../../src/features/clerk-office/index.ts'
import { Conflict, NotAllowed, NotFound, NotSignedIn } from '../../../src/platform/http/errors.ts'
import { anna, bela, cecilia, denes, edit, ferenc } from '../../cast/people.ts'
import { type OfficeFixture, openOfficeFixture, places } from './office-fixture.ts'

let fixture: OfficeFixture
const answer = 'Az igazolást kiállítottuk, átveheti a hivatalban.'
const closing = (who: Parameters<OfficeFixture['at']>[0], caseId: string) =>
  fixture.office.close(fixture.at(who, 'ujhartyan'), caseId, answer)

beforeAll(async () => {
  fixture = await openOfficeFixture()
})
afterAll(() => fixture.close())

const clerk = (...[person, office]: Parameters<OfficeFixture['at']>): Promise<Clerk> =>
  findClerk(fixture.db, fixture.at(person, office))
const clerkIdOf = async (...args: Parameters<OfficeFixture['at']>) => (await clerk(...args)).id
const stateOf = async (caseId: string) => (await fixture.admin('select * from cases where id = $1', [caseId]))[0]
const kindsOf = async (caseId: string) =>
  (await fixture.admin('select kind from case_events where case_id = $1 order by id', [caseId])).map(({ kind }) => kind)
const auditOf = async (caseId: string) =>
  (await fixture.admin('select action from audit_trail where object_id = $1 order by id', [caseId])).map(
    ({ action }) => action,
  )
const lettersFor = async () =>
  (
    await fixture.admin(
      `select j.key from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
       where t.identifier = 'notify-case-event'`,
    )
  ).length

/** Takes a case as far as the state named. */
async function bringTo(state: 'received' | 'registered' | 'assigned' | 'in_progress', caseId: string): Promise<void> {
  const desk = fixture.at(cecilia, 'ujhartyan')
  await fixture.office.receive(desk, caseId)
  if (state === 'received') return
  await fixture.office.register(desk, caseId)
  if (state === 'registered') return
  const caseWorkerId = await clerkIdOf(denes, 'ujhartyan')
  await fixture.office.assign(desk, caseId, { caseWorkerId, insteadOf: null, instruction: '' })
  if (state === 'assigned') return
  await fixture.office.start(fixture.at(denes, 'ujhartyan'), caseId)
}

describe('the way of a case', () => {
  test('from submission to answer, each step is in the history and in the audit trail', async () => {
    const lettersBefore = await lettersFor()
    const { caseId } = await fixture.sendIn(anna, places.ujhartyan)
    await bringTo('in_progress', caseId)
    expect(await closing(denes, caseId)).toBe('done')
    expect(await stateOf(caseId)).toMatchObject({ state: 'closed', answer })
    expect(await kindsOf(caseId)).toEqual(['submitted', 'received', 'registered', 'assigned', 'started', 'closed'])
    expect(await auditOf(caseId)).toEqual([
      'case.opened',
      'case.received',
      'case.registered',
      'case.assigned',
      'case.started',
      'case.closed',
    ])
    expect((await lettersFor()) - lettersBefore).toBe(3)
  })

  test('the citizen sees the steps and the answer, but not the instruction', async () => {
    const { caseId } = await fixture.sendIn(anna, places.ujhartyan)
    await bringTo('registered', caseId)
    const caseWorkerId = await clerkIdOf(denes, 'ujhartyan')
    await fixture.office.assign(fixture.at(cecilia, 'ujhartyan'), caseId, {
      caseWorkerId,
      insteadOf: null,
      instruction: 'Kérem, soron kívül.',
    })
    const file = await fixture.tracking.read(...fixture.forOneself(anna), places.ujhartyan, caseId)
    expect(file.events.map(({ kind }) => kind)).toEqual(['submitted', 'received', 'registered', 'assigned'])
    expect(JSON.stringify(file)).not.toContain('soron kívül')
    const desk = await fixture.office.read(await clerk(denes, 'ujhartyan'), caseId)
    expect(JSON.stringify(desk.events)).toContain('soron kívül')
  })

  test('a look at a case and at a list goes on record', async () => {
    const { caseId } = await fixture.sendIn(anna, places.ujhartyan)
    const cecilias = await clerk(cecilia, 'ujhartyan')
    await fixture.office.read(cecilias, caseId)
    expect(await auditOf(caseId)).toEqual(['case.opened', 'case.viewed'])
    const list = {
      settlementIds: cecilias.settlementIds,
      states: ['submitted'] as const,
      newestFirst: true,
      start: undefined,
    }
    await fixture.office.list(cecilias, list, { states: [] }, undefined)
    const [seen] = await fixture.admin(
      `select detail, actor_id, settlement_id from audit_trail where action = 'cases.listed' order by id desc limit 1`,
    )
    expect(seen).toMatchObject({ actor_id: cecilias.id, settlement_id: places.ujhartyan })
    expect(seen?.['detail'].cases).toContain(caseId)
  })
})

describe('what comes in the wrong order or twice', () => {
  test('nothing is skipped: each step is refused until the one before is done', async () => {
    const { caseId } = await fixture.sendIn(anna, places.ujhartyan)
    const desk = fixture.at(cecilia, 'ujhartyan')
    const caseWorkerId = await clerkIdOf(denes, 'ujhartyan')
    await expect(fixture.office.register(desk, caseId)).rejects.toThrow(Conflict)
    await expect(
      fixture.office.assign(desk, caseId, { caseWorkerId, insteadOf: null, instruction: '' }),
    ).rejects.toThrow(Conflict)
    await expect(fixture.office.route(desk, caseId)).rejects.toThrow(Conflict)
    expect(await stateOf(caseId)).toMatchObject({ state: 'submitted', file_number: null })
    expect(await kindsOf(caseId)).toEqual(['submitted'])
  })

  test('the same step again changes nothing', async () => {
    const { caseId } = await fixture.sendIn(anna, places.ujhartyan)
    const desk = fixture.at(cecilia, 'ujhartyan')
    expect(await fixture.office.receive(desk, caseId)).toBe('done')
    expect(await fixture.office.receive(desk, caseId)).toBe('already-done')
    const first = await fixture.office.register(desk, caseId)
    const second = await fixture.office.register(desk, caseId)
    expect(second).toEqual({ outcome: 'already-done', fileNumber: first.fileNumber })
    await bringTo('in_progress', caseId)
    expect(await closing(denes, caseId)).toBe('done')
    expect(await closing(denes, caseId)).toBe('already-done')
    expect(await kindsOf(caseId)).toEqual(['submitted', 'received', 'registered', 'assigned', 'started', 'closed'])
  })

  test('another answer to a closed case is refused', async () => {
    const { caseId } = await fixture.sendIn(anna, places.ujhartyan)
    await bringTo('in_progress', caseId)
    await closing(denes, caseId)
    await expect(
      fixture.office.close(fixture.at(denes, 'ujhartyan'), caseId, 'Mégis másképp döntöttünk az ügyben.'),
    ).rejects.toThrow(Conflict)
    expect(await stateOf(caseId)).toMatchObject({ answer })
  })

  test('of two clerks who assign at once to different people, one is told', async () => {
    await fixture.importAgain('ujhartyan', (office) => ({
      ...office,
      clerks: [...office.clerks, { subject: bela.subject, name: bela.name, roles: ['case_worker'] }],
    }))
    const { caseId } = await fixture.sendIn(anna, places.ujhartyan)
    await bringTo('registered', caseId)
    const desk = fixture.at(cecilia, 'ujhartyan')
    const workers = [await clerkIdOf(denes, 'ujhartyan'), await clerkIdOf(bela, 'ujhartyan')]
    const outcomes = await Promise.allSettled(
      workers.map((caseWorkerId) =>
        fixture.office.assign(desk, caseId, { caseWorkerId, insteadOf: null, instruction: '' }),
      ),
    )
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    expect(outcomes.find((outcome) => outcome.status === 'rejected')?.reason).toBeInstanceOf(Conflict)
    expect((await kindsOf(caseId)).filter((kind) => kind === 'assigned')).toHaveLength(1)
  })

  test('twenty clicks on receiving are one receiving', async () => {
    const { caseId } = await fixture.sendIn(anna, places.ujhartyan)
    const desk = fixture.at(cecilia, 'ujhartyan')
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => fixture.office.receive(desk, caseId)))
    expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(1)
    expect(await kindsOf(caseId)).toEqual(['submitted', 'received'])
  })
})

describe('registering', () => {
  test('fifty at once: no number twice, none left out', async () => {
    const sent = await Promise.all(Array.from({ length: 50 }, () => fixture.sendIn(anna, places.komlo)))
    await fixture.importAgain('komlo', (office) => ({
      ...office,
      clerks: [{ subject: cecilia.subject, name: cecilia.name, roles: ['records_clerk'] }],
    }))
    const desk = fixture.at(cecilia, 'komlo')
    for (const { caseId } of sent) await fixture.office.receive(desk, caseId)
    const registered = await Promise.all(
      // every case twice, as by a double click
      [...sent, ...sent].map(({ caseId }) => fixture.office.register(desk, caseId)),
    )
    const numbers = new Set(registered.map(({ fileNumber }) => Number(/\/(\d+)-1\//.exec(fileNumber)?.[1])))
    expect([...numbers].toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1))
    expect(registered.filter(({ outcome }) => outcome === 'done')).toHaveLength(50)
    const [register] = await fixture.admin('select last_main_number from registers where settlement_id = $1', [
      places.komlo,
    ])
    expect(register).toEqual({ last_main_number: 50 })
  })

  test('a common office keeps a register for each settlement', async () => {
    const desk = fixture.at(ferenc, 'magyarhertelend')
    const first = await fixture.sendIn(anna, places.magyarhertelend)
    const second = await fixture.sendIn(anna, places.bodolyaber)
    for (const { caseId } of [first, second]) await fixture.office.receive(desk, caseId)
    const year = new Date().getFullYear()
    expect((await fixture.office.register(desk, first.caseId)).fileNumber).toBe(`MHD/1-1/${year}`)
    expect((await fixture.office.register(desk, second.caseId)).fileNumber).toBe(`BOD/1-1/${year}`)
  })
})

describe('who may', () => {
  let caseId: string
  beforeEach(async () => {
    caseId = (await fixture.sendIn(anna, places.ujhartyan)).caseId
  })

  test('who has no role at an office finds no office', async () => {
    await expect(clerk(anna, 'ujhartyan')).rejects.toThrow(NotFound)
    await expect(clerk(cecilia, 'no-such-office')).rejects.toThrow(NotFound)
    await expect(fixture.office.receive(fixture.at(anna, 'ujhartyan'), caseId)).rejects.toThrow(NotFound)
  })

  test('the clerk of another office finds no such case, by any verb', async () => {
    const editsDesk = fixture.at(edit, 'komlo-heves')
    const edits = await clerk(edit, 'komlo-heves')
    const assignment = { caseWorkerId: edits.id, insteadOf: null, instruction: '' }
    await expect(fixture.office.read(edits, caseId)).rejects.toThrow(NotFound)
    await expect(fixture.office.attachment(edits, caseId, caseId)).rejects.toThrow(NotFound)
    await expect(fixture.office.receive(editsDesk, caseId)).rejects.toThrow(NotFound)
    await expect(fixture.office.register(editsDesk, caseId)).rejects.toThrow(NotFound)
    await expect(fixture.office.assign(editsDesk, caseId, assignment)).rejects.toThrow(NotFound)
    await expect(fixture.office.route(editsDesk, caseId)).rejects.toThrow(NotFound)
    await expect(fixture.office.start(editsDesk, caseId)).rejects.toThrow(NotFound)
    await expect(fixture.office.close(editsDesk, caseId, answer)).rejects.toThrow(NotFound)
    await expect(fixture.office.receive(fixture.at(edit, 'ujhartyan'), caseId)).rejects.toThrow(NotFound)
    expect(await stateOf(caseId)).toMatchObject({ state: 'submitted' })
  })

  test('a case worker cannot receive, a records clerk cannot close', async () => {
    await expect(fixture.office.receive(fixture.at(denes, 'ujhartyan'), caseId)).rejects.toThrow(NotAllowed)
    await bringTo('in_progress', caseId)
    await expect(closing(cecilia, caseId)).rejects.toThrow(NotAllowed)
  })

  test('nobody acts in a case of their own, as party or as author', async () => {
    const own = await fixture.sendIn(cecilia, places.ujhartyan)
    await expect(fixture.office.receive(fixture.at(cecilia, 'ujhartyan'), own.caseId)).rejects.toThrow(NotAllowed)
    await fixture.admin('update cases set author_id = $2 where id = $1', [caseId, fixture.accountOf(cecilia)])
    await expect(fixture.office.receive(fixture.at(cecilia, 'ujhartyan'), caseId)).rejects.toThrow(NotAllowed)
    expect(await stateOf(own.caseId)).toMatchObject({ state: 'submitted' })
  })

  test('nobody acts in the case of somebody they may act for, as long as they may', async () => {
    // the party of the case stands in the register
    const [party] = await fixture.admin<{ id: string }>(
      `insert into represented_parties (id, settlement_id, label, kind, name, tax_number)
       select party_id, settlement_id, 'of-cecilia', 'company', 'Próba Kft.', '' from cases where id = $1
       returning id`,
      [caseId],
    )
    const [mandate] = await fixture.admin<{ id: string }>(
      `insert into mandates (settlement_id, party_id, registry_key, representative_mark, kind, everything, valid_from)
       values ($1, $2, 'of-cecilia', $3, 'statutory', true, '2024-01-01') returning id`,
      [places.ujhartyan, party?.id, fixture.marksOf(cecilia)[0]],
    )
    const desk = fixture.at(cecilia, 'ujhartyan')
    await expect(fixture.office.receive(desk, caseId)).rejects.toThrow('clerk-office.refused.own-case')
    expect((await fixture.office.read(await clerk(cecilia, 'ujhartyan'), caseId)).represents).toEqual([party?.id])
    expect(await stateOf(caseId)).toMatchObject({ state: 'submitted' })
    await fixture.admin('update mandates set revoked_at = now() where id = $1', [mandate?.id])
    expect(await fixture.office.receive(desk, caseId)).toBe('done')
  })

  test('a case is not given to its own party', async () => {
    const own = await fixture.sendIn(denes, places.ujhartyan)
    await bringTo('registered', own.caseId)
    const caseWorkerId = await clerkIdOf(denes, 'ujhartyan')
    const assignment = { caseWorkerId, insteadOf: null, instruction: '' }
    await expect(fixture.office.assign(fixture.at(cecilia, 'ujhartyan'), own.caseId, assignment)).rejects.toThrow(
      'clerk-office.refused.their-case',
    )
  })

  test('a case is only given to case workers of the office', async () => {
    await bringTo('registered', caseId)
    for (const caseWorkerId of [await clerkIdOf(cecilia, 'ujhartyan'), await clerkIdOf(edit, 'komlo-heves')]) {
      const assignment = { caseWorkerId, insteadOf: null, instruction: '' }
      await expect(fixture.office.assign(fixture.at(cecilia, 'ujhartyan'), caseId, assignment)).rejects.toThrow(
        'clerk-office.refused.no-case-worker',
      )
    }
  })

  test('a colleague’s case is the colleague’s', async () => {
    await fixture.importAgain('ujhartyan', (office) => ({
      ...office,
      clerks: [...office.clerks, { subject: bela.subject, name: bela.name, roles: ['case_worker'] }],
    }))
    await bringTo('assigned', caseId)
    await expect(fixture.office.start(fixture.at(bela, 'ujhartyan'), caseId)).rejects.toThrow(
      'clerk-office.refused.colleague',
    )
  })

  test('a revoked role ends with the next request, and the clerk’s work stays', async () => {
    await bringTo('assigned', caseId)
    await fixture.importAgain('ujhartyan', (office) => ({
      ...office,
      clerks: office.clerks.filter(({ subject }) => subject !== denes.subject),
    }))
    await expect(clerk(denes, 'ujhartyan')).rejects.toThrow(NotFound)
    await expect(fixture.office.start(fixture.at(denes, 'ujhartyan'), caseId)).rejects.toThrow(NotFound)
    const desk = await fixture.office.read(await clerk(cecilia, 'ujhartyan'), caseId)
    expect(desk.assignedName).toBe(denes.name)
    expect(desk.caseWorkers).toEqual([])
    await fixture.importAgain('ujhartyan', (office) => office)
    expect(await fixture.office.start(fixture.at(denes, 'ujhartyan'), caseId)).toBe('done')
  })

  test('a role that is being revoked waits for the act that holds it', async () => {
    let revoked = false
    let revoking: Promise<unknown> | undefined
    await asClerk(fixture.db, fixture.at(cecilia, 'ujhartyan'), async (_tx, { id }) => {
      revoking = fixture
        .admin('update clerk_roles set revoked_at = now() where clerk_id = $1 and revoked_at is null', [id])
        .then(() => {
          revoked = true
        })
      await setTimeout(150)
      expect(revoked).toBe(false)
    })
    await revoking
    expect(revoked).toBe(true)
    await fixture.importAgain('ujhartyan', (office) => office)
  })

  test('a session that has ended does nothing any more', async () => {
    const { lineageId } = fixture.at(cecilia, 'ujhartyan')
    await fixture.admin(`update session_lineages set ended_at = now() where id = $1`, [lineageId])
    await expect(fixture.office.receive(fixture.at(cecilia, 'ujhartyan'), caseId)).rejects.toThrow(NotSignedIn)
    await fixture.admin(`update session_lineages set ended_at = null where id = $1`, [lineageId])
    expect(await stateOf(caseId)).toMatchObject({ state: 'submitted' })
  })

  test('an administrator of forms and people does not see cases, an auditor only looks', async () => {
    const give = (role: string) =>
      fixture.admin(
        `insert into clerk_roles (clerk_id, role) select id, $2 from clerks
         where subject = $1 and office_id = (select id from offices where slug = 'komlo')`,
        [ferenc.subject, role],
      )
    await fixture.importAgain('komlo', (office) => ({
      ...office,
      clerks: [{ subject: ferenc.subject, name: ferenc.name, roles: ['case_worker'] }],
    }))
    await fixture.admin(
      `update clerk_roles set revoked_at = now() where clerk_id = (select id from clerks where subject = $1
         and office_id = (select id from offices where slug = 'komlo'))`,
      [ferenc.subject],
    )
    await give('administrator')
    const inKomlo = await fixture.sendIn(anna, places.komlo)
    const administrator = await clerk(ferenc, 'komlo')
    expect(administrator).toMatchObject({ roles: [], administersForms: true })
    expect(() => fixture.office.read(administrator, inKomlo.caseId)).toThrow(NotAllowed)
    await expect(fixture.office.receive(fixture.at(ferenc, 'komlo'), inKomlo.caseId)).rejects.toThrow(NotAllowed)
    await give('auditor')
    expect((await fixture.office.read(await clerk(ferenc, 'komlo'), inKomlo.caseId)).matter.id).toBe(inKomlo.caseId)
    await expect(fixture.office.receive(fixture.at(ferenc, 'komlo'), inKomlo.caseId)).rejects.toThrow(NotAllowed)
  })
})
