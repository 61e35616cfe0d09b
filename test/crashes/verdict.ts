import type { KeepingFigures } from './keeping.ts'
import type { Accidents } from './kills.ts'
import type { Presses } from './presses.ts'
import type { RegisteringFigures } from './registering.ts'
import type { SendingFigures } from './sending.ts'

/** From being started again, or from the database's coming back, to serving somebody signed in; on a machine with nothing else to do. */
const returnWithinMs = 5_000

/** What must not have happened, each in a line; none when all is well. */
export function faultsOf(sending: SendingFigures, registering: RegisteringFigures): string[] {
  const { lost, doubled, half, damaged, unscanned } = sending
  const { cases, lastNumber, gaps, astray } = registering
  const faults = Object.entries({ lost, doubled, half, damaged, gaps, astray }).flatMap(([what, found]) =>
    found.map((which) => `${what}: ${which}`),
  )
  if (unscanned > 0) faults.push(`${unscanned} files were never looked at`)
  if (cases !== sending.submissions) faults.push(`${sending.submissions} submissions and ${cases} cases`)
  if (lastNumber !== cases) faults.push(`the last number is ${lastNumber}, and there are ${cases} cases`)
  for (const { wrong, webOutlived } of [sending, registering]) {
    faults.push(...wrong)
    if (!webOutlived) faults.push('the web process ended with another')
  }
  return faults
}

/** What must not have happened to what people were told is saved or put aside. */
export function keepingFaultsOf(keeping: KeepingFigures): string[] {
  const { lost, doubled, astray, acted, revived } = keeping
  const faults = Object.entries({ lost, doubled, astray, acted, revived }).flatMap(([what, found]) =>
    found.map((which) => `${what}: ${which}`),
  )
  if (!keeping.webOutlived) faults.push('the web process ended with another')
  return [...faults, ...keeping.wrong]
}

/** Who came back too late, each in a line; judged where the machine has nothing else to do, not by a test among others. */
export function lateReturnsOf(...trials: Accidents[]): string[] {
  return trials.flatMap(({ slowestReturnUnhindered: took }) =>
    took > returnWithinMs ? [`back only after ${took} ms`] : [],
  )
}

/** The figures of both trials, for people. */
export function figuresOf(sending: SendingFigures, registering: RegisteringFigures): string {
  const { letters, acknowledged, submissions, kept, unheard, lost, doubled, half, damaged } = sending
  const { cases, lastNumber, gaps, astray } = registering
  return [
    `letters sent in       ${letters}: ${acknowledged} acknowledged, ${unheard} sent without the sender's hearing of it, ${kept} kept as drafts`,
    `submissions           ${submissions}: lost ${lost.length}, doubled ${doubled.length}, half ${half.length}, damaged ${damaged.length}`,
    `files beside them     ${sending.otherFiles}; all looked at ${sending.slowestScan} ms after a batch at the latest, ${sending.unscanned} never`,
    ...linesOf(sending),
    `cases registered      ${cases}: numbers 1 to ${lastNumber}, gaps ${gaps.length}, astray ${astray.length}`,
    ...linesOf(registering),
  ].join('\n')
}

export function keepingFiguresOf(keeping: KeepingFigures): string {
  const { saved, parked, refused, applied, thrownAway, continued, signedOut } = keeping
  const { lost, doubled, astray, acted, revived } = keeping
  return [
    `saves confirmed       ${saved}; put aside ${parked}, no room ${refused}: gone on with ${applied}, seen and thrown away ${thrownAway}`,
    `sessions              continued ${continued}, signed out ${signedOut}`,
    `of all that           lost ${lost.length}, doubled ${doubled.length}, astray ${astray.length}, sent in ${acted.length}, sessions revived ${revived.length}`,
    ...linesOf(keeping),
  ].join('\n')
}

function linesOf({
  presses,
  hit,
  hungUp,
  unanswered,
  turnedAway,
  wrong,
  answers,
  kills,
  ...back
}: Presses & Accidents) {
  const list = (numbers: Record<string, number>) => Object.entries(numbers).map(([what, number]) => `${what} ${number}`)
  const happened = Object.keys(back.slowestReturn).length > 0
  return [
    ...(happened
      ? [
          `  kills               ${list(kills).join(', ')}; ${hit} presses were under way`,
          `  served again (ms)   ${list(back.slowestReturn).join(', ')} at the slowest; on a machine of its own ${back.slowestReturnUnhindered}`,
        ]
      : []),
    `  presses             ${presses}: ${unanswered} unanswered, ${turnedAway} told to come again, ${hungUp} hung up, ${wrong.length} wrong answers`,
    `  answers             ${list(answers).join(', ')}`,
  ]
}
