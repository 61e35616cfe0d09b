import { fileURLToPath } from 'node:url'
import nunjucks from 'nunjucks'
import { translator } from '../i18n/catalogue.ts'
import { formats } from '../i18n/formats.ts'
import type { Language } from '../i18n/language.ts'
import { projectRoot } from '../project-root.ts'

interface PageValues {
  language?: Language
}

/**
 * The templates of views/. Everything is escaped; a value a template uses and was not given is an error, so that it is
 * found by the first test and not by a reader.
 *
 * There is one environment per language, chosen by the page's `language`: an imported macro sees none of the page's values, only
 * globals, and its words, amounts and days must be in the reader's language all the same.
 */
export function templateEnvironment({ cache }: { cache: boolean }): nunjucks.Environment {
  const english = environmentIn('en', cache)
  const hungarian = environmentIn('hu', cache)
  const renderHungarian = hungarian.render.bind(hungarian)
  Object.defineProperty(hungarian, 'render', {
    value: (name: string, values?: PageValues, callback?: nunjucks.TemplateCallback<string>) =>
      values?.language === 'en' ? english.render(name, values, callback) : renderHungarian(name, values, callback),
  })
  return hungarian
}

function environmentIn(language: Language, cache: boolean): nunjucks.Environment {
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
  environment.addFilter('amount', formats[language].amount)
  environment.addFilter('number', formats[language].number)
  environment.addFilter('day', formats[language].day)
  environment.addFilter('moment', formats[language].moment)
  return environment
}
