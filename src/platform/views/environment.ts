import { fileURLToPath } from 'node:url'
import nunjucks from 'nunjucks'
import { formats } from '../i18n/formats.ts'
import type { Language } from '../i18n/language.ts'
import { projectRoot } from '../project-root.ts'

interface FilterContext {
  ctx: { language?: Language }
}

/**
 * The templates of views/. Everything is escaped; a value a template uses and was not given is an error, so that it is
 * found by the first test and not by a reader.
 */
export function templateEnvironment({ cache }: { cache: boolean }): nunjucks.Environment {
  const loader = new nunjucks.FileSystemLoader(fileURLToPath(new URL('views', projectRoot)), { noCache: !cache })
  const environment = new nunjucks.Environment(loader, {
    autoescape: true,
    throwOnUndefined: true,
    trimBlocks: true,
    lstripBlocks: true,
  })
  const inLanguage = (context: FilterContext) => formats[context.ctx.language ?? 'hu']
  environment.addFilter('amount', function (this: FilterContext, value: number) {
    return inLanguage(this).amount(value)
  })
  environment.addFilter('number', function (this: FilterContext, value: number) {
    return inLanguage(this).number(value)
  })
  environment.addFilter('day', function (this: FilterContext, value: string | Date) {
    return inLanguage(this).day(value)
  })
  environment.addFilter('moment', function (this: FilterContext, value: string | Date) {
    return inLanguage(this).moment(value)
  })
  return environment
}
