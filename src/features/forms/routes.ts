import type { FastifyPluginAsync } from 'fastify'
import { z } from 'zod'
import { NotFound } from '../../platform/http/errors.ts'
import { readWith } from '../../platform/http/posted-form.ts'
import type { Language } from '../../platform/i18n/language.ts'
import { blankFormPages } from './blank-routes.ts'
import type { FormDefinition, LifeEvent } from './engine/definition.ts'
import { openingOn } from './engine/validity.ts'
import { formList } from './form-list.ts'
import { longestQuery } from './form-search.ts'
import { feesToPay, promisedDays } from './local-terms.ts'
import { type FormPages, offered, showUnknownForm } from './offered-forms.ts'
import { printFillingPages } from './print-routes.ts'
import type { PublishedForm } from './service.ts'

const listQuery = z.object({
  q: z.string().max(longestQuery).catch('').default(''),
  elethelyzet: z.string().max(60).catch('').default(''),
})
const formParams = z.object({ form: z.string().regex(/^[a-z0-9-]{1,80}$/) })

/** The settlement's forms, each form's own page, and filling in for print; registered behind `settlementScope`. */
export const formPages: FastifyPluginAsync<FormPages> = async (app, portal) => {
  const { forms, settlements } = portal
  app.register(printFillingPages, portal)
  app.register(blankFormPages, portal)

  app.get('/ugyek', async (request, reply) => {
    const { settlement, language, translate } = request
    const { q, elethelyzet } = readWith(listQuery, request.query, new NotFound('forms'))
    const query = q.trim()
    const profile = await settlements.profile(settlement.id)
    const all = profile.joined ? await forms.publishedBySector(settlement.id) : []
    const titleOf = (event: LifeEvent) => translate(`forms.life-events.${event}.title`)
    const list = formList(all, { query, lifeEvent: elethelyzet }, { language, titleOf })
    return reply.viewForAll('forms/list.njk', {
      joined: profile.joined,
      query,
      anyForm: all.length > 0,
      count: list.count,
      sectors: offered(list.sectors, language),
      lifeEvents: list.lifeEvents.map(({ event, address }) => ({
        title: titleOf(event),
        text: translate(`forms.life-events.${event}.text`),
        address,
        chosen: event === list.lifeEvent?.event,
      })),
      lifeEvent: list.lifeEvent === undefined ? '' : titleOf(list.lifeEvent.event),
      general: list.general,
    })
  })

  app.get('/ugyek/:form', async (request, reply) => {
    const { settlement, language } = request
    const { form: code } = readWith(formParams, request.params, new NotFound('form', 'forms.unknown.reason'))
    const found = await forms.forFillingIn(settlement.id, code)
    if (found === undefined) return showUnknownForm(request, reply, portal)
    return reply.viewForAll('forms/form.njk', { form: formView(found.form, found.today, language) })
  })
}

function formView({ definition, local }: PublishedForm, today: string, language: Language) {
  const inLanguage = (texts: FormDefinition['purpose']) => texts.map((text) => text[language])
  const { deadlineSource } = definition
  return {
    code: definition.code,
    version: definition.version,
    sector: definition.sector,
    title: definition.title[language],
    summary: definition.summary[language],
    purpose: inLanguage(definition.purpose),
    audience: inLanguage(definition.audience),
    needs: inLanguage(definition.needs),
    consequences: inLanguage(definition.consequences),
    clientDeadline: definition.clientDeadline?.[language] ?? '',
    deadlineDays: promisedDays(definition, local),
    deadlineSource:
      local.deadlineDays === null ? { text: deadlineSource.text[language], verified: deadlineSource.verified } : null,
    fees: feesToPay(definition, local, today).map(
      ({ amountHuf, note, verified, validFrom, validTo, local: isLocal }) => ({
        amountHuf,
        validFrom,
        validTo: validTo ?? '',
        note: note[language] || note.hu,
        noteLanguage: note[language] === '' ? 'hu' : language,
        verified,
        local: isLocal,
      }),
    ),
    opening: openingOn(definition, today),
    contact: local.contact ?? '',
  }
}
