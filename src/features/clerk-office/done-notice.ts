import type { Translate } from '../../platform/i18n/catalogue.ts'
import { type CaseRecord, isFinal } from '../cases/index.ts'

export interface DoneNotice {
  kind: 'success' | 'info'
  text: string
}

/** What an act leads to: said only of a case that is so, since the address that asks for the words can be written by anybody. */
const trueOf: Record<string, (matter: CaseRecord) => boolean> = {
  papir: ({ authorId }) => authorId === null,
  erkeztetve: ({ state }) => state !== 'submitted',
  iktatva: ({ fileNumber }) => fileNumber !== null,
  szignalva: ({ assignedTo }) => assignedTo !== null,
  atadva: ({ routedTo }) => routedTo !== null,
  megkezdve: ({ state }) => state === 'in_progress' || isFinal(state),
  lezarva: ({ state }) => state === 'closed',
  felhivva: ({ state }) => state === 'waiting_client',
  megkereses: ({ state }) => state === 'waiting_other',
  'valasz-erkezett': ({ state }) => state === 'in_progress',
  felfuggesztes: ({ state }) => state === 'suspended',
  folytatas: ({ state }) => state === 'in_progress',
  attetel: ({ state }) => state === 'transferred',
  visszautasitas: ({ state }) => state === 'rejected',
  megszuntetes: ({ state }) => state === 'terminated',
  uzenet: () => true,
  feljegyezve: () => true,
  rendben: () => true,
}

/** The sentence after an act; a word that begins with „mar-” says that it had been done before. */
export function noticeOf(
  word: string | undefined,
  matter: CaseRecord | undefined,
  translate: Translate,
): DoneNotice | null {
  if (word === undefined || matter === undefined) return null
  const done = word.replace(/^mar-/, '')
  if (!Object.hasOwn(trueOf, done) || trueOf[done]?.(matter) !== true) return null
  const values = { number: matter.fileNumber ?? matter.arrivalNumber }
  return word === done
    ? { kind: 'success', text: translate(`clerk-office.done.${done}`, values) }
    : { kind: 'info', text: translate(`clerk-office.done-before.${done}`, values) }
}
