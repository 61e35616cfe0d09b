import { setTimeout as pause } from 'node:timers/promises'

/**
 * Asks again and again until there is an answer.
 *
 * @param what said in the error
 * @param every milliseconds between two questions
 * @throws Error when there is none within the time, in milliseconds
 */
export async function until<T>(
  what: string,
  within: number,
  ask: () => Promise<T | undefined>,
  every = 50,
): Promise<T> {
  const began = performance.now()
  for (;;) {
    const answer = await ask()
    if (answer !== undefined) return answer
    if (performance.now() - began > within) throw new Error(`waited ${within / 1000} s in vain: ${what}`)
    await pause(every)
  }
}
