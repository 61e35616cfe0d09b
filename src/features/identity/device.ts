import type { Translate } from '../../platform/i18n/catalogue.ts'

const browsers: [RegExp, string][] = [
  [/Edg\//, 'Edge'],
  [/Firefox\//, 'Firefox'],
  [/Chrome\//, 'Chrome'],
  [/Safari\//, 'Safari'],
]
const systems: [RegExp, string][] = [
  [/Android/, 'Android'],
  [/iPhone|iPad/, 'iOS'],
  [/Windows/, 'Windows'],
  [/Mac OS/, 'macOS'],
  [/Linux/, 'Linux'],
]
const unknown = '?'
const between = ' · '

/** What kind of browser it is, by its User-Agent line: „Firefox · Linux”; nothing that tells one machine from another. */
export function deviceOf(userAgent: string | undefined): string {
  const line = (userAgent ?? '').slice(0, 400)
  const first = (kinds: [RegExp, string][]) => kinds.find(([sign]) => sign.test(line))?.[1] ?? unknown
  return `${first(browsers)}${between}${first(systems)}`
}

/** The same in the words a person would use: „Firefox, Linux”, „ismeretlen böngésző, Android”. */
export function deviceWords(device: string, translate: Translate): string {
  const [browser = unknown, system = unknown] = device.split(between)
  return [
    browser === unknown ? translate('identity.own-sessions.unknown-browser') : browser,
    ...(system === unknown ? [] : [system]),
  ].join(', ')
}
