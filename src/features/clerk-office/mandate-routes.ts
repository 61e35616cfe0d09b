import { randomUUID } from 'node:crypto'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { budapestDay } from '../../platform/clock.ts'
import { BadRequest, NotFound } from '../../platform/http/errors.ts'
import { type FieldErrors, type Posted, postedFields, readPosted, readWith } from '../../platform/http/posted-form.ts'
import { formats } from '../../platform/i18n/formats.ts'
import { type FormCatalogue, storedAnswers } from '../forms/index.ts'
import { checkTaxId, checkTaxNumber } from '../identifiers/index.ts'
import {
  lineOf,
  type Matters,
  mandateFieldsView,
  mandateRows,
  type OfficeMandateRow,
  partyInWords,
  readMandate,
  shownErrors,
  typedMandate,
} from '../representation/index.ts'
import type { SettlementDirectory } from '../settlements/index.ts'
import { actingClerk, officeHome } from './clerk-request.ts'
import { mandateFormCode, mandateFromAnswers } from './mandate-answers.ts'
import type { MandateEvidence, MandateRecords, RecordedMandate } from './mandate-records.ts'

interface MandatePages {
  mandateRecords: MandateRecords
  forms: FormCatalogue
  directory: SettlementDirectory
  matters: Matters
}

const listQuery = z.object({
  keres: z.string().max(100).default(''),
  kesz: z.enum(['rogzitve', 'mar-rogzitve', 'megszuntetve']).optional(),
})
const caseQuery = z.object({ ugy: z.uuid() })
const recordForm = z.object({ ugy: z.uuid(), kulcs: z.uuid() })
const mandateParams = z.object({ id: z.uuid() })

const partyKinds = ['person', 'sole-trader', 'company', 'public-body'] as const
const mandateKinds = ['permanent', 'single', 'statutory', 'employee'] as const
const partyForm = z.object({ 'kepviselt-fajta': z.enum(partyKinds), minoseg: z.enum(mandateKinds) })

/** The office's record of mandates; registered below `/hivatal/:office`, behind `caseClerksOnly`. */
export const mandateRecordPages: FastifyPluginAsync<MandatePages> = async (
  app,
  { mandateRecords, forms, directory, matters },
) => {
  app.get('/meghatalmazasok', async (request, reply) => {
    const { keres, kesz } = readWith(listQuery, request.query, new BadRequest())
    const search = keres.trim()
    const found = await mandateRecords.find(request.clerk, search)
    return reply.view('clerk-office/mandates.njk', {
      home: officeHome(request.clerk),
      search,
      done: kesz === undefined ? '' : request.translate(`clerk-office.mandates.done.${kesz}`),
      mandates: found.map((row) => mandateView(row, request)),
    })
  })

  app.get('/meghatalmazasok/uj', async (request, reply) => {
    const { ugy } = readWith(caseQuery, request.query, new NotFound('case'))
    const evidence = await mandateRecords.evidence(request.clerk, ugy)
    return show(request, reply, evidence, { posted: prefilled(evidence), errors: {}, key: randomUUID() })
  })

  app.post('/meghatalmazasok/uj', async (request, reply) => {
    const form = readPosted(recordForm, request.body)
    if (!form.ok) throw new BadRequest()
    const { ugy, kulcs: key } = form.value
    const posted = postedFields(request.body)
    const read = readRecorded(posted, budapestDay(request.presence?.now ?? new Date(0)))
    if (!read.ok) {
      const evidence = await mandateRecords.evidence(request.clerk, ugy)
      return show(request, reply.code(422), evidence, { posted, errors: read.errors, key })
    }
    const done = await mandateRecords.record(actingClerk(request), ugy, key, read.value)
    const word = done === 'done' ? 'rogzitve' : 'mar-rogzitve'
    return reply.redirect(`${officeHome(request.clerk)}/meghatalmazasok?kesz=${word}`, 303)
  })

  app.post('/meghatalmazasok/:id/megszuntetes', async (request, reply) => {
    const { id } = readWith(mandateParams, request.params, new NotFound('mandate'))
    await mandateRecords.end(actingClerk(request), id)
    return reply.redirect(`${officeHome(request.clerk)}/meghatalmazasok?kesz=megszuntetve`, 303)
  })

  function prefilled({ matter, submission }: MandateEvidence): Posted {
    const definition = forms.definition(matter.formCode, matter.formVersion)
    if (definition === undefined || matter.formCode !== mandateFormCode) return {}
    return mandateFromAnswers(storedAnswers(definition, submission.answers), submission.sender.actedFor)
  }

  function readRecorded(
    posted: Posted,
    today: string,
  ): { ok: true; value: RecordedMandate } | { ok: false; errors: FieldErrors } {
    const errors: FieldErrors = {}
    const chosen = readPosted(partyForm, posted)
    if (!chosen.ok)
      for (const field of Object.keys(chosen.errors)) errors[field] = `clerk-office.mandates.errors.${field}`
    const kind = chosen.ok ? chosen.value['kepviselt-fajta'] : 'company'
    const name = lineOf(posted, 'kepviselt-nev')
    if (name === '' || name.length > 200) errors['kepviselt-nev'] = 'clerk-office.mandates.errors.kepviselt-nev'
    const written = lineOf(posted, 'kepviselt-szam')
    const number = kind === 'person' ? checkTaxId(written, today) : checkTaxNumber(written)
    if (!number.ok) errors['kepviselt-szam'] = 'clerk-office.mandates.errors.kepviselt-szam'
    const known = {
      sectors: matters.sectors,
      formCodes: matters.forms('hu').map(({ code }) => code),
      taxTypes: matters.taxTypes('hu').map(({ code }) => code),
    }
    // What is on paper may have begun before it is recorded.
    const read = readMandate(typedMandate(posted), known, today, { earliest: '1990-01-01' })
    if (!read.ok) Object.assign(errors, read.errors)
    if (!read.ok || !chosen.ok || !number.ok || Object.keys(errors).length > 0) return { ok: false, errors }
    const party = { kind, name, taxNumber: number.value }
    return { ok: true, value: { ...read.value, kind: chosen.value.minoseg, party } }
  }

  function show(
    request: FastifyRequest,
    reply: FastifyReply,
    { matter, submission }: MandateEvidence,
    { posted, errors, key }: { posted: Posted; errors: FieldErrors; key: string },
  ): FastifyReply {
    const { translate, clerk } = request
    const shown = shownErrors(errors, translate)
    const home = officeHome(clerk)
    return reply.view('clerk-office/mandate.njk', {
      home,
      caseId: matter.id,
      caseHref: `${home}/ugyek/${matter.id}`,
      caseNumber: matter.fileNumber ?? matter.arrivalNumber,
      settlementName: directory.byId(matter.settlementId)?.name ?? '',
      fromForm: matter.formCode === mandateFormCode,
      files: submission.attachments.map(({ id, fileName, scan }) => ({
        name: fileName,
        href: scan === 'clean' ? `${home}/ugyek/${matter.id}/csatolmanyok/${id}` : '',
      })),
      key,
      errors: shown.errors,
      errorOf: shown.errorOf,
      party: {
        kind: lineOf(posted, 'kepviselt-fajta'),
        name: lineOf(posted, 'kepviselt-nev'),
        number: lineOf(posted, 'kepviselt-szam'),
      },
      partyKinds: partyKinds.map((value) => ({ value, text: translate(`clerk-office.mandates.kinds.${value}`) })),
      kind: lineOf(posted, 'minoseg'),
      mandateKinds: mandateKinds.map((value) => ({ value, text: translate(`representation.capacity.${value}`) })),
      fields: {
        ...mandateFieldsView(typedMandate(posted), shown.errorOf, matters, request),
        rightsHint: translate('clerk-office.mandates.rights-hint'),
        rights: ['bekuldes', 'ugyek', 'egyenleg'].map((value) => ({
          value,
          text: translate(`clerk-office.mandates.rights.${value}`),
        })),
      },
    })
  }

  function mandateView({ mandate, party, state }: OfficeMandateRow, request: FastifyRequest) {
    const { translate, language } = request
    const { everything, sectors, formCodes } = mandate
    const told = { ...mandate, scope: { everything, sectors, formCodes } }
    return {
      id: mandate.id,
      title: `${party.name} – ${mandate.representativeName ?? translate('representation.given.nameless')}`,
      endable: mandate.source === 'paper' && (state === 'living' || state === 'upcoming'),
      rows: [
        { key: translate('clerk-office.mandates.party'), values: [party.name, partyInWords(party, translate)] },
        {
          key: translate('clerk-office.mandates.representative'),
          value: mandate.representativeName ?? translate('representation.given.nameless'),
        },
        {
          key: translate('representation.rights.settlement'),
          value: directory.byId(mandate.settlementId)?.name ?? '',
        },
        ...mandateRows(told, matters, { language, translate, day: formats[language].day }),
        { key: translate('representation.given.state'), value: translate(`clerk-office.mandates.state.${state}`) },
      ],
    }
  }
}
