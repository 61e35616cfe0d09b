import type { Language } from './language.ts'

/** How amounts and times are shown: non-breaking spaces inside, Budapest time. */
const locale: Record<Language, string> = { hu: 'hu-HU', en: 'en-GB' }

interface Formats {
  /** whole forints: „17 250 Ft” */
  amount: (huf: number) => string
  number: (value: number) => string
  /** a calendar day (YYYY-MM-DD) or the Budapest day of an instant */
  day: (value: string | Date) => string
  /** a calendar month (YYYY-MM) */
  month: (value: string) => string
  /** an instant to the minute, Budapest time */
  moment: (value: string | Date) => string
  /** the time of day of an instant, Budapest time */
  timeOfDay: (value: string | Date) => string
  /** the same to the second, for what ends then */
  timeToTheSecond: (value: string | Date) => string
}

export const formats: Record<Language, Formats> = { hu: forLanguage('hu'), en: forLanguage('en') }

function forLanguage(language: Language): Formats {
  const number = new Intl.NumberFormat(locale[language], { maximumFractionDigits: 2, useGrouping: 'always' })
  const timeZone = 'Europe/Budapest'
  const day =
    language === 'hu'
      ? new Intl.DateTimeFormat('hu-HU', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
      : new Intl.DateTimeFormat('en-GB', { timeZone, year: 'numeric', month: 'long', day: 'numeric' })
  const month = new Intl.DateTimeFormat(locale[language], { timeZone, year: 'numeric', month: 'long' })
  const time = new Intl.DateTimeFormat('hu-HU', { timeZone, hour: '2-digit', minute: '2-digit' })
  const exactTime = new Intl.DateTimeFormat('hu-HU', {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  })
  // A calendar day has no zone: noon in UTC is the same day in Budapest all year round.
  const instant = (value: string | Date) =>
    typeof value !== 'string' ? value : new Date(/^\d{4}-\d{2}-\d{2}$/.test(value) ? `${value}T12:00:00Z` : value)
  const joined = (text: string) => text.replaceAll(' ', '\u00a0')
  const formatDay = (value: string | Date) => joined(day.format(instant(value)))
  const formatTime = (value: string | Date) => time.format(instant(value))
  return {
    amount: (huf) => joined(`${number.format(huf)} ${language === 'hu' ? 'Ft' : 'HUF'}`),
    number: (value) => joined(number.format(value)),
    day: formatDay,
    month: (value) => joined(month.format(instant(`${value}-01`))),
    moment: (value) => `${formatDay(value)} ${formatTime(value)}`,
    timeOfDay: formatTime,
    timeToTheSecond: (value) => exactTime.format(instant(value)),
  }
}
