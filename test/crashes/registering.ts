/** Two clerks take over and register every case at once, also while processes are killed: no number twice, none left out. */
import { randomInt } from 'node:crypto'
import { cecilia, edit } from '../cast/people.ts'
import { type Citizen, citizenAt } from '../demo/citizen.ts'
import type { RunningPortal } from '../demo/portal.ts'
import { asAdministrator, judgeRegister, type RegisterVerdict } from './books.ts'
import { type Accidents, killsIn, patience, type Victim } from './kills.ts'
import { countPresses, type Presses } from './presses.ts'
import { until } from './until.ts'

export interface RegisteringFigures extends RegisterVerdict, Presses, Accidents {
  cases: number
}

/** cases dealt with at once, by both clerks: fifty presses of the button at the same moment */
const atOnce = 25

/** Registers all cases there are at the office of Újhartyán. */
export async function registerThroughKills(
  portal: RunningPortal,
  { kills, tell }: { kills: readonly Victim[]; tell?: (line: string) => void },
): Promise<RegisteringFigures> {
  await asAdministrator(portal, secondClerk, [cecilia.subject, edit.subject, edit.name])
  const clerks = [
    await citizenAt(portal.url, portal.kauUrl, cecilia.id),
    await citizenAt(portal.url, portal.kauUrl, edit.id),
  ]
  const { count, press, moment, wrong } = countPresses()
  const { accidents, kill } = killsIn(portal, async () => {
    const page = await clerks[0]?.ask('/hivatal/ujhartyan/beerkezett').catch(() => undefined)
    return page?.status === 200
  })
  const cases = await asAdministrator<{ id: string }>(portal, 'select id from cases order by random()')
  const left = [...kills]
  for (let first = 0; first < cases.length; first += atOnce) {
    const batch = cases.slice(first, first + atOnce)
    await Promise.all(batch.map(({ id }) => settle(id, 'erkeztetes')))
    const registering = Promise.all(batch.map(({ id }) => settle(id, 'iktatas')))
    // the first batch is left in peace
    const victim = first === 0 ? undefined : left.shift()
    if (victim !== undefined) {
      await moment(randomInt(2 * batch.length))
      await kill(victim)
    }
    await registering
    tell?.(`registered ${first + batch.length} of ${cases.length}: ${count.hit} presses hit so far`)
  }
  return { cases: cases.length, ...(await judgeRegister(portal)), ...count, ...accidents }

  /** Both clerks press, again and again, until both have been told that it is done. */
  async function settle(id: string, act: 'erkeztetes' | 'iktatas'): Promise<void> {
    const told = new Set<Citizen>()
    const bothPress = async () => {
      await Promise.all(clerks.filter((clerk) => !told.has(clerk)).map((clerk) => pressOnce(clerk, id, act, told)))
      return told.size === clerks.length || undefined
    }
    await until(`${act} of ${id}`, patience, bothPress, 200).catch((error: Error) => wrong(error.message))
  }

  function pressOnce(clerk: Citizen, id: string, act: string, told: Set<Citizen>): Promise<void> {
    return press(
      act,
      () => clerk.ask(`/hivatal/ujhartyan/ugyek/${id}/${act}`, { _csrf: clerk.token }),
      ({ status, location }) => {
        const isDone = status === 303 && /[?&]kesz=(mar-)?(erkeztetve|iktatva)&/.test(location)
        if (isDone) told.add(clerk)
        return isDone
      },
    )
  }
}

/** Edit helps out at Cecília's office. */
const secondClerk = `
  with office as (select office_id, issuer, valid_from from clerks where subject = $1),
  helping as (
    insert into clerks (office_id, issuer, subject, name, valid_from)
    select office_id, issuer, $2, $3, valid_from from office
    on conflict (office_id, issuer, subject) do update set name = excluded.name returning id
  )
  insert into clerk_roles (clerk_id, role) select id, 'records_clerk' from helping`
