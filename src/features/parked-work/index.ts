/**
 * Parked work (félretett munka): what a form said that was posted while its session could not act, kept for its owner for 24 hours,
 * so that nothing typed is lost; and what was filled in before signing in. It is never carried out, only offered or saved.
 */
export { type ParkedItem, type ParkedWork, parkedHours, parkedWorkService } from './service.ts'
export type { Filling } from './work.ts'
