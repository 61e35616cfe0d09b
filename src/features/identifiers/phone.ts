import type { Verdict } from './verdict.ts'

const longestTyped = 40

/**
 * A telephone number, kept in international form (`+36301234567`). Hungarian numbers are also understood with 06 or 0036 before
 * them; a number without any of these might be anything, so it is asked back.
 */
export function checkPhone(typed: string): Verdict<'required' | 'format' | 'prefix' | 'length'> {
  if (typed.length > longestTyped) return { ok: false, reason: 'format' }
  const bare = typed.replace(/[\s\u2010-\u2013()./-]/gu, '')
  if (bare === '') return { ok: false, reason: 'required' }
  if (!/^\+?[0-9]+$/.test(bare)) return { ok: false, reason: 'format' }
  const international = bare.replace(/^00/, '+').replace(/^06/, '+36')
  if (!international.startsWith('+')) return { ok: false, reason: 'prefix' }
  const right = international.startsWith('+36')
    ? /^\+36[1-9][0-9]{7,8}$/.test(international)
    : /^\+[1-9][0-9]{6,14}$/.test(international)
  return right ? { ok: true, value: international } : { ok: false, reason: 'length' }
}

/** `+36 30 123 4567`, `+36 1 234 5678`; numbers of other countries as they are. */
export function groupPhone(phone: string): string {
  const hungarian = /^\+36(1|[0-9]{2})([0-9]{3})([0-9]{3,4})$/.exec(phone)
  return hungarian ? `+36 ${hungarian[1]} ${hungarian[2]} ${hungarian[3]}` : phone
}
