import { createHmac } from 'node:crypto'

/** The data a person is born with: who somebody is, whatever the person is called today. */
export interface BirthData {
  birthFamilyName: string
  birthGivenName: string
  motherFamilyName: string
  motherGivenName: string
  birthPlace: string
  /** YYYY-MM-DD */
  birthDate: string
}

/** The marks of a person under each key; the first is the one written down. */
export type PersonMarks = (person: BirthData) => string[]

/**
 * Recognises a person registered before there was any account, by the natural identity data (természetes személyazonosító adatok)
 * the KAÜ tells of whoever signs in, without keeping them: a keyed fingerprint, which cannot be computed by guessing from the
 * database alone. All of the data count, so that a name alone never matches; capitals and blanks do not. The present name is left
 * out, since it changes by marriage and the right does not.
 *
 * @param keys 32 random bytes each; the first marks, every one recognises
 */
export function personMarks(keys: readonly Buffer[]): PersonMarks {
  return (person) => {
    const text = JSON.stringify(
      [
        person.birthFamilyName,
        person.birthGivenName,
        person.motherFamilyName,
        person.motherGivenName,
        person.birthPlace,
        person.birthDate,
      ].map((part) => part.normalize('NFC').trim().replaceAll(/\s+/gu, ' ').toLocaleLowerCase('hu')),
    )
    return keys.map((key) => createHmac('sha256', key).update(`person ${text}`, 'utf8').digest('hex'))
  }
}
