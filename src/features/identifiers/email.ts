import type { Verdict } from './verdict.ts'

/**
 * An e-mail address as mail servers commonly take it: one @, a name of at most 64 signs before it, a host name with a dot after.
 * The host is kept in lower case, since it does not distinguish.
 */
export function checkEmail(typed: string): Verdict<'required' | 'format' | 'accent'> {
  const bare = typed.trim()
  if (bare === '') return { ok: false, reason: 'required' }
  if (bare.length > 254) return { ok: false, reason: 'format' }
  const [name = '', host = '', ...rest] = bare.split('@')
  if (rest.length > 0) return { ok: false, reason: 'format' }
  if (/[^\u0000-\u007f]/u.test(bare)) return { ok: false, reason: 'accent' }
  const rightName = name.length <= 64 && /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+$/.test(name) && !/^\.|\.$|\.\./.test(name)
  const labels = host.split('.')
  const rightHost = labels.length >= 2 && labels.every(isHostLabel) && /[A-Za-z]/.test(labels.at(-1) ?? '')
  return rightName && rightHost ? { ok: true, value: `${name}@${host.toLowerCase()}` } : { ok: false, reason: 'format' }
}

function isHostLabel(label: string): boolean {
  return label.length <= 63 && /^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?$/.test(label)
}
