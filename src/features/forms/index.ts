/**
 * Forms (űrlapok): what each asks, of whom and why; published versions per settlement; filling in for print without signing in.
 *
 * Definitions are data, the engine is pure. Whoever keeps answers (the submissions feature) gives them to these functions and
 * stores what comes back; nothing here is stored.
 */
export { type CheckedFile, checkDefinitions } from './definition-check.ts'
export { readDefinitions } from './definition-files.ts'
export { definitionSchema } from './definition-schema.ts'
export type { Answer, Answers, AttachedFile, FieldError, FormContext, Message } from './engine/answers.ts'
export { beginningAnswers, type TaxFigures } from './engine/beginning.ts'
export { type DayParts, partsOfDay, readTypedParts } from './engine/calendar-day.ts'
export { type Carrying, carryAnswers, type LeftAnswer, leftInWords } from './engine/carry-over.ts'
export {
  askableItems,
  askedOf,
  checkCompletion,
  completionAnswers,
  completionDefinition,
  completionSections,
  completionView,
  fileFieldsAsked,
  readCompletion,
} from './engine/completion.ts'
export type {
  FieldDefinition,
  FormDefinition,
  GroupDefinition,
  MannerOfActing,
  PageDefinition,
  Sector,
} from './engine/definition.ts'
export { sectors } from './engine/definition.ts'
export { pageIdOf } from './engine/page-path.ts'
export { type PageReading, readPage } from './engine/page-reading.ts'
export { type PageView, pageTitle, pageView, shownCalculations } from './engine/page-view.ts'
export { previewOf } from './engine/preview.ts'
export { readTypedDecimal } from './engine/quantity.ts'
export { receivedAnswers } from './engine/received-answers.ts'
export { storedAnswers } from './engine/stored-answers.ts'
export { type SummaryRow, type SummarySection, summarise } from './engine/summary.ts'
export { tellingAnswer } from './engine/telling-answer.ts'
export { typedText } from './engine/typed-text.ts'
export {
  checkForm,
  cleanAnswers,
  type FormCheck,
  firstOpenPage,
  isPageShown,
  type PageCheck,
  visiblePages,
} from './engine/validation.ts'
export { type Opening, openingOn } from './engine/validity.ts'
export { compareVersions, type QuestionChange } from './engine/version-changes.ts'
export { errorText, messageText } from './engine/wording.ts'
export { acceptedGeneralRequest } from './general-request.ts'
export { type LocalFee, type LocalTerms, noLocalTerms, promisedDays } from './local-terms.ts'
export { type FormPages, offeredForms } from './offered-forms.ts'
export { namesOnForm, readPaperContent } from './paper-content.ts'
export { publishForms, requireKnownMatters } from './publishing.ts'
export {
  closeForm,
  findSettlementForms,
  lockSettlementForm,
  openForm,
  type SettlementForm,
  saveLocalTerms,
} from './queries.ts'
export { formPages } from './routes.ts'
export { type Currency, type FormCatalogue, formCatalogue, type PublishedForm, type SectorForms } from './service.ts'
