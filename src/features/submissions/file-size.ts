import { formats } from '../../platform/i18n/formats.ts'
import type { Language } from '../../platform/i18n/language.ts'

/** „1,4 MB”, „12 kB”: never smaller than it is. */
export function sizeInWords(bytes: number, language: Language): string {
  const { number } = formats[language]
  if (bytes >= 1_048_576) return `${number(Math.ceil(bytes / 104_857.6) / 10)}\u00A0MB`
  return `${number(Math.max(1, Math.ceil(bytes / 1_024)))}\u00A0kB`
}
