import type { Condition, FormDefinition } from './definition.ts'
import { conditionsInExpression } from './references.ts'
import { canHold } from './soundness.ts'

/**
 * Conditions that hold for no answers at all, and rules nobody can break. A search of its own, too long for each start of the
 * portal; for whoever writes a definition.
 *
 * @returns sentences; none when all is well
 */
export function faultsOfConditions(definition: FormDefinition): string[] {
  const faults: string[] = []
  const require = (condition: Condition, fault: string) => {
    if (!canHold(definition, condition)) faults.push(fault)
  }
  for (const item of definition.pages.flatMap(({ items }) => items)) {
    for (const one of item.type === 'group' ? [item, ...item.fields] : [item]) {
      for (const { id, must } of one.rules) {
        require(must, `${one.id}, rule ${id}: no answers satisfy it`)
        require({ not: must }, `${one.id}, rule ${id}: no answers break it, so its message is never read`)
      }
      if (one.type === 'group') continue
      if (one.prefill?.when) require(one.prefill.when, `${one.id}: is never filled in beforehand`)
      if (one.type !== 'calculated') continue
      for (const condition of conditionsInExpression(one.value)) {
        require(condition, `${one.id}: its calculation decides by something that never is so`)
      }
    }
  }
  return faults
}
