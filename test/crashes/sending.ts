/** People send letters in while processes are killed; afterwards the books are compared with what they heard. */
import { createHash, randomBytes, randomInt } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { PersonId } from '../cast/people.ts'
import { type Citizen, citizenAt, type Letter } from '../demo/citizen.ts'
import type { RunningPortal } from '../demo/portal.ts'
import { pdf } from '../platform/files/sample-files.ts'
import { running } from '../support/processes.ts'
import { asAdministrator, judgeLetters, type LettersVerdict } from './books.ts'
import { type Accidents, killsIn, patience, type Victim } from './kills.ts'
import { countPresses, type Presses } from './presses.ts'
import { until } from './until.ts'

export interface SendingPlan {
  people: readonly PersonId[]
  /** letters on their way at each kill */
  letters: number
  kills: readonly Victim[]
  tell?: (line: string) => void
}

export interface SendingFigures extends LettersVerdict, Presses, Accidents {
  letters: number
  /** letters whose sender was shown a receipt */
  acknowledged: number
  /** files that came in beside the letters, for the virus check to look at */
  otherFiles: number
  /** milliseconds until the virus check had looked at all files again, at the slowest; after a kill of the worker nobody waits */
  slowestScan: number
  /** files it had not looked at in the end */
  unscanned: number
}

/** The jobs of a worker that was killed are taken over after five minutes. */
const claimPatience = 420_000

interface Posting extends Letter {
  sender: Citizen
  file: Buffer
  sha256: string
  /** every address of a receipt that was given for it */
  receipts: Set<string>
}

export async function sendThroughKills(portal: RunningPortal, plan: SendingPlan): Promise<SendingFigures> {
  const people: Citizen[] = []
  for (const person of plan.people) people.push(await citizenAt(portal.url, portal.kauUrl, person))
  const [onlooker] = people
  if (onlooker === undefined) throw new Error('nobody takes part')
  const neighbour = await citizenAt(portal.url, portal.kauUrl, 'ferenc')
  const { count, press, moment, wrong, note } = countPresses()
  const { accidents, kill } = killsIn(portal, async () => {
    const page = await onlooker.ask('/sajat/urlapok').catch(() => undefined)
    return page?.status === 200
  })
  const posted: Posting[] = []
  let otherFiles = 0
  let slowestScan = 0
  let over = false
  const looking = lookAround(onlooker)
  await sendBatch(undefined)
  for (const [index, victim] of plan.kills.entries()) {
    await sendBatch(victim)
    plan.tell?.(`kill ${index + 1} of ${plan.kills.length} (${victim}): ${count.hit} presses hit so far`)
  }
  over = true
  await looking

  const letters = posted.map(({ draft, receipts, sha256 }) => ({ draft, receipt: [...receipts][0], sha256 }))
  const verdict = await judgeLetters(portal, letters)
  for (const { draft, receipts } of posted) {
    if (receipts.size > 1) verdict.doubled.push(`${draft}: ${[...receipts].join(' ')}`)
  }
  const unscanned = await waitForScans(portal, claimPatience)
  for (const name of ['web', 'worker']) {
    if (!running(portal.processes.get(name)?.pid ?? 0)) wrong(`the process ${name} ended by itself`)
  }
  for (const posting of posted) await lookAtReceipt(posting)
  return {
    letters: letters.length,
    acknowledged: letters.filter(({ receipt }) => receipt !== undefined).length,
    ...verdict,
    otherFiles,
    slowestScan,
    unscanned,
    ...count,
    ...accidents,
  }

  async function sendBatch(victim: Victim | undefined): Promise<void> {
    const batch = (await Promise.all(people.map((sender, seat) => write(sender, shareOf(seat))))).flat()
    const enclosing = encloseMore(await neighbour.writesLetter())
    // every fourth gives up after pressing twice, the others go on until they have a receipt
    const sending = Promise.all(batch.map((posting, index) => send(posting, index % 4 === 3)))
    if (victim !== undefined) {
      // before the first answer, before the last, or anywhere between
      await moment(randomInt(2 * batch.length))
      await kill(victim)
    }
    await sending
    posted.push(...batch)
    const { draft } = await enclosing.end()
    if (victim !== 'worker') {
      const waiting = performance.now()
      await waitForScans(portal, patience, [draft, ...batch.map((posting) => posting.draft)])
      slowestScan = Math.max(slowestScan, Math.round(performance.now() - waiting))
      // nobody may have too many letters lying about
      await asAdministrator(portal, 'delete from drafts where id = $1', [draft])
    }
  }

  /** While the others send, files keep coming in beside a letter that is never sent. */
  function encloseMore(letter: Letter): { end(): Promise<Letter> } {
    let ended = false
    const enclosing = (async () => {
      for (let number = 0; number < 20 && !ended; number += 1) {
        const taken = await neighbour.encloses(letter, asFile(enclosure())).then(
          () => true,
          () => false,
        )
        if (taken) otherFiles += 1
        else await pause(100)
      }
    })()
    return {
      async end() {
        ended = true
        await enclosing
        return letter
      },
    }
  }

  function shareOf(seat: number): number {
    return Math.floor((plan.letters + seat) / people.length)
  }

  async function send(posting: Posting, givesUp: boolean): Promise<void> {
    const pressTwice = async () => {
      await Promise.all([pressOnce(posting), pressOnce(posting)])
      return givesUp || posting.receipts.size > 0 || undefined
    }
    await until(`a receipt for ${posting.draft}`, patience, pressTwice, 200).catch((error: Error) =>
      wrong(error.message),
    )
  }

  /** One of four hangs up before an answer can come. */
  function pressOnce(posting: Posting): Promise<void> {
    const leave = Math.random() < 0.25 ? AbortSignal.timeout(Math.ceil(Math.random() * 300)) : undefined
    return press(
      'sending',
      () => posting.sender.send(posting, leave),
      ({ status, location }) => {
        const isReceipt = status === 303 && location.includes('/beadvanyok/')
        if (isReceipt) posting.receipts.add(location)
        return isReceipt
      },
      leave,
    )
  }

  /** Somebody who is only looking gets a page, or is told that it cannot be shown now; never that something is broken. */
  async function lookAround(visitor: Citizen): Promise<void> {
    const paths = ['/', '/ujhartyan', '/ujhartyan/ugyek', '/sajat', '/sajat/urlapok', '/sajat/ugyek']
    for (let step = 0; !over; step += 1) {
      const path = paths[step % paths.length] ?? '/'
      const page = await visitor.ask(path).catch(() => undefined)
      if (page !== undefined) {
        note(path, page)
        if (page.status !== 200 && page.status !== 503) wrong(`${path}: ${page.status} ${page.location}`)
      }
      await pause(25)
    }
  }

  /** The receipt names the file, and the file handed out is the one that was sent. */
  async function lookAtReceipt({ sender, receipts, file, sha256 }: Posting): Promise<void> {
    for (const receipt of receipts) {
      const page = await sender.ask(receipt)
      const address = /href="([^"]+\/csatolmanyok\/[^"]+)"/.exec(page.text)?.[1]
      if (page.status !== 200 || !page.text.includes(sha256) || address === undefined) {
        wrong(`${receipt}: ${page.status}`)
        continue
      }
      const download = await sender.ask(address)
      if (!Buffer.from(download.text).equals(file)) verdict.damaged.push(`${address}: ${download.status}`)
    }
  }
}

async function write(sender: Citizen, letters: number): Promise<Posting[]> {
  const written: Posting[] = []
  for (let number = 0; number < letters; number += 1) {
    const file = enclosure()
    const letter = await sender.writesLetter(asFile(file))
    written.push({
      ...letter,
      sender,
      file,
      sha256: createHash('sha256').update(file).digest('hex'),
      receipts: new Set(),
    })
  }
  return written
}

/** Different each time, of ASCII only, and long enough to be stored in several pieces. */
function enclosure(): Buffer<ArrayBuffer> {
  const head = '%PDF-1.4\n'
  return Buffer.concat([Buffer.from(`${head}% ${randomBytes(150_000).toString('hex')}\n`), pdf.subarray(head.length)])
}

function asFile(content: Buffer<ArrayBuffer>): File {
  return new File([content], 'térkép.pdf', { type: 'application/pdf' })
}

/**
 * Waits until the virus check has looked at every file.
 *
 * @param drafts or only at those beside these
 * @returns how many it had not looked at when patience was over
 */
async function waitForScans(portal: RunningPortal, within: number, drafts: string[] | null = null): Promise<number> {
  let left = 0
  await until('every file was looked at', within, async () => {
    const pending = await asAdministrator(
      portal,
      `select from attachments a left join submissions s on s.id = a.submission_id
       where scan = 'pending' and ($1::uuid[] is null or coalesce(a.draft_id, s.draft_id) = any ($1))`,
      [drafts],
    )
    left = pending.length
    return left === 0 || undefined
  }).catch(() => {})
  return left
}
