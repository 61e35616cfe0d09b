/** As much of a request as is looked at. */
interface Incoming {
  /** bytes that are here and were not taken */
  readableLength: number
  socket: { bytesRead: number }
  once(event: string, listener: () => void): unknown
}

/** How slowly something large may come in. */
export interface LeastSpeed {
  /** nothing is asked of the beginning */
  graceMilliseconds: number
  bytesPerSecond: number
  /** how often it is looked at */
  everyMilliseconds: number
}

/**
 * Watches a request that is still coming in: after the first moments each second must have brought its bytes, on the average.
 * Time in which bytes lie here and we have not taken them is ours and not the sender's.
 *
 * @param tooSlow called once, when the sender is
 */
export function watchSpeed(
  request: Incoming,
  { graceMilliseconds, bytesPerSecond, everyMilliseconds }: LeastSpeed,
  tooSlow: () => void,
): void {
  const { socket } = request
  const before = socket.bytesRead
  let waited = 0
  let looked = performance.now()
  const timer = setInterval(() => {
    const now = performance.now()
    // After a hold-up of ours what was sent meanwhile has not been read yet: it counts for one turn only.
    if (request.readableLength === 0) waited += Math.min(now - looked, everyMilliseconds)
    looked = now
    const due = ((waited - graceMilliseconds) / 1_000) * bytesPerSecond
    if (due <= 0 || socket.bytesRead - before >= due) return
    clearInterval(timer)
    tooSlow()
  }, everyMilliseconds)
  timer.unref()
  for (const over of ['end', 'close', 'error']) request.once(over, () => clearInterval(timer))
}
