import { BadRequest } from '../../../platform/http/errors.ts'
import { hasControlCharacters, hasDeceptiveCharacters, type Posted } from '../../../platform/http/posted-form.ts'

/** What was posted under a name that the page expects; a name that did not come counts as left empty. */
export interface PostedValues {
  /** one line: ends trimmed, runs of spaces made one */
  line(name: string): string
  /** several lines, as typed */
  lines(name: string): string
  list(name: string): string[]
  /** names whose text held signs nobody can see or type; they have been taken out */
  cleaned: ReadonlyMap<string, 'control-characters' | 'deceptive-characters'>
}

/** @throws BadRequest by its functions when a name that may come once came several times */
export function postedValues(posted: Posted): PostedValues {
  const cleaned = new Map<string, 'control-characters' | 'deceptive-characters'>()
  const text = (name: string) => {
    const value = posted[name] ?? ''
    if (typeof value !== 'string') throw new BadRequest('errors.bad-request.doubled-field')
    if (!hasControlCharacters(value)) return value
    cleaned.set(name, 'control-characters')
    return Array.from(value)
      .filter((sign) => !hasControlCharacters(sign))
      .join('')
  }
  return {
    cleaned,
    lines: text,
    line(name) {
      const value = text(name)
      if (hasDeceptiveCharacters(value)) cleaned.set(name, 'deceptive-characters')
      return Array.from(value)
        .filter((sign) => !hasDeceptiveCharacters(sign))
        .join('')
        .replaceAll(/\s+/gu, ' ')
        .trim()
    },
    list(name) {
      // No choice has such signs: what holds them was not chosen on a page of ours.
      return [posted[name] ?? []].flat().filter((one) => !hasControlCharacters(one))
    },
  }
}
