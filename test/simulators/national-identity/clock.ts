/**
 * The time of the simulated KAÜ: that of this machine, moved by as much as tests and the demo like. Shared with a portal,
 * it moves the time of the portal's database along.
 */
import { installTestClock, type TestClock } from '../../support/test-clock.ts'

const realNow = Date.now
let offsetSeconds = 0
let portal: TestClock | undefined
let moving: Promise<void> = Promise.resolve()
Date.now = () => realNow() + Math.round(offsetSeconds * 1000)

export const clock = {
  /** seconds ahead of the real time */
  offset: () => offsetSeconds,
  shared: () => portal !== undefined,
  moveTo: (seconds: number) => inTurn(() => place(seconds)),
  moveBy: (seconds: number) => inTurn(() => place(offsetSeconds + seconds)),
  /** Takes over the time the portal's database shows, and moves both from now on. */
  shareWith: (ownerUrl: string) =>
    inTurn(async () => {
      const next = await installTestClock(ownerUrl)
      await portal?.close()
      portal = next
      offsetSeconds = await next.read()
    }),
  stop: () => portal?.close(),
}

/** The portal first: while its database is away nothing moves. */
async function place(seconds: number): Promise<void> {
  await portal?.set(seconds)
  offsetSeconds = seconds
}

function inTurn(work: () => Promise<void>): Promise<void> {
  const done = moving.then(work)
  moving = done.catch(() => undefined)
  return done
}
