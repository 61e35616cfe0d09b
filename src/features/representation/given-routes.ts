import { randomUUID } from 'node:crypto'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { budapestDay } from '../../platform/clock.ts'
import { BadRequest, NotFound } from '../../platform/http/errors.ts'
import { type FieldErrors, postedFields, readPosted, readWith } from '../../platform/http/posted-form.ts'
import { formats } from '../../platform/i18n/formats.ts'
import type { Settlement, SettlementDirectory } from '../settlements/index.ts'
import type { GivenMandate, GivenMandates } from './given-mandates.ts'
import { readMandate, type TypedMandate, typedMandate } from './mandate-form.ts'
import { type Matters, mandateFieldsView, mandateRows, shownErrors } from './matters-in-words.ts'

interface GivenPages {
  givenMandates: GivenMandates
  directory: SettlementDirectory
  matters: Matters
  /** where a mandate can be given: the person's own settlements that have joined */
  settlementsOf(request: FastifyRequest): Promise<Settlement[]>
}

const chosenQuery = z.object({ telepules: z.string().max(100) })
const listQuery = z.object({ kesz: z.enum(['megadva', 'visszavonva', 'mar-visszavonva']).optional() })
const giveForm = z.object({ telepules: z.string().max(100), kulcs: z.uuid() })
const mandateParams = z.object({ id: z.uuid() })

/** Who may act for me (Meghatalmazásaim): all that is registered, giving one, taking it back; registered below `/sajat`. */
export const givenMandatePages: FastifyPluginAsync<GivenPages> = async (
  app,
  { givenMandates, directory, matters, settlementsOf },
) => {
  app.get('/meghatalmazasok', async (request, reply) => {
    const { kesz } = readWith(listQuery, request.query, new BadRequest())
    const all = (await givenMandates.list(request.person)).map((one) => view(one, request))
    return reply.view('representation/given.njk', {
      done: kesz === undefined ? '' : request.translate(`representation.given.done.${kesz}`),
      mandates: all.filter(({ over }) => !over),
      over: all.filter(({ over }) => over),
      settlements: (await settlementsOf(request)).map(({ slug, name }) => ({ slug, name })),
    })
  })

  app.get('/meghatalmazasok/uj', async (request, reply) => {
    const { telepules } = readWith(chosenQuery, request.query, new NotFound('settlement'))
    const settlement = await settlementOf(request, telepules)
    const typed = { ...typedMandate({}), matters: 'minden', taxes: 'minden' }
    return show(request, reply, settlement, { typed, errors: {}, key: randomUUID() })
  })

  app.post('/meghatalmazasok/uj', async (request, reply) => {
    const form = readPosted(giveForm, request.body)
    if (!form.ok) throw new BadRequest()
    const { telepules, kulcs: key } = form.value
    const settlement = await settlementOf(request, telepules)
    const typed = typedMandate(postedFields(request.body))
    const known = {
      sectors: matters.sectors,
      formCodes: matters.forms('hu').map(({ code }) => code),
      taxTypes: matters.taxTypes('hu').map(({ code }) => code),
    }
    const today = budapestDay(request.presence?.now ?? new Date(0))
    const read = readMandate(typed, known, today)
    const errors: FieldErrors = read.ok ? {} : read.errors
    if (read.ok) {
      const given = await givenMandates.give(giver(request), settlement.id, key, read.value)
      if (given === 'given') return reply.redirect('/sajat/meghatalmazasok?kesz=megadva', 303)
      if (given === 'oneself') errors['nev'] = 'representation.give.errors.oneself'
      else errors['jogok'] = 'representation.give.errors.not-proven'
    }
    return show(request, reply.code(422), settlement, { typed, errors, key })
  })

  app.post('/meghatalmazasok/:id/visszavonas', async (request, reply) => {
    const { id } = readWith(mandateParams, request.params, new NotFound('mandate'))
    const outcome = await givenMandates.revoke(giver(request), id)
    const word = outcome === 'revoked' ? 'visszavonva' : 'mar-visszavonva'
    return reply.redirect(`/sajat/meghatalmazasok?kesz=${word}`, 303)
  })

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    settlement: Settlement,
    { typed, errors, key }: { typed: TypedMandate; errors: FieldErrors; key: string },
  ): Promise<FastifyReply> {
    const shown = shownErrors(errors, request.translate)
    return reply.view('representation/give.njk', {
      settlementName: settlement.name,
      settlementSlug: settlement.slug,
      proven: await givenMandates.isNumberProven(request.person, settlement.id),
      key,
      errors: shown.errors,
      fields: mandateFieldsView(typed, shown.errorOf, matters, request),
    })
  }

  /** @throws NotFound for a settlement that is none of the person's own, or has not joined */
  async function settlementOf(request: FastifyRequest, slug: string): Promise<Settlement> {
    const settlement = (await settlementsOf(request)).find((one) => one.slug === slug)
    if (settlement === undefined) throw new NotFound('settlement')
    return settlement
  }

  function view(one: GivenMandate, request: FastifyRequest) {
    const { translate, language } = request
    const { source, state } = one
    const over = state === 'revoked' || state === 'expired'
    const rows = mandateRows(one, matters, { language, translate, day: formats[language].day })
    return {
      id: one.id,
      name: one.representativeName ?? translate('representation.given.nameless'),
      over,
      revocable: source === 'online' && !over,
      elsewhere: source === 'online' || over ? '' : translate(`representation.given.end-at.${source}`),
      rows: [
        {
          key: translate('representation.rights.settlement'),
          value: directory.byId(one.settlementId)?.name ?? '',
        },
        ...rows,
        ...(state === 'living'
          ? []
          : [{ key: translate('representation.given.state'), value: translate(`representation.state.${state}`) }]),
      ],
    }
  }
}

function giver({ person, id }: FastifyRequest) {
  const { accountId, lineageId, identity, name } = person
  return { accountId, lineageId, identity, name, requestId: id }
}
