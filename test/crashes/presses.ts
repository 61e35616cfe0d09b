/** Buttons pressed by many at once, some of whom do not wait for the answer. */
import type { Answer } from '../demo/citizen.ts'

export interface Presses {
  presses: number
  /** whose sender hung up without waiting */
  hungUp: number
  /** whose connection broke, or who found nobody listening */
  unanswered: number
  /** who were told to come again */
  turnedAway: number
  /** under way in the moments of the kills */
  hit: number
  /** answers of each kind */
  answers: Record<string, number>
  /** answers nobody should ever get */
  wrong: string[]
}

export function countPresses() {
  const count: Presses = { presses: 0, hungUp: 0, unanswered: 0, turnedAway: 0, hit: 0, answers: {}, wrong: [] }
  let underWay = 0
  let waiting: { for: number; go: () => void }[] = []
  const ended = () => count.presses - underWay
  return {
    count,
    after,
    /**
     * Comes back in the moment in which so many more presses have ended, and takes down how many have not.
     * @param atLatest when there will be no more
     */
    async moment(more: number, atLatest?: Promise<unknown>): Promise<void> {
      await Promise.race([after(more), ...(atLatest === undefined ? [] : [atLatest])])
      count.hit += underWay
    },
    wrong: (what: string) => void count.wrong.push(what),
    note,
    /** @param understands whether the answer is one of those to be expected when all goes well */
    async press(
      name: string,
      ask: (leave: AbortSignal | undefined) => Promise<Answer>,
      understands: (answer: Answer) => boolean,
      leave?: AbortSignal,
    ): Promise<void> {
      count.presses += 1
      underWay += 1
      try {
        const answer = await ask(leave)
        note(name, answer)
        if (understands(answer)) return
        // 202: the portal is finding out what became of it
        if (answer.status === 503 || answer.status === 202) count.turnedAway += 1
        else count.wrong.push(`${name}: ${answer.status} ${answer.location}`)
      } catch {
        if (leave?.aborted === true) count.hungUp += 1
        else count.unanswered += 1
      } finally {
        underWay -= 1
        for (const { go } of waiting.filter((one) => one.for <= ended())) go()
        waiting = waiting.filter((one) => one.for > ended())
      }
    },
  }

  /** Comes back when so many more presses have ended. */
  async function after(more: number): Promise<void> {
    if (more > 0) await new Promise<void>((go) => waiting.push({ for: ended() + more, go }))
  }

  function note(name: string, { status }: Answer): void {
    const key = `${name} ${status}`
    count.answers[key] = (count.answers[key] ?? 0) + 1
  }
}
