import { fixedHolidays, holidaysAfterEaster, type MovedDays, movedDays } from './hungarian-calendar.ts'

/** The day itself when people work then, else the next one when they do. */
export function nextWorkingDay(day: string): string {
  let candidate = day
  while (!isWorkingDay(candidate)) candidate = addDays(candidate, 1)
  return candidate
}

export function isWorkingDay(day: string): boolean {
  const year = movedDaysOf(day)
  if (year?.work.includes(day)) return true
  if (year?.rest.includes(day)) return false
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay()
  return weekday !== 0 && weekday !== 6 && !isHoliday(day)
}

/** Whether the moved working days of the year are in the calendar. */
export function isCalendarKnown(day: string): boolean {
  return movedDaysOf(day) !== undefined
}

export function isHoliday(day: string): boolean {
  const easter = easterSunday(Number(day.slice(0, 4)))
  return (
    fixedHolidays.some((holiday) => day.endsWith(holiday)) ||
    holidaysAfterEaster.some((offset) => addDays(easter, offset) === day)
  )
}

/** Easter Sunday of the Gregorian calendar. Source: the anonymous Gregorian computus (Meeus, Jones, Butcher) */
export function easterSunday(year: number): string {
  const a = year % 19
  const b = Math.floor(year / 100)
  const c = year % 100
  const h = (19 * a + b - Math.floor(b / 4) - Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3) + 15) % 30
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7
  const m = Math.floor((a + 11 * h + 22 * l) / 451)
  const n = h + l - 7 * m + 114
  return isoDay(Date.UTC(year, Math.floor(n / 31) - 1, (n % 31) + 1))
}

export function addDays(day: string, days: number): string {
  return isoDay(Date.parse(`${day}T00:00:00Z`) + days * millisecondsPerDay)
}

/** Whole days from one day to another; negative when the second is earlier. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / millisecondsPerDay)
}

const millisecondsPerDay = 86_400_000

function isoDay(instant: number): string {
  return new Date(instant).toISOString().slice(0, 10)
}

function movedDaysOf(day: string): MovedDays | undefined {
  const year = Number(day.slice(0, 4))
  return movedDays.find((row) => row.year === year)
}
