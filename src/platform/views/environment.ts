import { fileURLToPath } from 'node:url'
import nunjucks from 'nunjucks'
import type { Assets } from '../assets/manifest.ts'
import { translator } from '../i18n/catalogue.ts'
import { formats } from '../i18n/formats.ts'
import type { Language } from '../i18n/language.ts'
import { projectRoot } from '../project-root.ts'

type Answer = (failure: unknown, macros: object) => void

declare module 'nunjucks' {
  interface Template {
    /** runs the file, and answers with the macros it defines; an import `with context` gives that first */
    getExported(answer: Answer | object): void
  }
}

/**
 * Macros see globals only, so they are the same for every page: each file of macros is run once, instead of once for every import
 * of every page, which cost more than all the rest of a page.
 */
function keepMacros({ prototype }: typeof nunjucks.Template): void {
  const kept = new WeakMap<nunjucks.Template, object>()
  const makeMacros = prototype.getExported
  prototype.getExported = function (answer) {
    if (typeof answer !== 'function') throw new Error('macros are imported without context')
    const tell = answer as Answer // the only function there is to give
    const macros = kept.get(this)
    if (macros !== undefined) return tell(null, macros)
    makeMacros.call(this, (failure: unknown, made: object) => {
      if (!failure) kept.set(this, made)
      tell(failure, made)
    })
  }
}
keepMacros(nunjucks.Template)

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
