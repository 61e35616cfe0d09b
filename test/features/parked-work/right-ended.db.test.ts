/** Work put aside for somebody whom its owner may no longer act for; and pages that are opened by nobody. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { bela } from '../../cast/people.ts'
import type { Page } from '../../support/portal.ts'
import { pages } from '../submissions/general-request.ts'
import { openScene, type Scene, type Visitor, visitor } from './visitor.ts'

const paused = 31

let scene: Scene
let company: string

beforeAll(async () => {
  scene = await openScene()
  const [row] = await scene.portal.admin<{ label: string }>(
    `select label from represented_parties where settlement_id = 6293 and name = 'Kitalált Kenyér Kft.'`,
  )
  company = row?.label ?? ''
}, 60_000)
afterAll(() => scene.close())
beforeEach(async () => {
  for (const table of ['parked_work', 'former_identifiers', 'session_lineages', 'drafts']) {
    await scene.portal.admin(`delete from ${table}`)
  }
  await setRight(`valid_until = null, everything = true, form_codes = '{}'`)
})

/** Ended by its last day: a revoked one could not be given back to the next test. */
const ended = `valid_until = '2024-12-31'`
const narrowed = `everything = false, form_codes = '{adoigazolas-kerelem}'`
const setRight = (set: string) =>
  scene.portal.admin(
    `update mandates set ${set} where party_id = (select id from represented_parties where label = $1)`,
    [company],
  )

async function pageFor(him: Visitor, party: string): Promise<{ shown: Page; address: string }> {
  const base = `/ujhartyan/${party}`
  const start = await him.visit(`${base}/urlapok/uj?urlap=altalanos-kerelem`)
  const begun = await him.submit(start, `${base}/urlapok/uj`, { mod: party === 'sajat' ? 'self' : party })
  const draft = begun.location.split('/')[4] ?? ''
  for (const name of ['bekuldo', 'cim']) {
    await him.submit(await him.visit(`${base}/urlapok/${draft}/${name}`), undefined, pages[name] ?? {})
  }
  const address = `${base}/urlapok/${draft}/kerelem`
  return { shown: await him.visit(address), address }
}

async function belaWith(set?: string): Promise<{ him: Visitor; own: { shown: Page; address: string } }> {
  const him = visitor(scene)
  await him.signIn(bela)
  const own = await pageFor(him, 'sajat')
  const { shown } = await pageFor(him, company)
  await him.rest(paused)
  const kept = await him.submit(shown, undefined, { ...pages['kerelem'], subject: 'Cégtitok' })
  expect(kept.location).toBe('/munkamenet/szunet?felreteve')
  if (set !== undefined) await setRight(set)
  return { him, own }
}

const items = () => scene.portal.admin<{ id: string }>('select id from parked_work')

test('what was typed for a party is shown and gone on with while the right lives', async () => {
  const { him } = await belaWith()
  expect((await him.goOn()).html.querySelector('input[name="subject"]')?.getAttribute('value')).toBe('Cégtitok')
  expect(await items()).toEqual([])
})

test.each([
  ['ended', ended],
  ['narrowed', narrowed],
])('of work for a party only that there is such work is shown when the right has %s', async (_how, set) => {
  const { him } = await belaWith(set)
  const home = await him.goOn()
  expect(home.status).toBe(200)
  expect(home.at).not.toContain('/felretett/')
  const [item] = await items()
  const id = item?.id ?? ''
  const list = await him.visit('/sajat/felretett')
  const shown = list.html.querySelector('.portal-parked')
  expect(shown?.textContent).toContain('A képviseleti joga közben megszűnt')
  for (const hidden of ['Cégtitok', 'Kenyér', 'Általános', 'tárgya']) {
    expect([hidden, shown?.textContent.includes(hidden)]).toEqual([hidden, false])
  }
  const actions = shown?.querySelectorAll('form').map((form) => form.getAttribute('action'))
  expect(actions).toEqual([`/sajat/felretett/${id}/elvetes`])
  const direct = await him.visit(`/ujhartyan/${company}/felretett/${id}`)
  expect([direct.status, direct.body.includes('Cégtitok')]).toEqual([404, false])
  expect(await items()).toHaveLength(1)
  await him.submit(list, `/sajat/felretett/${id}/elvetes`)
  expect(await items()).toEqual([])
})

test('work that cannot be gone on with does not stand in the way of what can', async () => {
  const { him, own } = await belaWith(ended)
  await him.submit(own.shown, undefined, { ...pages['kerelem'], subject: 'Saját' })
  await scene.portal.admin(
    `update parked_work set parked_at = parked_at - interval '1 minute' where parked_at = (select max(parked_at) from parked_work)`,
  )
  const back = await him.goOn()
  expect(back.at).toContain(own.address)
  expect(back.html.querySelector('input[name="subject"]')?.getAttribute('value')).toBe('Saját')
})

test('is saved by nobody but the person: not by asking for the head, nor by loading ahead', async () => {
  const { him } = await belaWith()
  // Active again, in the same session, without having gone on.
  await scene.portal.admin('update session_lineages set active_at = app_now(), last_seen_at = app_now()')
  const [item] = await items()
  const address = `/ujhartyan/${company}/felretett/${item?.id ?? ''}`
  await him.ask('HEAD', address)
  expect(await items()).toHaveLength(1)
  for (const header of ['sec-purpose', 'purpose']) {
    const ahead = await him.ask('GET', address, { headers: { [header]: 'prefetch;prerender' } })
    expect([ahead.status, ahead.text.includes('Átveszem')]).toEqual([200, true])
    expect(await items()).toHaveLength(1)
  }
  expect((await him.visit(address)).status).toBe(303)
  expect(await items()).toEqual([])
})
