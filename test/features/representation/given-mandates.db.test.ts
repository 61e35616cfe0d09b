import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { actFor, actForAll, readableTaxTypes } from '../../../src/features/representation/index.ts'
import type { MandateTerms } from '../../../src/features/representation/mandate-form.ts'
import { sqlState } from '../../../src/platform/database.ts'
import { anna, bela, type CastPerson, denes } from '../../cast/people.ts'
import { openTestPortal, type TestPortal } from '../../support/portal.ts'
import { atTheForm } from '../submissions/general-request.ts'

let portal: TestPortal
const ujhartyan = 6293
const komlo = 26408

beforeAll(async () => {
  portal = await openTestPortal()
  await portal.admin(`delete from tax_bookings; delete from tax_accounts; delete from taxpayers`)
  await taxpayer(anna, 'person', anna.taxId)
})
afterAll(() => portal.close())

const markOf = (person: CastPerson) => portal.portal.representation.marksOf(person)[0] ?? ''
const taxpayer = (person: CastPerson, kind: string, number: string) =>
  portal.admin(
    `insert into taxpayers (settlement_id, register_key, kind, name, address, tax_number, person_mark, as_of)
     values ($1, $2, $3, $4, 'Próba utca 1.', $5, $6, now())`,
    [ujhartyan, `${kind}-${number}`, kind, person.name, number, markOf(person)],
  )
const giver = async (person: CastPerson) => {
  const { accountId, lineageId } = await portal.session(person)
  return { accountId, lineageId, identity: person.identity, name: person.name, requestId: 'test' }
}
const terms = (change: Partial<MandateTerms> = {}): MandateTerms => ({
  representative: bela.identity,
  representativeName: bela.name,
  rights: ['submit', 'read-cases', 'read-tax'],
  scope: { everything: true, sectors: [], formCodes: [] },
  taxTypes: [],
  validFrom: '2026-01-01',
  validUntil: null,
  ...change,
})
const give = async (
  person: CastPerson,
  settlementId = ujhartyan,
  change: Partial<MandateTerms> = {},
  key = randomUUID(),
) => portal.portal.givenMandates.give(await giver(person), settlementId, key, terms(change))
const rightsOfBela = async (of: string) => {
  const { accountId } = await portal.session(bela)
  const marks = portal.portal.representation.marksOf(bela)
  return actForAll(portal.portal.db, { accountId, marks }, async (_tx, { parties }) =>
    parties.filter(({ name }) => name === of),
  )
}
const listed = async (person: CastPerson) => portal.portal.givenMandates.list(await giver(person))

describe('a mandate given here', () => {
  test('holds for the representative at once, and is gone at once when it is taken back', async () => {
    expect(await rightsOfBela(anna.name)).toEqual([])
    expect(await give(anna)).toBe('given')
    const [party] = await rightsOfBela(anna.name)
    expect(party).toMatchObject({ kind: 'person', settlementId: ujhartyan, taxNumber: anna.taxId })
    expect(party && readableTaxTypes(party)).toBe('all')

    const [given] = (await listed(anna)).filter(({ state }) => state === 'living')
    expect(given).toMatchObject({ source: 'online', representativeName: bela.name })
    const revoke = async (person: CastPerson) =>
      portal.portal.givenMandates.revoke(await giver(person), given?.id ?? '')
    // whoever got it cannot take it back in the other's name, and it does not exist for a third person
    for (const other of [bela, denes]) await expect(revoke(other)).rejects.toMatchObject({ status: 404 })
    expect(await revoke(anna)).toBe('revoked')
    expect(await revoke(anna)).toBe('already-revoked')
    expect(await rightsOfBela(anna.name)).toEqual([])
    const audit = await portal.admin(`select action from audit_trail where object_id = $1 order by id`, [given?.id])
    expect(audit.map(({ action }) => action)).toEqual(['mandate.given', 'mandate.revoked'])
  })

  test('posted twice it is given once', async () => {
    const key = randomUUID()
    await give(anna, ujhartyan, {}, key)
    await give(anna, ujhartyan, {}, key)
    expect(await portal.admin('select from mandates where registry_key = $1', [key])).toHaveLength(1)
  })

  test('to oneself is none', async () => {
    expect(await give(anna, ujhartyan, { representative: anna.identity })).toBe('oneself')
  })

  test('allows nothing about taxes where the register does not know the person; without that it can be given', async () => {
    expect(await give(anna, komlo)).toBe('number-not-proven')
    expect(
      await portal.admin('select from represented_parties where person_mark = $1 and settlement_id = $2', [
        markOf(anna),
        komlo,
      ]),
    ).toEqual([])
    expect(await give(anna, komlo, { rights: ['read-cases'] })).toBe('given')
    const parties = await rightsOfBela(anna.name)
    const inKomlo = parties.find(({ settlementId }) => settlementId === komlo)
    expect(inKomlo).toMatchObject({ taxNumber: null })
    expect(inKomlo && readableTaxTypes(inKomlo)).toBeUndefined()
  })

  test('is one’s own party where another register named it first, by the number the tax register knows', async () => {
    await taxpayer(denes, 'person', denes.taxId)
    const [party] = await portal.admin<{ id: string }>(
      `insert into represented_parties (settlement_id, label, kind, name, tax_number)
       values ($1, 'known-before', 'person', 'Dénes a nyilvántartásban', $2) returning id`,
      [ujhartyan, denes.taxId],
    )
    await portal.admin(
      `insert into mandates (settlement_id, party_id, source, registry_key, representative_mark, kind, everything, valid_from)
       values ($1, $2, 'tax-system', 'x', $3, 'permanent', true, '2025-01-01')`,
      [ujhartyan, party?.id, markOf(anna)],
    )
    expect((await listed(denes)).map(({ source }) => source)).toEqual(['tax-system'])
    await give(denes)
    expect(await portal.admin('select from represented_parties where tax_number = $1', [denes.taxId])).toHaveLength(1)
    const both = await listed(denes)
    expect(both.map(({ source }) => source).toSorted()).toEqual(['online', 'tax-system'])
    // what the tax system says is taken back there
    const elsewhere = both.find(({ source }) => source === 'tax-system')?.id ?? ''
    await expect(portal.portal.givenMandates.revoke(await giver(denes), elsewhere)).rejects.toMatchObject({
      status: 409,
    })
  })

  test('an act and taking back at once: the act is first and is waited for, or it is refused', async () => {
    await give(anna)
    const party = (await rightsOfBela(anna.name)).find(({ settlementId }) => settlementId === ujhartyan)
    const { accountId } = await portal.session(bela)
    if (party === undefined) throw new Error('no right')
    const order: string[] = []
    const living = (await listed(anna)).filter(
      ({ state, settlementId }) => state === 'living' && settlementId === ujhartyan,
    )
    const revoking: Promise<unknown>[] = []
    const person = await giver(anna)
    await actFor(portal.portal.db, { accountId, party, hold: true }, async () => {
      for (const { id } of living) {
        revoking.push(portal.portal.givenMandates.revoke(person, id).then(() => order.push('revoked')))
      }
      for (;;) {
        const [row] = await portal.admin<{ waiting: number }>(
          `select count(*)::int as waiting from pg_stat_activity
           where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0`,
        )
        if ((row?.waiting ?? 0) > 0) break
      }
      order.push('acted')
    })
    await Promise.all(revoking)
    expect(order).toEqual(['acted', ...living.map(() => 'revoked')])
    await expect(actFor(portal.portal.db, { accountId, party, hold: true }, async () => {})).rejects.toMatchObject({
      page: 'right-ended',
    })
  })
})

describe('oneself as a party', () => {
  test('what a representative did in one’s name is listed and can be read; it cannot be gone on with', async () => {
    await give(anna)
    const party = (await rightsOfBela(anna.name)).find(({ settlementId }) => settlementId === ujhartyan)
    await letSeat(anna.taxId)
    const form = atTheForm(portal, bela, 'ujhartyan', party?.slug ?? '')
    await form.send(await form.filledIn())
    const list = await portal.visit('/sajat/ugyek', { as: anna })
    const href = list.html
      .querySelectorAll('a')
      .map((link) => link.getAttribute('href') ?? '')
      .find((address) => address.startsWith(`/ujhartyan/${party?.slug ?? ''}/ugyek/`))
    expect((await portal.visit(href ?? '', { as: anna })).text).toContain('Képviselőként beküldtePélda Béla')
    expect((await portal.visit(href ?? '', { as: denes })).status).toBe(404)
    // in one's own name one acts as oneself
    const begin = `/ujhartyan/${party?.slug ?? ''}/urlapok/uj?urlap=altalanos-kerelem`
    const offered = await modes(anna, begin.replace(party?.slug ?? '', 'sajat'))
    expect([offered.includes('self'), offered.includes(party?.slug)]).toEqual([true, false])
  })

  test('a sole trader the tax register knows acts in own right, without any mandate', async () => {
    await taxpayer(bela, 'sole-trader', '99999913241')
    expect((await portal.visit('/sajat/kepviseletek', { as: bela })).text).toContain('Egyéni vállalkozóként')
    const [own] = await portal.admin<{ label: string }>(
      `select label from represented_parties where kind = 'sole-trader' and tax_number = '99999913241'`,
    )
    const label = own?.label ?? ''
    await letSeat('99999913241')
    expect(await modes(bela, '/ujhartyan/sajat/urlapok/uj?urlap=altalanos-kerelem')).toContain(label)
    const form = atTheForm(portal, bela, 'ujhartyan', label)
    const draft = await form.filledIn()
    const receipt = await portal.visit((await form.send(draft)).location, { as: bela })
    expect(receipt.text).toContain('saját jogon')
    expect(await portal.admin('select mandate_id, acting_as from submissions where draft_id = $1', [draft])).toEqual([
      { mandate_id: null, acting_as: 'sole-trader' },
    ])
    // nobody else gets there by that
    expect((await portal.visit(`/ujhartyan/${label}/urlapok/uj`, { as: anna })).status).toBe(404)
  })

  test('pages of matters say in whose name one acts, and lead to acting for another', async () => {
    for (const path of ['/sajat/ugyek', '/ujhartyan/sajat/urlapok/uj']) {
      const bar = (await portal.visit(path, { as: anna })).html.querySelector('.portal-acting')
      expect(bar?.textContent).toContain('Ön a saját nevében jár el.')
      expect(bar?.querySelector('a')?.getAttribute('href')).toBe('/sajat/kepviseletek')
    }
    expect((await portal.visit('/onkormanyzatok')).html.querySelector('.portal-acting')).toBeNull()
  })

  /** An address in the register, so that the form needs not ask for it. */
  const letSeat = (number: string) =>
    portal.admin('update represented_parties set seat = $2 where tax_number = $1', [
      number,
      { postalCode: '2367', settlement: 'Újhartyán', street: 'Próba', streetType: 'utca', houseNumber: '1.' },
    ])
  const modes = async (as: CastPerson, path: string) =>
    (await portal.visit(path, { as })).html
      .querySelectorAll('input[name=mod]')
      .map((radio) => radio.getAttribute('value'))
})

describe('the policies alone', () => {
  /** As the login of the application, without any code of ours in between. */
  async function asCitizen<T>(person: CastPerson, work: (client: pg.Client) => Promise<T>): Promise<T> {
    const { accountId } = await portal.session(person)
    const client = new pg.Client({ connectionString: portal.database.appUrl })
    await client.connect()
    try {
      await client.query('begin; set local role portal_citizen')
      await client.query(`select set_config('app.account', $1, true), set_config('app.person', $2, true)`, [
        accountId,
        markOf(person),
      ])
      return await work(client)
    } finally {
      await client.end()
    }
  }
  const refused = async (person: CastPerson, statement: string, values: unknown[]) =>
    expect(
      asCitizen(person, (client) => client.query(statement, values)),
      statement,
    ).rejects.toSatisfy((error) => sqlState(error) === '42501')

  const insertParty = `insert into represented_parties (settlement_id, label, kind, name, tax_number, person_mark)
    values ($1, $2, $3, 'Valaki', $4, $5)`
  const insertMandate = `insert into mandates
      (settlement_id, party_id, source, granted_by, registry_key, representative_mark, kind, everything, valid_from)
    values ($1, $2, $3, app_account(), $4, $5, 'permanent', true, '2026-01-01')`

  test('let nobody claim another’s number, another’s mark or a company', async () => {
    await refused(bela, insertParty, [ujhartyan, 'a', 'person', '8416719918', markOf(bela)])
    await refused(bela, insertParty, [ujhartyan, 'b', 'person', null, markOf(anna)])
    await refused(bela, insertParty, [ujhartyan, 'c', 'company', '99999906213', markOf(bela)])
    // known as a person, not as a sole trader, and only there
    await refused(anna, insertParty, [ujhartyan, 'd', 'sole-trader', anna.taxId, markOf(anna)])
    await refused(anna, insertParty, [komlo, 'e', 'person', anna.taxId, markOf(anna)])
  })

  test('let nobody give a mandate for somebody else’s party, or by another source', async () => {
    const [kenyer] = await portal.admin<{ id: string }>(
      `select id from represented_parties where settlement_id = $1 and name = 'Kitalált Kenyér Kft.'`,
      [ujhartyan],
    )
    const [own] = await portal.admin<{ id: string }>(
      'select id from represented_parties where settlement_id = $1 and tax_number = $2',
      [ujhartyan, anna.taxId],
    )
    await refused(bela, insertMandate, [ujhartyan, kenyer?.id, 'online', 'x1', markOf(anna)])
    for (const source of ['office', 'tax-system', 'paper']) {
      await refused(anna, insertMandate, [ujhartyan, own?.id, source, 'x2', markOf(bela)])
    }
    await expect(
      asCitizen(anna, (client) => client.query(insertMandate, [ujhartyan, own?.id, 'online', 'x3', markOf(bela)])),
    ).resolves.toBeDefined()
  })

  test('let nobody revive, prolong or widen', async () => {
    await give(anna)
    const living = (await listed(anna)).find(({ state }) => state === 'living')?.id
    const revoked = (await listed(anna)).find(({ state }) => state === 'revoked')?.id
    await expect(
      asCitizen(anna, (client) => client.query('update mandates set revoked_at = null where id = $1', [revoked])),
    ).rejects.toThrow('stays revoked')
    for (const change of [
      `valid_until = '2099-01-01'`,
      `rights = '{read-tax}'`,
      'everything = true',
      'party_id = party_id',
    ]) {
      await refused(anna, `update mandates set ${change} where id = $1`, [living])
    }
    // whoever got it sees it, and cannot end it
    await refused(bela, 'update mandates set revoked_at = app_now() where id = $1', [living])
  })
})

describe('the pages', () => {
  const as = { as: bela }
  const fields = {
    nev: anna.name,
    'szuletesi-csaladi-nev': anna.identity.birthFamilyName,
    'szuletesi-utonev': anna.identity.birthGivenName,
    'anyja-csaladi-neve': anna.identity.motherFamilyName,
    'anyja-utoneve': anna.identity.motherGivenName,
    'szuletesi-hely': anna.identity.birthPlace,
    'szuletesi-datum.year': anna.identity.birthDate.slice(0, 4),
    'szuletesi-datum.month': anna.identity.birthDate.slice(5, 7),
    'szuletesi-datum.day': anna.identity.birthDate.slice(8),
    jogok: ['ugyek'],
    'ugyek-kore': 'egyes',
    agazatok: ['social'],
  }

  test('a mandate is given, seen by both and withdrawn', async () => {
    const list = await portal.visit('/sajat/meghatalmazasok', as)
    expect(list.text).toContain('Senki nem járhat el az Ön nevében.')
    const address = list.html.querySelector('a[href^="/sajat/meghatalmazasok/uj"]')?.getAttribute('href') ?? ''
    const page = await portal.visit(address, as)
    const hidden = Object.fromEntries(
      page.html
        .querySelectorAll('main input[type=hidden]')
        .map((input) => [input.getAttribute('name') ?? '', input.getAttribute('value') ?? '']),
    )
    delete hidden['_csrf']
    const wrong = await portal.post('/sajat/meghatalmazasok/uj', { ...hidden, ...fields, agazatok: [], nev: ' ' }, as)
    expect(wrong.status).toBe(422)
    expect(wrong.html.querySelectorAll('.govuk-error-summary__list a').map((a) => a.getAttribute('href'))).toEqual([
      '#nev',
      '#agazatok',
    ])
    expect(wrong.html.querySelector('#anyja-utoneve')?.getAttribute('value')).toBe(anna.identity.motherGivenName)
    const taxes = { jogok: ['egyenleg'], adok: 'minden' }
    const unproven = await portal.post('/sajat/meghatalmazasok/uj', { ...hidden, ...fields, ...taxes }, as)
    expect([unproven.status, unproven.text.includes('Vegye ki a jelölést')]).toEqual([422, true])

    const given = await portal.post('/sajat/meghatalmazasok/uj', { ...hidden, ...fields }, as)
    expect([given.status, given.location]).toEqual([303, '/sajat/meghatalmazasok?kesz=megadva'])
    expect((await portal.visit(given.location, as)).text).toContain('Szociális ügyek')
    expect((await portal.visit('/sajat/kepviseletek', { as: anna })).text).toContain('Példa Béla')

    const action = (await portal.visit('/sajat/meghatalmazasok', as)).html
      .querySelector('form[action$="/visszavonas"]')
      ?.getAttribute('action')
    expect((await portal.post(action ?? '', {}, as)).location).toContain('kesz=visszavonva')
    expect((await portal.visit('/sajat/kepviseletek', { as: anna })).text).not.toContain('Példa Béla')
  })

  test('at a settlement that is none of one’s own, or has not joined, there is no such page', async () => {
    for (const slug of ['komlo-heves', 'nincs-ilyen']) {
      expect((await portal.visit(`/sajat/meghatalmazasok/uj?telepules=${slug}`, as)).status).toBe(404)
    }
  })
})
