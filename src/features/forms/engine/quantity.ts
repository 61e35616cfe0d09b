/**
 * Exact numbers: decimals and shares as fractions of whole numbers, never binary floating point.
 */
export interface Quantity {
  numerator: bigint
  denominator: bigint
}

/** In signs; nothing longer is read, and nothing longer is the result of a calculation. */
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

export function subtractQuantities(a: Quantity, b: Quantity): Quantity {
  return addQuantities([a, { numerator: -b.numerator, denominator: b.denominator }])
}

export function multiplyQuantities(quantities: readonly Quantity[]): Quantity {
  return quantities.reduce<Quantity>(
    (product, next) => ({
      numerator: product.numerator * next.numerator,
      denominator: product.denominator * next.denominator,
    }),
    { numerator: 1n, denominator: 1n },
  )
}

/** @returns undefined when divided by zero */
export function divideQuantities(a: Quantity, b: Quantity): Quantity | undefined {
  if (b.numerator === 0n) return undefined
  const sign = b.numerator < 0n ? -1n : 1n
  return { numerator: sign * a.numerator * b.denominator, denominator: sign * a.denominator * b.numerator }
}

/** `half-up` (kerekítés): to the nearest, a half away from zero; `down`: towards zero; `up`: away from zero. */
export type Rounding = 'half-up' | 'down' | 'up'

/**
 * A canonical decimal of at most so many decimals.
 *
 * @returns undefined when there are more digits than a number may have
 */
export function roundQuantity(
  { numerator, denominator }: Quantity,
  decimals: number,
  rounding: Rounding,
): string | undefined {
  const scale = 10n ** BigInt(decimals)
  const exact = (numerator < 0n ? -numerator : numerator) * scale
  const rest = exact % denominator
  const goesUp = rounding === 'up' ? rest > 0n : rounding === 'half-up' && rest * 2n >= denominator
  const units = exact / denominator + (goesUp ? 1n : 0n)
  let part = (units % scale).toString().padStart(decimals, '0')
  while (part.endsWith('0')) part = part.slice(0, -1)
  const whole = (units / scale).toString()
  const value = part === '' || decimals === 0 ? whole : `${whole}.${part}`
  const signed = numerator < 0n && units > 0n ? `-${value}` : value
  return signed.length > longestNumber ? undefined : signed
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
