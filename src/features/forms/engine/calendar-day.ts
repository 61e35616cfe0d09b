/** Calendar days without time or zone, `YYYY-MM-DD`. */

export interface DayParts {
  year: string
  month: string
  day: string
}

export type TypedDay =
  | { ok: true; value: string }
  | { ok: false; reason: 'empty' }
  | { ok: false; reason: 'missing' | 'not-a-number' | 'year' | 'month' | 'day' | 'impossible'; part: keyof DayParts }
  | { ok: false; reason: 'format' | 'ambiguous' }

/** Nobody alive and nothing still in force lies outside; a year outside is a slip of the finger. */
const years = { first: 1800, last: 2199 }

export function readTypedParts({ year, month, day }: DayParts): TypedDay {
  const typed = { year: year.trim(), month: month.trim().replace(/\.$/, ''), day: day.trim().replace(/\.$/, '') }
  typed.year = typed.year.replace(/\.$/, '')
  const parts = ['year', 'month', 'day'] as const
  if (parts.every((part) => typed[part] === '')) return { ok: false, reason: 'empty' }
  for (const part of parts) if (typed[part] === '') return { ok: false, reason: 'missing', part }
  const monthNumber = monthOf(typed.month)
  for (const part of parts) {
    if (part === 'month' && monthNumber !== undefined) continue
    if (!/^[0-9]{1,4}$/.test(typed[part])) return { ok: false, reason: 'not-a-number', part }
  }
  const numbers = { year: Number(typed.year), month: monthNumber ?? Number(typed.month), day: Number(typed.day) }
  if (typed.year.length !== 4 || numbers.year < years.first || numbers.year > years.last) {
    return { ok: false, reason: 'year', part: 'year' }
  }
  if (numbers.month < 1 || numbers.month > 12) return { ok: false, reason: 'month', part: 'month' }
  if (numbers.day < 1 || numbers.day > 31) return { ok: false, reason: 'day', part: 'day' }
  if (numbers.day > daysInMonth(numbers.year, numbers.month)) return { ok: false, reason: 'impossible', part: 'day' }
  return { ok: true, value: asDay(numbers.year, numbers.month, numbers.day) }
}

/** `2024-02-29`, `2024. 02. 29.`, `2024. február 29.`; the order year, month, day is the only one that is understood. */
export function readTypedDay(typed: string): TypedDay {
  const bare = typed.trim()
  if (bare === '') return { ok: false, reason: 'empty' }
  if (bare.length > 40) return { ok: false, reason: 'format' }
  const [, year, month, day] =
    /^([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})$/.exec(bare) ??
    /^([0-9]{4})(?:\. ?| )([0-9]{1,2}|\p{L}{1,12})(?:\. ?| )([0-9]{1,2})\.?$/u.exec(bare.replaceAll(/\s+/gu, ' ')) ??
    []
  if (year !== undefined && month !== undefined && day !== undefined) return readTypedParts({ year, month, day })
  return { ok: false, reason: /^[0-9]{1,2}[./ -]+[0-9]{1,2}[./ -]+[0-9]{2,4}\.?$/.test(bare) ? 'ambiguous' : 'format' }
}

export function partsOfDay(day: string): DayParts {
  const [year = '', month = '', dayOfMonth = ''] = day.split('-')
  return { year, month: month.replace(/^0/, ''), day: dayOfMonth.replace(/^0/, '') }
}

export function daysInMonth(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate()
}

export function isDay(text: string): boolean {
  const read = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text) ? readTypedDay(text) : undefined
  return read?.ok === true
}

function asDay(year: number, month: number, day: number): string {
  return `${String(year)}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
}

const monthNames = [
  ['január', 'jan', 'january', 'i'],
  ['február', 'febr', 'feb', 'february', 'ii'],
  ['március', 'márc', 'march', 'mar', 'iii'],
  ['április', 'ápr', 'april', 'apr', 'iv'],
  ['május', 'máj', 'may', 'v'],
  ['június', 'jún', 'june', 'jun', 'vi'],
  ['július', 'júl', 'july', 'jul', 'vii'],
  ['augusztus', 'aug', 'august', 'viii'],
  ['szeptember', 'szept', 'september', 'sept', 'sep', 'ix'],
  ['október', 'okt', 'october', 'oct', 'x'],
  ['november', 'nov', 'xi'],
  ['december', 'dec', 'xii'],
]

function monthOf(name: string): number | undefined {
  const position = monthNames.findIndex((names) => names.includes(name.toLowerCase()))
  return position < 0 ? undefined : position + 1
}
