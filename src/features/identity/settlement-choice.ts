import type { Settlement, SettlementDirectory } from '../settlements/index.ts'

/** What a person meant by a typed settlement: one, or several to choose from, or none. */
export type Chosen =
  | { kind: 'one'; settlement: Settlement }
  | { kind: 'several'; settlements: Settlement[] }
  | { kind: 'none' }

const mostToChooseFrom = 12

/**
 * @param typed a name or a postal code
 * @param picked KSH code as a number, picked from the ones offered before; it counts only while the typed text still fits
 */
export function chosenSettlement(directory: SettlementDirectory, typed: string, picked: string | undefined): Chosen {
  const found = directory.search(typed)
  const one = found.find(({ id }) => String(id) === picked)
  if (one !== undefined) return { kind: 'one', settlement: one }
  const same = found.filter(({ name }) => name.toLocaleLowerCase('hu') === typed.trim().toLocaleLowerCase('hu'))
  const only = same.length === 1 ? same[0] : found.length === 1 ? found[0] : undefined
  if (only !== undefined) return { kind: 'one', settlement: only }
  return found.length === 0 ? { kind: 'none' } : { kind: 'several', settlements: found.slice(0, mostToChooseFrom) }
}
