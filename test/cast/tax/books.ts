/**
 * What the tax registers of the cast's settlements say, so that something is always overdue, something due soon and something
 * overpaid: days lie around the day it is written for. Accounts belong to no bank there is; their check digits are right.
 */
import type { TaxBirthData, TaxBooking, TaxMandate, TaxpayerBooks } from '../../../src/adapters/tax-system/contract.ts'
import { anna, bela, type CastPerson, ferenc } from '../people.ts'

/** A whole register; the moment is ISO 8601. */
export interface CastRegister {
  settlementCode: string
  asOf: string
  taxpayers: TaxpayerBooks[]
  mandates: TaxMandate[]
}

export interface CastRegisters {
  /** delivers files */
  ujhartyan: CastRegister
  /** these two are asked over HTTP */
  komlo: CastRegister
  komloHeves: CastRegister
}

interface RegisterOptions {
  /** the moment of the books */
  now: Date
  /** so many fictional companies whose book-keeper is Ferenc */
  clients?: number
}

export function castRegisters({ now, clients = 0 }: RegisterOptions): CastRegisters {
  const day = (offset: number) => new Date(now.getTime() + offset * 86_400_000).toISOString().slice(0, 10)
  const asOf = now.toISOString()
  const [ujhartyan, komlo, komloHeves] = (['06293', '26408', '14535'] as const).map((code) => municipality(code))
  if (!ujhartyan || !komlo || !komloHeves) throw new Error('there are three settlements')
  let documents = 0
  const document = (letter: string) => {
    documents += 1
    return `${letter}-${day(0).slice(0, 4)}/${String(documents).padStart(5, '0')}`
  }

  /** Assessed (előírás) to be paid by a day, told of a month before or some days ago. */
  const assessed = (amountHuf: number, due: number): TaxBooking => ({
    bookedOn: day(Math.min(due - 30, -5)),
    dueOn: day(due),
    valueOn: null,
    title: 'assessment',
    document: document('H'),
    taxYear: Number(day(due).slice(0, 4)),
    amountHuf,
  })
  const paid = (amountHuf: number, on: number): TaxBooking => ({
    bookedOn: day(on + 1),
    dueOn: null,
    valueOn: day(on),
    title: 'payment',
    document: document('B'),
    taxYear: Number(day(on).slice(0, 4)),
    amountHuf: -amountHuf,
  })
  const cancelled = (amountHuf: number, due: number): TaxBooking => ({
    ...assessed(amountHuf, due),
    bookedOn: day(Math.min(due + 3, -3)),
    title: 'cancellation',
    amountHuf: -amountHuf,
  })

  const kenyer = {
    name: 'Kitalált Kenyér Kft.',
    address: '2367 Újhartyán, Kovászos utca 8.',
    taxNumber: '99999906-2-13',
  }
  const delibab = { name: 'Délibáb Építő Zrt.', address: '2367 Újhartyán, Légvár tér 2.', taxNumber: '99999913-2-13' }
  const made = Array.from({ length: clients }, (_, index) => client(index))

  return {
    ujhartyan: {
      settlementCode: '06293',
      asOf,
      taxpayers: [
        person('UH-1001', anna, [
          ujhartyan.account('building-tax', [
            assessed(22_000, -410),
            paid(22_000, -412),
            assessed(24_000, -225),
            paid(24_000, -226),
            assessed(24_000, -40),
            assessed(24_000, 140),
          ]),
          ujhartyan.account('communal-tax', [
            assessed(11_000, -340),
            paid(11_000, -338),
            assessed(12_000, -158),
            paid(12_000, -160),
            assessed(12_000, 25),
          ]),
          ujhartyan.account('plot-tax', [assessed(12_000, -225), paid(15_500, -230)]),
        ]),
        {
          registerKey: 'UH-1002',
          kind: 'person',
          name: 'Képzelt Etelka',
          address: '2367 Újhartyán, Képzelet utca 31.',
          taxNumber: '8255559973',
          birthData: etelka,
          accounts: [
            ujhartyan.account('communal-tax', [
              assessed(12_000, -158),
              paid(6_000, -150),
              cancelled(2_000, -158),
              assessed(12_000, 25),
            ]),
          ],
        },
        organisation('UH-2001', kenyer, [
          ujhartyan.account('business-tax', [
            assessed(175_000, -200),
            paid(175_000, -201),
            assessed(64_000, -95),
            paid(64_000, -96),
            assessed(180_000, 15),
            assessed(180_000, 200),
          ]),
          ujhartyan.account('building-tax', [
            assessed(96_000, -225),
            paid(96_000, -225),
            assessed(96_000, -40),
            paid(40_000, -30),
            cancelled(6_000, -40),
            assessed(96_000, 140),
          ]),
        ]),
        organisation('UH-2002', delibab, [
          ujhartyan.account('business-tax', [assessed(400_000, -200), paid(400_000, -199), assessed(420_000, 15)]),
          ujhartyan.account('building-tax', [assessed(60_000, -40), paid(60_000, -42), assessed(60_000, 140)]),
        ]),
        ...made.map(({ key, name, taxNumber, size }) =>
          organisation(key, { name, address: `2367 Újhartyán, Példasor ${size}.`, taxNumber }, [
            ujhartyan.account('business-tax', [
              assessed(1_000 * size, -200),
              ...(size % 5 === 0 ? [] : [paid(1_000 * size, -198)]),
              assessed(1_100 * size, 15 + (size % 90)),
            ]),
          ]),
        ),
      ],
      mandates: [
        mandate('M-1', bela, { kind: 'company', ...kenyer }, ['read-tax'], [], day(-500)),
        mandate('M-2', bela, { kind: 'company', ...delibab }, ['read-tax'], ['building-tax'], day(-200)),
        ...made.map(({ key, name, taxNumber }) =>
          mandate(`M-${key}`, ferenc, { kind: 'company', name, taxNumber }, ['read-tax'], [], day(-300)),
        ),
      ],
    },
    komlo: {
      settlementCode: '26408',
      asOf,
      taxpayers: [
        person('KO-77', anna, [
          komlo.account('building-tax', [assessed(8_000, -225), paid(8_000, -226), assessed(8_000, 10)]),
        ]),
        person('KO-78', bela, [
          komlo.account('communal-tax', [
            assessed(14_000, -225),
            paid(14_000, -227),
            assessed(14_000, -40),
            paid(9_000, -35),
          ]),
          komlo.account('building-tax', [assessed(31_000, -190), paid(31_000, -188), assessed(31_000, 60)]),
        ]),
        organisation('KO-301', kenyer, [
          komlo.account('business-tax', [assessed(88_000, -200), paid(88_000, -200), assessed(90_000, 15)]),
        ]),
      ],
      mandates: [mandate('KM-1', bela, { kind: 'company', ...kenyer }, ['read-tax'], [], day(-500))],
    },
    komloHeves: {
      settlementCode: '14535',
      asOf,
      taxpayers: [
        person('KH-9', anna, [
          komloHeves.account('communal-tax', [assessed(6_500, -200), paid(6_500, -180), assessed(6_500, -12)]),
        ]),
      ],
      mandates: [],
    },
  }
}

/** Képzelt Etelka, whom Béla may act for; born on the day her tax identifier says. */
const etelka: TaxBirthData = {
  birthFamilyName: 'Álmos',
  birthGivenName: 'Etelka',
  motherFamilyName: 'Ködös',
  motherGivenName: 'Rozália',
  birthPlace: 'Pest',
  birthDate: '1936-12-20',
}

const municipalities = {
  '06293': { base: '99900023', payee: 'Újhartyán Község Önkormányzata (kitalált)' },
  '26408': { base: '99900030', payee: 'Komló Város Önkormányzata (kitalált)' },
  '14535': { base: '99900047', payee: 'Kömlő Község Önkormányzata (kitalált)' },
} as const

const suffixes: Record<string, string> = {
  'building-tax': '02440000',
  'plot-tax': '02510000',
  'communal-tax': '02820000',
  'business-tax': '03540000',
}

function municipality(code: keyof typeof municipalities) {
  const { base, payee } = municipalities[code]
  return {
    account: (taxType: string, bookings: TaxBooking[]): TaxpayerBooks['accounts'][number] => ({
      taxType,
      bankAccount: `99900016-${base}-${suffixes[taxType] ?? ''}`,
      payee,
      // the eighth sign says that it is for trying out only
      bic: 'KITAHUH0',
      interestBookedUntil: null,
      bookings,
    }),
  }
}

function person(
  registerKey: string,
  { name, address, taxId, identity }: CastPerson,
  accounts: TaxpayerBooks['accounts'],
) {
  return {
    registerKey,
    kind: 'person' as const,
    name,
    address: `${address.postalCode} ${address.settlement}, ${address.street}`,
    taxNumber: taxId,
    birthData: birthDataOf(identity),
    accounts,
  }
}

function organisation(
  registerKey: string,
  about: { name: string; address: string; taxNumber: string },
  accounts: TaxpayerBooks['accounts'],
) {
  return { registerKey, kind: 'company' as const, ...about, birthData: null, accounts }
}

function mandate(
  key: string,
  { name, identity }: CastPerson,
  party: { kind: TaxMandate['party']['kind']; name: string; taxNumber: string },
  rights: TaxMandate['rights'],
  taxTypes: string[],
  validFrom: string,
): TaxMandate {
  return {
    key,
    party: { kind: party.kind, name: party.name, taxNumber: party.taxNumber },
    representative: { name, ...birthDataOf(identity) },
    kind: 'permanent',
    rights,
    taxTypes,
    validFrom,
    validUntil: null,
  }
}

function birthDataOf(identity: CastPerson['identity']): TaxBirthData {
  const { birthFamilyName, birthGivenName, motherFamilyName, motherGivenName, birthPlace, birthDate } = identity
  return { birthFamilyName, birthGivenName, motherFamilyName, motherGivenName, birthPlace, birthDate }
}

/** A company that does not exist, with a tax number whose check digit is right. */
function client(index: number) {
  const serial = `9910${String(index).padStart(3, '0')}`
  const sum = [...serial].reduce((total, digit, place) => total + Number(digit) * ([9, 7, 3, 1][place % 4] ?? 0), 0)
  const number = String(index + 1).padStart(3, '0')
  return {
    key: `UH-3${number}`,
    name: `Kitalált Ügyfél ${number} Kft.`,
    taxNumber: `${serial}${(10 - (sum % 10)) % 10}-2-13`,
    size: 20 + ((index * 37) % 480),
  }
}
