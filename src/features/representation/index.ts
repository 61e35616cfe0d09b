/**
 * Representation (képviselet): in which role and for whom somebody acts; the party is part of the address, so that two tabs
 * may work for two.
 */
export { type Party, partyScope } from './party-scope.ts'
