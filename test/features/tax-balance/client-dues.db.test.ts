import { afterAll, beforeAll, expect, test } from 'vitest'
import { anna, bela } from '../../cast/people.ts'
import { openTestPortal, type TestPortal } from '../../support/portal.ts'

let portal: TestPortal
const as = { as: bela }
const dues = '/sajat/ugyfelek/tetelek'

beforeAll(async () => {
  portal = await openTestPortal()
  await portal.admin('delete from tax_bookings')
  await portal.admin('delete from tax_accounts')
  await portal.admin('delete from taxpayers')
  await owing('99999906213', 'building-tax', 41_000, '2026-03-16')
  await owing('99999906213', 'business-tax', 7_000, '2999-03-15')
  // of somebody Béla has nothing to do with
  await owing('12345676242', 'building-tax', 999_999, '2026-03-16')
})
afterAll(() => portal.close())

async function owing(number: string, taxType: string, amountHuf: number, dueOn: string): Promise<void> {
  await portal.admin(
    `insert into taxpayers (settlement_id, register_key, kind, name, address, tax_number, as_of)
     values (6293, $1, 'company', 'A nyilvántartásban', 'Próba utca 1.', $1, '2026-11-20T10:00:00Z') on conflict do nothing`,
    [number],
  )
  await portal.admin(
    `insert into tax_accounts (settlement_id, taxpayer_id, tax_type, bank_account, balance_huf, open_items)
     select 6293, id, $2, '117020050000000000000000', $3, $4::jsonb from taxpayers where tax_number = $1`,
    [number, taxType, amountHuf, JSON.stringify([{ dueOn, amountHuf, taxYear: 2026 }])],
  )
}

const kenyer = (set: string) =>
  portal.admin(
    `update mandates set ${set} where settlement_id = 6293
     and party_id = (select id from represented_parties where settlement_id = 6293 and tax_number = '99999906213')`,
  )

const looks = async (action: string) =>
  (await portal.admin('select from audit_trail where action = $1 and party_id is not null', [action])).length

test('a client is found by typing, whoever may act for nobody finds none', async () => {
  const found = await portal.visit('/sajat/ugyfelek?keres=kitalalt%20kenyer', as)
  expect(found.text).toContain('2 ügyfél')
  expect(found.text).not.toContain('Délibáb')
  expect((await portal.visit('/sajat/ugyfelek', { as: anna })).text).toContain('Nincs olyan ügyfele')
})

test('only what the right to read balances names is shown, and who looked is written down', async () => {
  await kenyer(`rights = '{submit,read-cases}'`)
  expect((await portal.visit(dues, as)).text).toContain('0 tétel.')
  expect(await looks('tax-balance.viewed')).toBe(0)

  await kenyer(`rights = '{read-tax}', tax_types = '{}'`)
  const all = await portal.visit(dues, as)
  const cells = all.html.querySelectorAll('tbody tr').map((row) => row.textContent.replaceAll(/\s+/g, ' '))
  expect(cells).toHaveLength(2)
  expect(cells[0]).toMatch(/Kitalált Kenyér Kft\..*Újhartyán.*Építményadó.*2026\. 03\. 16\.\s*esedékes.*41 000 Ft/)
  expect(cells[1]).toContain('később esedékes')
  expect(all.text).not.toContain('999 999')
  expect(await looks('tax-balance.viewed')).toBe(1)

  await kenyer(`tax_types = '{business-tax}'`)
  const narrowed = await portal.visit(`${dues}?rend=osszeg`, as)
  expect(narrowed.html.querySelectorAll('tbody tr')).toHaveLength(1)
  expect(narrowed.text).not.toContain('Építményadó')
  await kenyer('revoked_at = now()')
  expect((await portal.visit(dues, as)).text).toContain('0 tétel.')
})

test('the list is exported whole, and a name that looks like a formula is none', async () => {
  await portal.admin(
    `insert into mandates (settlement_id, party_id, registry_key, representative_mark, kind, everything, rights, valid_from)
     select settlement_id, party_id, 'again', representative_mark, kind, everything, '{read-tax}', valid_from from mandates
     where revoked_at is not null limit 1`,
  )
  await portal.admin(`update represented_parties set name = '=1+1' where tax_number = '99999906213'`)
  const csv = await portal.visit(`${dues}.csv?mikor=esedekes`, as)
  expect(csv.headers['content-type']).toBe('text/csv; charset=utf-8')
  expect(csv.body.split('\r\n').slice(1, 2)).toEqual([
    "'=1+1;99999906-2-13;Újhartyán;Építményadó;2026;2026-03-16;41000;2026-11-20T10:00:00.000Z",
  ])
  expect(await looks('tax-balance.downloaded')).toBe(1)
})
