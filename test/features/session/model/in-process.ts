import fc from 'fast-check'
import type { Attempt } from '../../../../src/features/session/transitions.ts'
import { type Command, commandOf, histories } from './commands.ts'
import { play, playAtOnce, type Reached, type TriedPortal } from './driver.ts'
import type { Happening } from './history.ts'
import { inMemoryPortal } from './in-memory.ts'
import type { Person } from './rules.ts'

/** The pure rules as a portal that can be tried. */
function tried(): TriedPortal<Attempt> {
  const portal = inMemoryPortal({ idleMinutes: 30 })
  let given = 0
  return {
    setClock: () => undefined,
    look(_browser, identifier, as, now) {
      const looked = portal.look(identifier, new Date(now), as !== 'status' && as !== 'prefetch')
      return { ...looked, person: looked.state === 'active' ? (looked.person as Person) : undefined }
    },
    start: (_browser, identifier, kind, now) => ({
      kind,
      startedAt: new Date(now),
      retried: false,
      lineageId: portal.lineageOf(identifier, new Date(now)),
    }),
    comeBack(_browser, attempt, answer, shown, now) {
      if ('error' in answer) return { outcome: answer.error }
      given += 1
      const identifier = `identifier-${given}`
      const { judged, lineage } = portal.comeBack(attempt, answer.token, shown, identifier, new Date(now))
      if ('clock' in judged) return { outcome: judged.verdict, identifier, lineage }
      if (judged.verdict !== 'try-again') return { outcome: judged.verdict }
      const lineageId = portal.lineageOf(shown, new Date(now))
      return { outcome: 'try-again', again: { ...attempt, startedAt: new Date(now), retried: true, lineageId } }
    },
    signOut(_browser, identifier, now) {
      const lineage = portal.lineageOf(identifier, new Date(now))
      if (lineage !== null) portal.end(Number(lineage), new Date(now))
    },
    endElsewhere: (_identifier, lineage, now) => portal.end(lineage, new Date(now)),
    report: (whose, now) => portal.report(whose, new Date(now)),
    raiseEpoch: () => portal.raiseEpoch(),
    shows: (verdict) => verdict,
    departs: () => true,
    countsClick: () => false,
    keepsAttempts: false,
    settle: () => undefined,
  }
}

export function playInProcess(commands: readonly Command[]): Happening[] {
  return playAtOnce(play(tried(), commands, {}))
}

/** Plays histories of up to 60 steps against the pure rules. @throws what fast-check found, with its seed and shortest history */
export function runInProcess(count: number, seed: number): { steps: number; reached: Reached } {
  const reached: Reached = {}
  let steps = 0
  fc.assert(
    fc.property(histories(60), (numbers) => {
      steps += numbers.length
      playAtOnce(play(tried(), numbers.map(commandOf), reached))
    }),
    {
      numRuns: count,
      seed,
      reporter: describeFailure,
    },
  )
  return { steps, reached }
}

/** @throws Error with what was broken, the seed and the shortest history that breaks it */
export function describeFailure(run: fc.RunDetails<[number[]]>): void {
  if (!run.failed) return
  const because = run.errorInstance instanceof Error ? run.errorInstance.message : String(run.errorInstance)
  const shortest = (run.counterexample?.[0] ?? []).map(commandOf).map((command) => JSON.stringify(command))
  throw new Error(`${because}\nseed ${run.seed}, history ${run.numRuns}, shortest:\n${shortest.join(',\n')}`, {
    cause: run.errorInstance,
  })
}
