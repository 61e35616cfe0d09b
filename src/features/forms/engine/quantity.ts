/**
 * Exact numbers: decimals and shares as fractions of whole numbers, never binary floating point.
 */
export interface Quantity {
  numerator: bigint
  denominator: bigint
}

const longestNumber = 40

/** A canonical decimal (`-12.5`) or share (`1/2`). */
export function readQuantity(canonical: string): Quantity | undefined {
  if (canonical.length > longestNumber) return undefined
  const share = /^([0-9]+)\/([0-9]+)$/.exec(canonical)
  if (share) {
    const denominator = BigInt(share[2] ?? '0')
    return denominator === 0n ? undefined : { numerator: BigInt(share[1] ?? '0'), denominator }
  }
  const decimal = /^(-?)([0-9]+)(?:\.([0-9]+))?$/.exec(canonical)
  if (!decimal) return undefined
  const [, sign = '', whole = '', part = ''] = decimal
  const numerator = BigInt(whole + part)
  return { numerator: sign === '-' ? -numerator : numerator, denominator: 10n ** BigInt(part.length) }
}

/** Less than zero, zero, more than zero: as a is less than, equal to, more than b. */
export function compareQuantities(a: Quantity, b: Quantity): number {
  const left = a.numerator * b.denominator
  const right = b.numerator * a.denominator
  return left < right ? -1 : left > right ? 1 : 0
}

export function addQuantities(quantities: readonly Quantity[]): Quantity {
  return quantities.reduce<Quantity>(
    (sum, next) => ({
      numerator: sum.numerator * next.denominator + next.numerator * sum.denominator,
      denominator: sum.denominator * next.denominator,
    }),
    { numerator: 0n, denominator: 1n },
  )
}

export type TypedDecimal =
  | { ok: true; value: string }
  | { ok: false; reason: 'not-a-number' | 'ambiguous-separator' | 'too-many-decimals' | 'too-long' }

/**
 * Understands `1 234,5` and `1234.5`, with spaces of any width between thousands. A dot or comma before three digits (`1.234`)
 * might part thousands or decimals: it is asked back, and so are two different separators.
 *
 * @param decimals how many digits may stand after the decimal separator, at most two
 */
export function readTypedDecimal(typed: string, decimals: number): TypedDecimal {
  if (typed.length > longestNumber) return { ok: false, reason: 'too-long' }
  const bare = typed.trim().replaceAll('\u2212', '-')
  const grouped = /^(-?)([0-9]{1,3}(?:[ \u00a0\u202f][0-9]{3})+|[0-9]+)(?:([.,])([0-9]+))?$/.exec(bare)
  if (!grouped)
    return { ok: false, reason: /^[0-9., \u00a0\u202f]+$/.test(bare) ? 'ambiguous-separator' : 'not-a-number' }
  const [, sign = '', whole = '', separator = '', part = ''] = grouped
  // „1.234” is a little over one for some and over a thousand for others.
  if (separator !== '' && part.length === 3) return { ok: false, reason: 'ambiguous-separator' }
  let kept = part
  while (kept.endsWith('0')) kept = kept.slice(0, -1)
  if (kept.length > decimals) return { ok: false, reason: 'too-many-decimals' }
  const digits = whole.replaceAll(/[ \u00a0\u202f]/g, '').replace(/^0+(?=[0-9])/, '')
  const value = kept === '' ? digits : `${digits}.${kept}`
  return { ok: true, value: sign === '-' && /[1-9]/.test(value) ? `-${value}` : value }
}
