import fc from 'fast-check'
import { type Command, commandOf, histories } from './commands.ts'
import { play, playOverTime, type Reached } from './driver.ts'
import type { Happening } from './history.ts'
import type { HttpPortal } from './http-portal.ts'
import { describeFailure } from './in-process.ts'

export async function playOverHttp(http: HttpPortal, commands: readonly Command[]): Promise<Happening[]> {
  return playOverTime(play(await http.fresh(), commands, {}))
}

const signedIn: Command = { do: 'trip', browser: 0, kind: 'sign-in', person: 'anna', insists: false }

/** Plays histories that begin with somebody signed in against the application. @throws what fast-check found, with its seed and shortest history */
export async function runOverHttp(
  http: HttpPortal,
  { count, longest, seed }: { count: number; longest: number; seed: number },
): Promise<{ steps: number; reached: Reached }> {
  const reached: Reached = {}
  let steps = 0
  await fc.assert(
    fc.asyncProperty(histories(longest), async (numbers) => {
      steps += numbers.length
      await playOverTime(play(await http.fresh(), [signedIn, ...numbers.map(commandOf)], reached))
    }),
    { numRuns: count, seed, reporter: describeFailure },
  )
  return { steps, reached }
}
