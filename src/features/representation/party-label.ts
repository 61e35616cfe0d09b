import { randomBytes } from 'node:crypto'

const signs = 'abcdefghijklmnopqrstuvwxyz234567'

/** 130 random bits that nobody mistypes: a party's part of every address. */
export function newPartyLabel(): string {
  return Array.from(randomBytes(26), (byte) => signs[byte % signs.length]).join('')
}
