import type { CaseEventKind, CaseState } from '../cases/index.ts'

interface Reasoned {
  to: CaseState
  event: CaseEventKind
  /** in the address of its page */
  path: string
  /** the client must be told why, or to whom */
  needsReason: boolean
}

/** What a clerk does with a case by writing why; the client reads it. */
export const reasonedActs = {
  /** megkeresés: another authority is asked */
  'ask-other': { to: 'waiting_other', event: 'asked-other', path: 'megkereses', needsReason: true },
  'other-answered': { to: 'in_progress', event: 'other-answered', path: 'valasz-erkezett', needsReason: false },
  /** felfüggesztés */
  suspend: { to: 'suspended', event: 'suspended', path: 'felfuggesztes', needsReason: true },
  resume: { to: 'in_progress', event: 'resumed', path: 'folytatas', needsReason: false },
  /** áttétel */
  transfer: { to: 'transferred', event: 'transferred', path: 'attetel', needsReason: true },
  /** visszautasítás */
  reject: { to: 'rejected', event: 'rejected', path: 'visszautasitas', needsReason: true },
  /** az eljárás megszüntetése */
  terminate: { to: 'terminated', event: 'terminated', path: 'megszuntetes', needsReason: true },
} as const satisfies Record<string, Reasoned>

export type ReasonedAct = keyof typeof reasonedActs

export const reasonedActNames: readonly ReasonedAct[] = [
  'ask-other',
  'other-answered',
  'suspend',
  'resume',
  'transfer',
  'reject',
  'terminate',
]

export function reasonedActAt(path: string): ReasonedAct | undefined {
  return reasonedActNames.find((name) => reasonedActs[name].path === path)
}
