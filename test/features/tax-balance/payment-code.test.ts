import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader'
import { hungarianIban } from '../../../src/features/identifiers/index.ts'
import type { OpenItem } from '../../../src/features/tax-balance/ledger.ts'
import { type PaymentOrder, paymentCode } from '../../../src/features/tax-balance/payment-code.ts'
import { bankText, paymentsTo, transferReference } from '../../../src/features/tax-balance/transfer.ts'
import { drawCode } from '../../../src/platform/codes/drawn-code.ts'
import { pictureOf } from '../../platform/codes/picture.ts'

const anna = { name: 'Nagy Anna', taxNumber: '8123456789', registerKey: 'M-1' }

/** Letters of every script, signs that are none, and plain ones. */
const anyText = fc
  .array(
    fc.oneof(
      fc.integer({ min: 0, max: 0x2fff }),
      fc.integer({ min: 0x10000, max: 0x1ffff }),
      fc.integer({ max: 126, min: 9 }),
    ),
    {
      maxLength: 120,
    },
  )
  .map((points) => String.fromCodePoint(...points))

describe('the reference of a transfer', () => {
  test('names the taxpayer, the tax and the year', () => {
    expect(transferReference(anna, 'communal-tax', [2026])).toBe('8123456789 NAGY ANNA KOMMUNÁLIS ADÓ 2026')
    expect(transferReference(anna, 'business-tax', [2026, 2024, 2025])).toBe(
      '8123456789 NAGY ANNA IPARŰZÉSI ADÓ 2024-2026',
    )
  })

  test("carries the register's own number where there is no other", () => {
    expect(transferReference({ ...anna, taxNumber: null }, 'fine', [2025])).toBe('M-1 NAGY ANNA BÍRSÁG 2025')
  })

  test('is cut at the name, between words where that leaves enough', () => {
    const name = 'Hőgyészi Gyümölcsfeldolgozó és Üdítőitalgyártó Korlátolt Felelősségű Társaság'
    expect(transferReference({ ...anna, name }, 'communal-tax', [2026])).toBe(
      '8123456789 HŐGYÉSZI GYÜMÖLCSFELDOLGOZÓ ÉS KOMMUNÁLIS ADÓ 2026',
    )
    expect(transferReference({ ...anna, name: 'Ű'.repeat(90) }, 'communal-tax', [2026])).toBe(
      `8123456789 ${'Ű'.repeat(39)} KOMMUNÁLIS ADÓ 2026`,
    )
  })

  test('of whatever name is short enough, keeps what identifies it, and is taken by every bank', () => {
    fc.assert(
      fc.property(anyText, anyText, anyText, (name, registerKey, taxType) => {
        const reference = transferReference({ name, registerKey, taxNumber: '8123456789' }, taxType, [2025, 2026])
        expect(reference).toMatch(/^8123456789 (?:.* )?2025-2026$/)
        expect(reference.length).toBeLessThanOrEqual(70)
        expect(bankText(reference)).toBe(reference)
      }),
    )
  })

  test('loses marks that banks do not take, not the Hungarian ones', () => {
    expect(bankText('Árvíztűrő tükörfúrógép, ÁRVÍZTŰRŐ')).toBe('Árvíztűrő tükörfúrógép, ÁRVÍZTŰRŐ')
    expect(bankText('Đorđević–Škoda „Łódź” Groß 100\u00a0€\nß')).toBe('Dordevic-Skoda "Lódz" Gross 100 ss')
    expect(bankText('o\u030brs\u030c')).toBe('őrs')
  })
})

describe('what can be paid', () => {
  const openItems: OpenItem[] = [
    { dueOn: '2025-09-15', amountHuf: 4_000, taxYear: 2025 },
    { dueOn: '2026-03-16', amountHuf: 6_000, taxYear: 2026 },
    { dueOn: '2026-09-15', amountHuf: 7_000, taxYear: 2026 },
  ]
  const account = { taxType: 'communal-tax', bankAccount: '99902032-99746746-02820000', payee: null, bic: null }

  test('is each open item, and all that is due in one', () => {
    const { items, together, bankAccount } = paymentsTo({ ...account, openItems }, anna, '2026-03-16')
    expect(bankAccount).toBe('99902032-99746746-02820000')
    expect(items.map(({ when, amountHuf, dueOn }) => [when, amountHuf, dueOn])).toEqual([
      ['late', 4_000, '2025-09-15'],
      ['due', 6_000, '2026-03-16'],
      ['later', 7_000, '2026-09-15'],
    ])
    expect(together).toEqual({
      dueOn: '2026-03-16',
      when: 'due',
      amountHuf: 10_000,
      reference: '8123456789 NAGY ANNA KOMMUNÁLIS ADÓ 2025-2026',
    })
  })

  test('is not offered twice where one item is due', () => {
    expect(paymentsTo({ ...account, openItems }, anna, '2026-01-05').together).toBeNull()
    expect(paymentsTo({ ...account, openItems: [] }, anna, '2026-01-05')).toMatchObject({ items: [], together: null })
  })
})

test.each([
  ['99900016-12345676', 'HU15999000161234567600000000'],
  ['99901024-99746746-03540000', 'HU70999010249974674603540000'],
  ['999020329974674602820000', 'HU29999020329974674602820000'],
  ['11773016-11111018', 'HU42117730161111101800000000'],
  ['HU42 1177 3016 1111 1018 0000 0000', 'HU42117730161111101800000000'],
  ['99900017-12345676', undefined],
  ['DE89370400440532013000', undefined],
])('the IBAN of %s is %s', (account, iban) => {
  expect(hungarianIban(account)).toBe(iban)
})

const order: PaymentOrder = {
  bic: 'HUSTHUHB',
  payee: 'Hőgyész Nagyközség Önkormányzata',
  bankAccount: '99902032-99746746-02820000',
  amountHuf: 12_000,
  reference: '8123456789 FŰRÉSZ KŐSZEGI ANNA KOMMUNÁLIS ADÓ 2026',
  taxNumber: '8123456789',
  validThrough: '2026-12-31',
}

describe('the text of a payment code', () => {
  test('has its seventeen lines', () => {
    expect(paymentCode(order)).toBe(
      [
        'HCT',
        '001',
        '1',
        'HUSTHUHB',
        'Hőgyész Nagyközség Önkormányzata',
        'HU29999020329974674602820000',
        'HUF12000',
        '20261231235959+1',
        'TAXS',
        '8123456789 FŰRÉSZ KŐSZEGI ANNA KOMMUNÁLIS ADÓ 2026',
        '',
        '',
        '',
        '8123456789',
        '',
        '',
        '',
        '',
      ].join('\n'),
    )
  })

  test.each([
    ['2026-03-28', 1],
    ['2026-03-29', 2],
    ['2026-10-24', 2],
    ['2026-10-25', 1],
  ])('to the end of %s in Budapest, %i hours from UTC', (validThrough, hours) => {
    const until = linesOf(paymentCode({ ...order, validThrough }))[7]
    expect(until).toBe(`${validThrough.replaceAll('-', '')}235959+${String(hours)}`)
    // the clock there shows the last second of the day
    const moment = new Date(`${validThrough}T23:59:59+0${String(hours)}:00`)
    expect(moment.toLocaleString('sv', { timeZone: 'Europe/Budapest' })).toBe(`${validThrough} 23:59:59`)
  })

  test.each<[string, Partial<PaymentOrder>]>([
    ['nothing is owed', { amountHuf: 0 }],
    ['there is an overpayment', { amountHuf: -5_000 }],
    ['it is no whole forint', { amountHuf: 0.5 }],
    ['the amount has more than twelve digits', { amountHuf: 1_000_000_000_000 }],
    ['the bank is not known', { bic: null }],
    ['the bank is no bank', { bic: 'HUST' }],
    ['the payee is not known', { payee: null }],
    ['the payee has no letters', { payee: ' \n ' }],
    ['the account is none', { bankAccount: '99902033-99746746-02820000' }],
  ])('is not there when %s', (_why, wrong) => {
    expect(paymentCode({ ...order, ...wrong })).toBeUndefined()
  })

  test('keeps to one line for each field and to the signs allowed, whatever the tax system sends', () => {
    fc.assert(
      fc.property(anyText, anyText, anyText, (payee, reference, taxNumber) => {
        const code = paymentCode({ ...order, payee: `Ő${payee}`, reference, taxNumber })
        const lines = linesOf(code)
        expect(lines.map((line) => [...line].length).every((length, at) => length <= (longest[at] ?? 0))).toBe(true)
        expect(code).toMatch(/^[\n -~áéíóöőúüűÁÉÍÓÖŐÚÜŰ]{1,345}$/)
      }),
    )
  })
})

const longest = [3, 3, 1, 11, 70, 28, 15, 16, 4, 70, 35, 35, 35, 35, 35, 35, 35]

/** Reads the lines as a bank would: each ends with a line feed, and there are seventeen. */
function linesOf(code: string | undefined): string[] {
  if (code?.endsWith('\n') !== true) throw new Error('the last line is not ended')
  const lines = code.slice(0, -1).split('\n')
  if (lines.length !== 17) throw new Error(`${String(lines.length)} lines`)
  return lines
}

describe('a payment code, drawn and read again by a program that did not draw it', () => {
  beforeAll(() => {
    const wasm = readFileSync(new URL(import.meta.resolve('zxing-wasm/reader/zxing_reader.wasm')))
    prepareZXingModule({
      overrides: { wasmBinary: wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength) },
    })
  })

  /** @returns the bytes in the code, taken as UTF-8 */
  async function read(text: string): Promise<string[]> {
    const found = await readBarcodes(pictureOf([drawCode(text)], 2), { formats: ['QRCode'] })
    return found.map(({ bytes }) => new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes))
  }

  const letters = fc.constantFrom(...'áéíóöőúüűÁÉÍÓÖŐÚÜŰőűŐŰabcXYZ 019-.&')
  const names = (maxLength: number) =>
    fc
      .array(letters, { minLength: 1, maxLength })
      .map((signs) => bankText(signs.join('')))
      .filter((name) => name !== '')
  const days = fc.date({ min: new Date('2026-01-01'), max: new Date('2030-12-31'), noInvalidDate: true })

  test('says the fields it was made of', async () => {
    const orders = fc.record({
      bic: fc.constantFrom('HUSTHUHB', 'OTPVHUHBXXX'),
      payee: names(70),
      bankAccount: fc.constantFrom('99900016-12345676', '99902032-99746746-02820000'),
      amountHuf: fc.integer({ min: 1, max: 999_999_999_999 }),
      reference: names(70),
      taxNumber: fc.constantFrom('8123456789', '99999994142'),
      validThrough: days.map((moment) => moment.toISOString().slice(0, 10)),
    })
    await fc.assert(
      fc.asyncProperty(orders, async (fields) => {
        const [text, ...others] = await read(paymentCode(fields) ?? '')
        expect(others).toEqual([])
        const [kind, version, letterSet, bic, payee, iban, amount, until, purpose, message, ...rest] = linesOf(text)
        expect([kind, version, letterSet, bic, payee]).toEqual(['HCT', '001', '1', fields.bic, fields.payee])
        expect(iban?.slice(4)).toBe(fields.bankAccount.replaceAll('-', '').padEnd(24, '0'))
        expect(amount).toBe(`HUF${fields.amountHuf}`)
        expect(until).toMatch(new RegExp(`^${fields.validThrough.replaceAll('-', '')}235959\\+[12]$`))
        expect([purpose, message]).toEqual(['TAXS', fields.reference])
        expect(rest).toEqual(['', '', '', fields.taxNumber, '', '', ''])
      }),
      { numRuns: 20 },
    )
  })

  test('with ő and ű in names and settlements, is read as text without being told how', async () => {
    const text = paymentCode({ ...order, payee: 'Kőröstetétlen–Fűzfő Község Önkormányzata' }) ?? ''
    const [found] = await readBarcodes(pictureOf([drawCode(text)], 2), { formats: ['QRCode'] })
    expect(found?.text).toBe(text)
    expect(linesOf(found?.text)[4]).toBe('Kőröstetétlen-Fűzfő Község Önkormányzata')
  })
})
