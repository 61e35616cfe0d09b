/**
 * The arrival number (érkeztetési szám) of a submission: `26-K7M4-2P9T-X`. Year of submission, eight random signs, a check sign.
 *
 * It is read out on the phone and copied by hand, so signs that look alike are left out (0 O Q, 1 I L, 2 Z, 5 S, 6 G, 8 B, U V:
 * of each group at most the digit stays), and the check sign finds every single wrong sign and every two signs that changed places.
 * Random, so that it says nothing about how many others submitted; it opens nothing by itself.
 */
const signs = '2346789ACDEFHJKMNPRTWXY'
const pattern = /^(\d{2})-([2346789ACDEFHJKMNPRTWXY]{4})-([2346789ACDEFHJKMNPRTWXY]{4})-([2346789ACDEFHJKMNPRTWXY])$/

/**
 * @param year calendar year in Budapest
 * @param random a whole number from 0 up to but without its argument; from a cryptographic source
 */
export function newArrivalNumber(year: number, random: (below: number) => number): string {
  const digits = String(year % 100).padStart(2, '0')
  const drawn = Array.from({ length: 8 }, () => signs.charAt(random(signs.length))).join('')
  return `${digits}-${drawn.slice(0, 4)}-${drawn.slice(4)}-${checkSign(digits, drawn)}`
}

/** Reads a number as people type it: small letters, blanks or nothing between the groups. `undefined`: mistyped. */
export function readArrivalNumber(typed: string): string | undefined {
  const bare = typed.toUpperCase().replace(/[\s\u2010-\u2015-]/g, '')
  const grouped = `${bare.slice(0, 2)}-${bare.slice(2, 6)}-${bare.slice(6, 10)}-${bare.slice(10)}`
  const [, digits = '', first = '', second = '', check] = pattern.exec(grouped) ?? []
  return check !== undefined && check === checkSign(digits, first + second) ? grouped : undefined
}

/**
 * Weighted sum modulo the number of signs. 23 is a prime above every weight, and each weight differs from every other:
 * so neither one changed sign nor two exchanged ones can leave the sum as it was.
 */
function checkSign(digits: string, drawn: string): string {
  const sum = [...digits, ...drawn].reduce((total, sign, index) => total + (index + 2) * valueOf(sign), 0)
  return signs.charAt(sum % signs.length)
}

/** The year may have digits that are no signs; theirs are values no other digit has. */
function valueOf(sign: string): number {
  const value = signs.indexOf(sign)
  return value < 0 ? 20 + '015'.indexOf(sign) : value
}
