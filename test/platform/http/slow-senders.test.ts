import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { watchSpeed } from '../../../src/platform/http/slow-senders.ts'

const speed = { graceMilliseconds: 10_000, bytesPerSecond: 8_000, everyMilliseconds: 1_000 }

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A request of which so many bytes come in each second, of which so many lie unread. */
function request() {
  const incoming = Object.assign(new EventEmitter(), { readableLength: 0, socket: { bytesRead: 500 } })
  const tooSlow = vi.fn()
  watchSpeed(incoming, speed, tooSlow)
  return {
    incoming,
    tooSlow,
    seconds(count: number, bytesEach: number): void {
      for (let second = 0; second < count; second++) {
        incoming.socket.bytesRead += bytesEach
        vi.advanceTimersByTime(1_000)
      }
    },
  }
}

test('nothing is asked of the first ten seconds', () => {
  const { seconds, tooSlow } = request()
  seconds(10, 0)
  expect(tooSlow).not.toHaveBeenCalled()
  seconds(1, 0)
  expect(tooSlow).toHaveBeenCalledOnce()
})

test('eight kilobytes a second are enough, however long it takes', () => {
  const { seconds, tooSlow } = request()
  seconds(10, 0)
  seconds(250, 8_000)
  expect(tooSlow).not.toHaveBeenCalled()
})

test('one byte less each second is not, and that is said once', () => {
  const { seconds, tooSlow } = request()
  seconds(10, 0)
  seconds(1, 7_999)
  expect(tooSlow).toHaveBeenCalledOnce()
  seconds(100, 0)
  expect(tooSlow).toHaveBeenCalledOnce()
})

test('who was fast may pause for as long', () => {
  const { seconds, tooSlow } = request()
  seconds(1, 160_000)
  seconds(29, 0)
  expect(tooSlow).not.toHaveBeenCalled()
  seconds(1, 0)
  expect(tooSlow).toHaveBeenCalledOnce()
})

test('time in which we do not take what was sent is not the sender’s', () => {
  const { incoming, seconds, tooSlow } = request()
  incoming.readableLength = 1
  seconds(100, 0)
  expect(tooSlow).not.toHaveBeenCalled()
  incoming.readableLength = 0
  seconds(10, 0)
  expect(tooSlow).not.toHaveBeenCalled()
  seconds(1, 0)
  expect(tooSlow).toHaveBeenCalledOnce()
})

test('nor is a hold-up of the whole process', () => {
  const { seconds, tooSlow } = request()
  const now = vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 60_000)
  seconds(1, 0)
  now.mockRestore()
  expect(tooSlow).not.toHaveBeenCalled()
})

test.each(['end', 'close', 'error'])('after its %s nobody watches it', (over) => {
  const { incoming, seconds, tooSlow } = request()
  incoming.on('error', () => {})
  incoming.emit(over)
  seconds(100, 0)
  expect(tooSlow).not.toHaveBeenCalled()
  expect(vi.getTimerCount()).toBe(0)
})
