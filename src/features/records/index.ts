/**
 * Records (iratkezelés): what came in is taken over (érkeztetés) and registered (iktatás) in the settlement's yearly
 * register (iktatókönyv), under file numbers without a gap.
 *
 * Source: 335/2005. (XII. 29.) Korm. rendelet
 */
export { type FileNumber, parseFileNumber } from './file-number.ts'
export { findNumbered } from './queries.ts'
export { type Receiving, type Registering, receiveSubmission, registerSubmission } from './register.ts'
