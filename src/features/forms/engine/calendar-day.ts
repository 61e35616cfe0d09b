/** Calendar days, months and times of day without zone: `2026-11-22`, `2026-11`, `08:30`. */

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

/**
 * A day so many days, months and years after another, or before it where negative. A day its month does not have becomes the
 * month's last; days are counted from there.
 *
 * @returns undefined outside the years of our calendar
 */
export function later(
  day: string,
  {
    days = 0,
    months = 0,
    years = 0,
  }: { days?: number | undefined; months?: number | undefined; years?: number | undefined },
): string | undefined {
  const [year = 0, month = 0, dayOfMonth = 0] = day.split('-').map(Number)
  const monthsSince = (year + years) * 12 + (month - 1) + months
  const [newYear, newMonth] = [Math.floor(monthsSince / 12), (((monthsSince % 12) + 12) % 12) + 1]
  const instant = new Date(Date.UTC(newYear, newMonth - 1, Math.min(dayOfMonth, daysInMonth(newYear, newMonth)) + days))
  const found = Number.isNaN(instant.getTime()) ? '' : instant.toISOString().slice(0, 10)
  return isDay(found) ? found : undefined
}

/** `2026-11`, `2026. 11.`, `2026. november`, `2026.11`; the order year, month is the only one that is understood. */
export function readTypedMonth(typed: string): TypedDay {
  const bare = typed.trim().replaceAll(/\s+/gu, ' ')
  if (bare === '') return { ok: false, reason: 'empty' }
  if (bare.length > 40) return { ok: false, reason: 'format' }
  const [, year, month] = /^([0-9]{4})(?:-|\. ?| )([0-9]{1,2}|\p{L}{1,12})\.?$/u.exec(bare) ?? []
  if (year === undefined || month === undefined) {
    return { ok: false, reason: /^[0-9]{1,2}[./ -]+[0-9]{2}\.?$/.test(bare) ? 'ambiguous' : 'format' }
  }
  const read = readTypedParts({ year, month, day: '1' })
  if (read.ok) return { ok: true, value: read.value.slice(0, 7) }
  return read.reason === 'not-a-number' ? { ok: false, reason: 'format' } : read
}

/** How many days later the second day is. */
export function daysBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / 86_400_000
}

export function isMonth(text: string): boolean {
  return /^[0-9]{4}-[0-9]{2}$/.test(text) && isDay(`${text}-01`)
}

export type TypedTime =
  | { ok: true; value: string }
  | { ok: false; reason: 'empty' | 'format' | 'ambiguous' | 'impossible' }

/** `8:30`, `08.30`, `8 óra 30 perc`, `8 óra`, `8h30`, `8:30 pm`. A bare number says neither hours nor minutes: it is asked back. */
export function readTypedTime(typed: string): TypedTime {
  const bare = typed.trim().toLowerCase().replaceAll(/\s+/gu, ' ')
  if (bare === '') return { ok: false, reason: 'empty' }
  if (bare.length > 40) return { ok: false, reason: 'format' }
  const [, hour, minute = '0', half] =
    /^([0-9]{1,2}) ?[:.] ?([0-9]{2})(?: ?([ap])\.?m\.?)?$/.exec(bare) ??
    /^([0-9]{1,2}) ?(?:óra|ó|h)(?: ?([0-9]{1,2}) ?(?:perc|p|min)?)?$/.exec(bare) ??
    []
  if (hour === undefined) return { ok: false, reason: /^[0-9]{1,4}$/.test(bare) ? 'ambiguous' : 'format' }
  const hours = half === undefined ? Number(hour) : (Number(hour) % 12) + (half === 'p' ? 12 : 0)
  if (hours > 23 || Number(minute) > 59 || (half !== undefined && (Number(hour) < 1 || Number(hour) > 12))) {
    return { ok: false, reason: 'impossible' }
  }
  return { ok: true, value: `${String(hours).padStart(2, '0')}:${minute.padStart(2, '0')}` }
}

export function isTimeOfDay(text: string): boolean {
  return /^(?:[01][0-9]|2[0-3]):[0-5][0-9]$/.test(text)
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
