import { fileURLToPath } from 'node:url'
import nunjucks from 'nunjucks'
import type { Assets } from '../assets/manifest.ts'
import { translator } from '../i18n/catalogue.ts'
import { formats } from '../i18n/formats.ts'
import type { Language } from '../i18n/language.ts'
import { projectRoot } from '../project-root.ts'

/**
 * The templates of views/ in one language. Everything is escaped; a value a template uses and was not given is an error, so
 * that it is found by the first test and not by a reader. Sentences are a global, since macros see globals only.
 */
export function templateEnvironment(
  language: Language,
  { assets, cache }: { assets: Assets; cache: boolean },
): nunjucks.Environment {
  const loader = new nunjucks.FileSystemLoader(fileURLToPath(new URL('views', projectRoot)), { noCache: !cache })
  const environment = new nunjucks.Environment(loader, {
    autoescape: true,
    throwOnUndefined: true,
    trimBlocks: true,
    lstripBlocks: true,
  })
  environment.addGlobal('t', translator(language))
  environment.addGlobal('language', language)
  environment.addGlobal('otherLanguage', language === 'hu' ? 'en' : 'hu')
  environment.addGlobal('asset', assets.asset)
  environment.addGlobal('integrity', assets.integrity)
  const { amount, number, day, moment } = formats[language]
  environment.addFilter('amount', amount)
  environment.addFilter('number', number)
  environment.addFilter('day', day)
  environment.addFilter('moment', moment)
  return environment
}
