import type { SectorForms } from './service.ts'

/** The general request (általános kérelem, e-Papír): where every matter goes that has no form of its own. */
const generalRequestCode = 'altalanos-kerelem'

/** Its code where it is among these forms; empty where it is not accepted. */
export function acceptedGeneralRequest(sectors: readonly SectorForms[]): string {
  const isAccepted = sectors.some(({ forms }) => forms.some(({ definition }) => definition.code === generalRequestCode))
  return isAccepted ? generalRequestCode : ''
}
