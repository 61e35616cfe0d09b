import type { FastifyRequest } from 'fastify'
import { acceptedExtensions } from '../../platform/files/file-kind.ts'
import type { Translate } from '../../platform/i18n/catalogue.ts'
import { type DayParts, summarise } from '../forms/index.ts'
import { type NotRead, namesOn, paperContext, problemsOf } from './reading.ts'
import { type ScannedFiles, scanKinds, scanLimits } from './scanned-files.ts'
import type { PaperOnDesk } from './service.ts'

/** What views/paper-forms/start.njk shows. */
export function startView(
  { clerk, translate }: FastifyRequest,
  {
    typed,
    because,
    refused = [],
    nothing = false,
  }: { typed: string; because?: NotRead; refused?: ScannedFiles['refused']; nothing?: boolean },
) {
  const limits = { fileMegabytes: scanLimits.fileBytes / 1_048_576, totalMegabytes: scanLimits.totalBytes / 1_048_576 }
  const ofFiles = refused.map(({ name, because }) =>
    translate(`paper-forms.refused-file.${because}`, { name, ...limits }),
  )
  const ofCodes =
    because === undefined ? (nothing ? [translate('paper-forms.refused.nothing')] : []) : why(because, translate)
  return {
    home: `/hivatal/${clerk.office.slug}`,
    typed,
    /** the codes that are here, when others of the same paper are missing */
    waiting: because?.outcome === 'incomplete' && because.present.length > 0,
    accept: acceptedExtensions(scanKinds).join(','),
    limits,
    errors: [...ofCodes.map((text) => ({ href: '#kodok', text })), ...ofFiles.map((text) => ({ href: '#kep', text }))],
    codesError: ofCodes.join(' '),
    filesError: ofFiles.join(' '),
  }
}

/** Why a paper could not be read, and what to do. */
function why(because: NotRead, translate: Translate): string[] {
  switch (because.outcome) {
    case 'none':
    case 'broken':
    case 'not-a-form':
    case 'unknown-form':
      return [translate(`paper-forms.refused.${because.outcome}`)]
    case 'unknown-version':
      return [translate('paper-forms.refused.unknown-version', { version: because.version })]
    case 'other-settlement':
      return [
        because.name === undefined
          ? translate('paper-forms.refused.no-settlement')
          : translate('paper-forms.refused.other-settlement', { name: because.name }),
      ]
    case 'mixed':
      return [
        translate('paper-forms.refused.mixed', { papers: because.papers.length }),
        ...because.papers.map(({ count, present }, at) =>
          translate('paper-forms.refused.mixed-paper', { number: at + 1, count, present: listed(present) }),
        ),
      ]
    case 'incomplete':
      return [
        translate('paper-forms.refused.incomplete', { count: because.count, missing: listed(because.missing) }),
        ...(because.damaged.length > 0
          ? [translate('paper-forms.refused.damaged', { damaged: listed(because.damaged) })]
          : []),
      ]
  }
}

function listed(numbers: readonly number[]): string {
  return numbers.map((number) => `${String(number)}.`).join(', ')
}

interface TypedByClerk {
  codes: string
  submissionKey: string
  /** undefined: not typed yet, so the paper's own name is offered */
  sender: string | undefined
  arrived: DayParts
  /** catalogue keys by field */
  errors: Record<string, string>
}

/** What views/paper-forms/paper.njk shows. */
export function paperView(request: FastifyRequest, desk: PaperOnDesk, typed: TypedByClerk) {
  const { clerk, language, translate } = request
  const { form, today } = desk
  const names = namesOn(form, today)
  const home = `/hivatal/${clerk.office.slug}`
  return {
    home,
    title: form.definition.title[language],
    settlementName: form.settlement.name,
    formCode: form.definition.code,
    version: form.definition.version,
    client: names.client ?? '',
    problems: problemsOf(form, today, language),
    known: desk.known.map(({ caseId, arrivalNumber, takenAt }) => ({
      href: `${home}/ugyek/${caseId}`,
      arrivalNumber,
      takenAt,
    })),
    sections: summarise(form.definition, form.answers, paperContext(form, today), language)
      .filter(({ rows }) => rows.length > 0)
      .map(({ title, rows }) => ({ title, rows: rows.map(({ label, values }) => ({ key: label, values })) })),
    codes: typed.codes,
    submissionKey: typed.submissionKey,
    sender: typed.sender ?? names.sender,
    arrived: typed.arrived,
    errors: Object.entries(typed.errors).map(([field, key]) => ({ href: `#${field}`, text: translate(key) })),
    errorOf: Object.fromEntries(Object.entries(typed.errors).map(([field, key]) => [field, translate(key)])),
  }
}
