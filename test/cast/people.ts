/**
 * The people of the cast: clearly fictional, known by name to every test, to the demo and to the simulators.
 *
 * Their tax identifiers (adóazonosító jel) carry a correct check digit and a serial number from 990 on, which is how
 * examples are told from numbers that belong to somebody. Streets and e-mail addresses do not exist.
 */
import type { NaturalIdentity } from '../../src/adapters/national-identity/contract.ts'

export type PersonId = 'anna' | 'bela' | 'cecilia' | 'denes' | 'edit' | 'ferenc' | 'gabor' | 'hanna'

export interface CastPerson {
  id: PersonId
  /** the name borne (viselt név), as people read it */
  name: string
  /** the KAÜ's opaque identifier of the person */
  subject: string
  /** who this is, in the words of the sign-in page of the simulator and of the demo */
  role: { hu: string; en: string }
  identity: NaturalIdentity
  /** adóazonosító jel */
  taxId: string
  address: { postalCode: string; settlement: string; street: string }
  /** KSH code of the settlement of the address */
  settlementCode: string
  email: string
}

export const anna: CastPerson = {
  id: 'anna',
  name: 'Minta Anna',
  subject: 'proba-8d3f1c60-anna',
  role: { hu: 'ügyfél, Újhartyán lakosa', en: 'a citizen who lives in Újhartyán' },
  identity: {
    familyName: 'Minta',
    givenName: 'Anna',
    birthFamilyName: 'Próba',
    birthGivenName: 'Anna',
    motherFamilyName: 'Teszt',
    motherGivenName: 'Mária',
    birthPlace: 'Győr',
    birthDate: '1989-04-12',
  },
  taxId: '8446619903',
  address: { postalCode: '2367', settlement: 'Újhartyán', street: 'Képzelet utca 12.' },
  settlementCode: '06293',
  email: 'minta.anna@example.hu',
}

export const bela: CastPerson = {
  id: 'bela',
  name: 'Példa Béla',
  subject: 'proba-51b70e2a-bela',
  role: { hu: 'ügyfél, Komló lakosa', en: 'a citizen who lives in Komló' },
  identity: {
    familyName: 'Példa',
    givenName: 'Béla',
    birthFamilyName: 'Példa',
    birthGivenName: 'Béla',
    motherFamilyName: 'Hűvös',
    motherGivenName: 'Erzsébet',
    birthPlace: 'Kecskemét',
    birthDate: '1976-09-30',
  },
  taxId: '8400849906',
  address: { postalCode: '7300', settlement: 'Komló', street: 'Kitalált köz 3.' },
  settlementCode: '26408',
  email: 'pelda.bela@example.hu',
}

export const cecilia: CastPerson = {
  id: 'cecilia',
  name: 'Iktató Cecília',
  subject: 'proba-c94a7d15-cecilia',
  role: { hu: 'iktató az újhartyáni hivatalban', en: 'records clerk at the office of Újhartyán' },
  identity: {
    familyName: 'Iktató',
    givenName: 'Cecília',
    birthFamilyName: 'Könyves',
    birthGivenName: 'Cecília',
    motherFamilyName: 'Pecsét',
    motherGivenName: 'Ilona',
    birthPlace: 'Dabas',
    birthDate: '1981-02-03',
  },
  taxId: '8416719918',
  address: { postalCode: '2367', settlement: 'Újhartyán', street: 'Képzelet utca 40.' },
  settlementCode: '06293',
  email: 'iktato.cecilia@example.hu',
}

export const denes: CastPerson = {
  id: 'denes',
  name: 'Ügyintéző Dénes',
  subject: 'proba-07e2b8f9-denes',
  role: { hu: 'adóügyi ügyintéző az újhartyáni hivatalban', en: 'case worker for taxes at the office of Újhartyán' },
  identity: {
    familyName: 'Ügyintéző',
    givenName: 'Dénes',
    birthFamilyName: 'Ügyintéző',
    birthGivenName: 'Dénes',
    motherFamilyName: 'Számla',
    motherGivenName: 'Katalin',
    birthPlace: 'Cegléd',
    birthDate: '1972-11-19',
  },
  taxId: '8386739908',
  address: { postalCode: '2367', settlement: 'Újhartyán', street: 'Álom tér 1.' },
  settlementCode: '06293',
  email: 'ugyintezo.denes@example.hu',
}

export const edit: CastPerson = {
  id: 'edit',
  name: 'Kömlői Edit',
  subject: 'proba-e6185a34-edit',
  role: { hu: 'iktató a kömlői hivatalban', en: 'records clerk at the office of Kömlő' },
  identity: {
    familyName: 'Kömlői',
    givenName: 'Edit',
    birthFamilyName: 'Szőke',
    birthGivenName: 'Edit',
    motherFamilyName: 'Bükki',
    motherGivenName: 'Borbála',
    birthPlace: 'Heves',
    birthDate: '1985-06-24',
  },
  taxId: '8432739901',
  address: { postalCode: '3372', settlement: 'Kömlő', street: 'Délibáb út 7.' },
  settlementCode: '14535',
  email: 'komloi.edit@example.hu',
}

export const ferenc: CastPerson = {
  id: 'ferenc',
  name: 'Közös Ferenc',
  subject: 'proba-2fb9d06c-ferenc',
  role: {
    hu: 'iktató és ügyintéző Komló hivatalában és egy két települést ellátó közös hivatalban',
    en: 'records clerk and case worker at the office of Komló and at a common office serving two settlements',
  },
  identity: {
    familyName: 'Közös',
    givenName: 'Ferenc',
    birthFamilyName: 'Közös',
    birthGivenName: 'Ferenc',
    motherFamilyName: 'Páros',
    motherGivenName: 'Júlia',
    birthPlace: 'Pécs',
    birthDate: '1968-08-08',
  },
  taxId: '8371099908',
  address: { postalCode: '7300', settlement: 'Komló', street: 'Kitalált köz 22.' },
  settlementCode: '26408',
  email: 'kozos.ferenc@example.hu',
}

export const gabor: CastPerson = {
  id: 'gabor',
  name: 'Első Gábor',
  subject: 'proba-b3c05e7d-gabor',
  role: { hu: 'ügyfél, aki még sosem lépett be', en: 'a citizen who has never signed in' },
  identity: {
    familyName: 'Első',
    givenName: 'Gábor',
    birthFamilyName: 'Első',
    birthGivenName: 'Gábor',
    motherFamilyName: 'Kezdő',
    motherGivenName: 'Ágnes',
    birthPlace: 'Ózd',
    birthDate: '2001-01-31',
  },
  taxId: '8489739900',
  address: { postalCode: '3372', settlement: 'Kömlő', street: 'Délibáb út 19.' },
  settlementCode: '14535',
  email: 'elso.gabor@example.hu',
}

export const hanna: CastPerson = {
  id: 'hanna',
  name: 'Űrlapos Hanna',
  subject: 'proba-7a90f4d2-hanna',
  role: {
    hu: 'űrlapgazda az újhartyáni hivatalban: az ügyeket nem látja',
    en: 'administers the forms of the office of Újhartyán, and sees no cases',
  },
  identity: {
    familyName: 'Űrlapos',
    givenName: 'Hanna',
    birthFamilyName: 'Rovat',
    birthGivenName: 'Hanna',
    motherFamilyName: 'Minta',
    motherGivenName: 'Gizella',
    birthPlace: 'Vác',
    birthDate: '1979-05-08',
  },
  taxId: '8410349906',
  address: { postalCode: '2367', settlement: 'Újhartyán', street: 'Képzelet utca 51.' },
  settlementCode: '06293',
  email: 'urlapos.hanna@example.hu',
}

/** Everybody, citizens and clerks, in the order in which the stories introduce them. */
export const people: readonly CastPerson[] = [anna, bela, cecilia, denes, edit, ferenc, gabor, hanna]
