import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { BadRequest } from '../../platform/http/errors.ts'
import { readPosted } from '../../platform/http/posted-form.ts'
import type {} from '../identity/index.ts'
import type { Representation } from '../representation/index.ts'
import type { SettlementDirectory } from '../settlements/index.ts'
import type { OwnBalances, SettlementBalance, TaxBalances } from './service.ts'

interface OwnTaxPages {
  taxBalances: TaxBalances
  representation: Pick<Representation, 'marksOf'>
  directory: SettlementDirectory
}

const forgetForm = z.object({ azonosito: z.uuid() })

/** All own settlements together on one page (saját adóegyenlegek); registered below `/sajat`. */
export const ownTaxPages: FastifyPluginAsync<OwnTaxPages> = async (app, { taxBalances, representation, directory }) => {
  app.get('/ado', async (request, reply) => {
    const own = await readOwn(request)
    const shown = own.settlements.map((balance) => viewOf(balance, directory)).filter(({ slug }) => slug !== '')
    const balances = own.settlements.flatMap((one) => one.balances)
    return reply.view('tax-balance/own.njk', {
      remembered: own.remembered.map(({ id, masked }) => ({ id, masked })),
      forgotten: Object.hasOwn(request.query as object, 'elfelejtve'),
      settlements: shown,
      incomplete: own.settlements.some(({ isDown }) => isDown),
      dueHuf: balances.reduce((sum, { dueNowHuf }) => sum + dueNowHuf, 0),
      laterHuf: balances.reduce((sum, { notYetDueHuf }) => sum + notYetDueHuf, 0),
      overpaidHuf: balances.reduce((sum, { overpaymentHuf }) => sum + overpaymentHuf, 0),
    })
  })

  /** Forgets a number that was kept for the next time. */
  app.post('/ado/elfelejtes', async (request, reply) => {
    const read = readPosted(forgetForm, request.body)
    if (!read.ok) throw new BadRequest()
    await taxBalances.forget(request.person, read.value.azonosito)
    return reply.redirect('/sajat/ado?elfelejtve', 303)
  })

  function readOwn(request: FastifyRequest): Promise<OwnBalances> {
    const { person, account, id } = request
    return taxBalances.own(
      { asker: person, requestId: id },
      {
        marks: representation.marksOf(person),
        settlements: account.ownSettlementIds.flatMap((one) => directory.byId(one) ?? []),
        isFresh: true,
      },
    )
  }
}

function viewOf({ settlementId, offered, isDown, balances }: SettlementBalance, directory: SettlementDirectory) {
  const settlement = directory.byId(settlementId)
  const slug = settlement?.slug ?? ''
  return {
    slug,
    name: settlement?.name ?? '',
    offered,
    isDown,
    balances: balances.map(({ taxpayer, dueNowHuf, notYetDueHuf, overpaymentHuf }) => {
      const chosen = balances.length > 1 ? `?szamla=${taxpayer.id}` : ''
      return {
        name: taxpayer.name,
        kind: taxpayer.kind,
        asOf: taxpayer.asOf,
        dueNowHuf,
        notYetDueHuf,
        overpaymentHuf,
        href: `/${slug}/sajat/ado${chosen}`,
        pay: `/${slug}/sajat/ado/fizetes${chosen}`,
      }
    }),
  }
}
