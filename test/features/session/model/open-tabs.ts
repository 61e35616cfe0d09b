/**
 * Form pages that stay open in the browsers of a history, and what is posted from them. What must come of a post follows from its
 * ticket and the state, by the table of section 8 of the rules; in the end everything confirmed must be there, and nothing else.
 */
import { randomUUID } from 'node:crypto'
import { budapestDay } from '../../../../src/platform/clock.ts'
import { anna, bela, type CastPerson } from '../../../cast/people.ts'
import type { Page, TestPortal } from '../../../support/portal.ts'
import { atTheForm, pages, valueOf } from '../../submissions/general-request.ts'
import type { Person, State } from './rules.ts'

type Ask = (path: string, post?: Record<string, string>) => Promise<Page>

/** A page of one person's, opened when a session began or went on. */
interface Tab {
  what: 'save' | 'send'
  person: Person
  lineage: string
  draft: string
  /** with token and ticket */
  fields: Record<string, string>
  /** when the ticket was given */
  shownAt: number
  /** a sending that was put aside: the same post again is the same, kept anew */
  parked: Parked | undefined
}

interface Parked {
  person: Person
  lineage: string
  marker: string
  at: number
}

export interface Templates {
  anna: string
  bela: string
}

const base = '/ujhartyan/sajat/urlapok'
const parkedPerLineage = 5
const parkedMilliseconds = 86_400_000
const ticketMilliseconds = 86_400_000

/** A form filled in and not sent, of which each history takes copies. */
export function fillInTemplate(portal: TestPortal, person: CastPerson, ask: Ask, csrf: string): Promise<string> {
  const inBrowser: TestPortal = {
    ...portal,
    visit: (path) => ask(path),
    post: (path, fields) => ask(path, { _csrf: csrf, ...(fields as Record<string, string>) }),
  }
  return atTheForm(inBrowser, person).filledIn()
}

export function openTabs(portal: TestPortal, templates: Templates, accounts: Record<Person, string>) {
  const tabs: Tab[] = []
  const parked: Parked[] = []
  const saved = new Map<string, string>()
  const sent = new Set<string>()
  const sendable: string[] = []
  let markers = 0

  async function copyOf(person: Person): Promise<string> {
    const id = randomUUID()
    await portal.admin(
      `insert into drafts select (jsonb_populate_record(d,
         jsonb_build_object('id', $2::text, 'submission_key', gen_random_uuid()))).* from drafts d where id = $1`,
      [templates[person], id],
    )
    return id
  }

  /** By turns a page to save and one to send. */
  async function open(person: Person, lineage: string, csrf: string, ask: Ask, now: number): Promise<void> {
    const what = tabs.length % 2 === 0 ? 'save' : 'send'
    const draft = await copyOf(person)
    const page = await ask(`${base}/${draft}/${what === 'save' ? 'kerelem' : 'attekintes'}`)
    const marks = what === 'save' ? ['_jegy'] : ['_jegy', '_azonosito', '_tartalom']
    const fields = Object.fromEntries(marks.map((name) => [name, valueOf(page, name)]))
    const more = what === 'save' ? (pages['kerelem'] as Record<string, string>) : {}
    if (what === 'send') sendable.push(draft)
    tabs.push({
      what,
      person,
      lineage,
      draft,
      fields: { ...more, ...fields, _csrf: csrf },
      shownAt: now,
      parked: undefined,
    })
  }

  /**
   * Posts the page, in a browser that shows the session of `person` and `lineage`, if any.
   * @param back 0: the page opened last; 1: the one before it …
   * @throws Error when something else comes of it than the rules say
   */
  async function post(
    back: number,
    { state, person, lineage }: { state: State; person: Person | undefined; lineage: string | null },
    ask: Ask,
    now: number,
  ): Promise<void> {
    const tab = tabs[tabs.length - 1 - (back % Math.max(1, tabs.length))]
    if (tab === undefined) return
    const { what } = tab
    markers += 1
    const marker = `Szöveg ${markers} ${randomUUID()}`
    const page =
      what === 'save'
        ? await ask(`${base}/${tab.draft}/kerelem`, { ...tab.fields, body: marker })
        : await ask(`${base}/${tab.draft}/bekuldes`, tab.fields)
    const came = `${page.status} ${page.location.split('?', 1)[0]}`

    const mustBe = (expected: boolean) => {
      if (!expected) throw new Error(`${what} while ${state}: ${came}`)
    }
    if (state === 'anonymous') return mustBe(page.status === 401)
    if (tab.person !== person) return mustBe(page.status === 409)
    if (now - tab.shownAt >= ticketMilliseconds) return mustBe(page.status === 403)
    if (state === 'active' && tab.lineage === lineage) {
      // The day of the declaration is part of what was looked over: on another day one is shown it again before sending.
      const isAnotherDay = budapestDay(new Date(tab.shownAt)) !== budapestDay(new Date(now))
      if (what === 'send' && isAnotherDay && !sent.has(tab.draft)) return mustBe(page.status === 409)
      mustBe(page.status === 303 && page.location.startsWith('/ujhartyan/sajat/'))
      if (what === 'send') return void sent.add(tab.draft)
      saved.set(tab.draft, marker)
      tab.fields['_jegy'] = valueOf(await ask(`${base}/${tab.draft}/kerelem`), '_jegy')
      tab.shownAt = now
      return
    }
    const again = tab.parked !== undefined && now - tab.parked.at < parkedMilliseconds ? tab.parked : undefined
    const living = parked.filter((item) => item.lineage === tab.lineage && now - item.at < parkedMilliseconds)
    if (again === undefined && living.length >= parkedPerLineage) return mustBe(page.status === 409)
    const where = {
      active: '/sajat/felretett',
      paused: '/munkamenet/szunet',
      reidentify: '/munkamenet/azonositas',
    }[state]
    mustBe(came === `303 ${where}` && page.location.endsWith('?felreteve'))
    if (again !== undefined) {
      again.at = now
      return
    }
    const item = { person: tab.person, lineage: tab.lineage, marker: what === 'save' ? marker : 'sending', at: now }
    parked.push(item)
    if (what === 'send') tab.parked = item
  }

  /** @throws Error naming the invariant about work that this history breaks */
  async function settle(now: number): Promise<void> {
    for (const person of [anna.id, bela.id] as Person[]) {
      const kept = (await portal.portal.parkedWork.list(accounts[person])).map(({ work }) =>
        work.kind === 'save' ? String(work.fields['body']) : 'sending',
      )
      const confirmed = parked
        .filter((item) => item.person === person && now - item.at < parkedMilliseconds)
        .map(({ marker }) => marker)
      if (kept.toSorted().join() !== confirmed.toSorted().join()) {
        throw new Error(`I8, I10: ${confirmed.length} of ${person} confirmed, ${kept.length} kept`)
      }
    }
    const drafts = await portal.admin<{ id: string; body: string }>(
      `select id, answers->>'body' as body from drafts where id = any($1)`,
      [[...saved.keys()]],
    )
    for (const { id, body } of drafts) {
      if (body !== saved.get(id)) throw new Error('I10: a confirmed save is not in its draft, or something else is')
    }
    if (drafts.length !== saved.size) throw new Error('I10: a saved draft is gone')
    const submitted = await portal.admin<{ id: string }>(
      'select draft_id as id from submissions where draft_id = any($1)',
      [sendable],
    )
    const acts = submitted.map(({ id }) => id).toSorted()
    if (acts.join() !== [...sent].toSorted().join()) throw new Error('I9: not every act is one button, or not one each')
  }

  return { open, post, settle }
}
