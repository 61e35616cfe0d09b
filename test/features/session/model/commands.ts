/** The commands of a history (session rules, section 15). A history is an array of whole numbers, each of which is read as one. */
import fc from 'fast-check'
import { identified, idle, type Kind, type Person, remembered } from './rules.ts'

export type Command =
  | { do: 'tick'; milliseconds: number }
  /** to a limit of the session in this browser, and so far off; then a look, and another */
  | { do: 'tick-to'; browser: number; limit: 'idle' | 'identified' | 'remembered'; off: number; as: Look }
  /** steady activity until so far off 240 minutes */
  | { do: 'work-until-240'; browser: number; off: number }
  | { do: 'look'; browser: number; shows: Shown; as: Look }
  | { do: 'start'; browser: number; kind: Kind }
  | { do: 'identify'; attempt: number; person: Person }
  | { do: 'come-back'; answer: number; browser: number; shows: Shown }
  /** the three in one, with the automatic second try; who is nobody here signs in, unless insisting */
  | { do: 'trip'; browser: number; kind: Kind; person: Person; insists: boolean }
  | { do: 'kau-login'; browser: number; person: Person }
  | { do: 'kau-logout'; browser: number; report: 'none' | 'now' | 'later' | 'person' }
  | { do: 'late-report' }
  | { do: 'sign-out'; browser: number; shows: Shown }
  | { do: 'end-elsewhere'; browser: number }
  | { do: 'epoch' }
  | { do: 'clock'; off: number }
  | { do: 'kau'; mood: KauMood }

/** `current`: what the browser's cookie holds; else an identifier it, or another browser, had once. */
export type Shown = { identifier: 'current' } | { identifier: 'former'; which: number } | { identifier: 'none' }
export type Look = 'page' | 'post' | 'act' | 'presence' | 'status' | 'prefetch'
export type KauMood =
  | 'plain'
  | 'ignores-prompt'
  | 'lives-long'
  | 'both'
  | 'ahead'
  | 'far-ahead'
  | 'behind'
  | 'down'
  | 'garbage'

export const isActivity = (look: Look) => look !== 'status' && look !== 'prefetch'

const looks: readonly Look[] = ['page', 'post', 'act', 'presence', 'status', 'prefetch']
const minute = 60_000
const browserCount = 2
const ticks = [
  1,
  400,
  999,
  1_000,
  1_001,
  20_000,
  61_000,
  minute * 5,
  minute * 12,
  minute * 25,
  idle - 1_000,
  idle - 1,
].concat([idle, idle + 1_000, minute * 61, minute * 100, minute * 200, identified - 1_000, identified, remembered])
const offs = [-1_000, -1, 0, 1, 1_000]
const clockOffs = [0, 0, -1_000, -20_000, -minute * 10, -minute * 31, -minute * 61, minute * 5, minute * 31]

const moods: readonly KauMood[] = (
  ['plain', 'plain', 'plain', 'plain', 'ignores-prompt', 'lives-long', 'both', 'both'] as const
)
  .flatMap((mood): KauMood[] => [mood, mood])
  .concat(['ahead', 'ahead', 'far-ahead', 'behind', 'down', 'garbage'])

type Make = (draw: (below: number) => number) => Command

const person = (draw: (below: number) => number): Person => (draw(4) === 0 ? 'bela' : 'anna')
const kind = (draw: (below: number) => number): Kind => one(['sign-in', 'continue', 'continue', 'reidentify'], draw)
const shown = (draw: (below: number) => number): Shown => {
  const n = draw(12)
  if (n === 0) return { identifier: 'none' }
  return n <= 2 ? { identifier: 'former', which: draw(4) } : { identifier: 'current' }
}

/** How often each is drawn: what matters rarely by chance is weighed up, and so is coming back and looking. */
const menu: readonly (readonly [number, Make])[] = [
  [9, (draw) => ({ do: 'tick', milliseconds: one(ticks, draw) })],
  [
    14,
    (draw) => ({
      do: 'tick-to',
      browser: draw(browserCount),
      limit: one(['idle', 'idle', 'identified', 'identified', 'identified', 'remembered'], draw),
      off: one(offs, draw),
      as: one(looks, draw),
    }),
  ],
  [7, (draw) => ({ do: 'work-until-240', browser: draw(browserCount), off: one(offs, draw) })],
  [
    22,
    (draw) => ({
      do: 'look',
      browser: draw(browserCount),
      shows: shown(draw),
      as: one(looks, draw),
    }),
  ],
  [6, (draw) => ({ do: 'start', browser: draw(browserCount), kind: kind(draw) })],
  [6, (draw) => ({ do: 'identify', attempt: draw(6), person: person(draw) })],
  [8, (draw) => ({ do: 'come-back', answer: draw(6), browser: draw(browserCount), shows: shown(draw) })],
  [
    26,
    (draw) => ({
      do: 'trip',
      browser: draw(browserCount),
      kind: kind(draw),
      person: person(draw),
      insists: draw(10) === 0,
    }),
  ],
  [3, (draw) => ({ do: 'kau-login', browser: draw(browserCount), person: person(draw) })],
  [
    4,
    (draw) => ({
      do: 'kau-logout',
      browser: draw(browserCount),
      report: one(['none', 'now', 'now', 'later', 'person'], draw),
    }),
  ],
  [2, () => ({ do: 'late-report' })],
  [3, (draw) => ({ do: 'sign-out', browser: draw(browserCount), shows: shown(draw) })],
  [2, (draw) => ({ do: 'end-elsewhere', browser: draw(browserCount) })],
  [2, () => ({ do: 'epoch' })],
  [5, (draw) => ({ do: 'clock', off: one(clockOffs, draw) })],
  [5, (draw) => ({ do: 'kau', mood: one(moods, draw) })],
]

const drawn: Make[] = menu.flatMap(([weight, make]) => Array<Make>(weight).fill(make))

/** Reads a whole number as a command. */
export function commandOf(number: number): Command {
  let rest = number
  const draw = (below: number) => {
    const digit = rest % below
    rest = Math.floor(rest / below)
    return digit
  }
  const make = drawn[draw(drawn.length)]
  if (make === undefined) throw new Error('no such command')
  return make(draw)
}

/** Histories of up to so many steps. */
export function histories(longest: number): fc.Arbitrary<number[]> {
  return fc.noBias(fc.array(fc.nat({ max: 0x7fff_ffff }), { minLength: 1, maxLength: longest, size: 'max' }))
}

function one<const T>(choices: readonly T[], draw: (below: number) => number): T {
  const choice = choices[draw(choices.length)]
  if (choice === undefined) throw new Error('nothing to choose from')
  return choice
}
