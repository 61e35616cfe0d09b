import type { FastifyInstance, FastifyPluginAsync, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { BadRequest } from '../../platform/http/errors.ts'
import { keepLanguage, ownPath } from '../../platform/http/language.ts'
import { type FieldErrors, postedFields, readPosted } from '../../platform/http/posted-form.ts'
import type { Alongside, Sessions } from '../session/index.ts'
import type { Settlement, SettlementDirectory } from '../settlements/index.ts'
import { type Account, type Accounts, readAccount } from './account.ts'
import { chosenSettlement } from './settlement-choice.ts'

interface AccountPages {
  accounts: Accounts
  directory: SettlementDirectory
  /** where the person works as a clerk; for most people nowhere */
  officesOf(accountId: string): Promise<{ slug: string; name: string }[]>
  /** how much work is put aside for the person */
  parkedCount(accountId: string): Promise<number>
  /** forint that are due now in all settlements together; undefined for who has not asked for a tax balance yet */
  taxDue(request: FastifyRequest): Promise<number | undefined>
}

declare module 'fastify' {
  interface FastifyRequest {
    account: Account
  }
  interface FastifyContextConfig {
    /** the page where the terms are accepted must not ask for them first */
    beforeTerms?: boolean
  }
}

const settlementFields = {
  telepules: z.string().max(100, 'identity.errors.settlement-unknown').default(''),
  telepulesId: z
    .string()
    .regex(/^\d{1,5}$/)
    .optional()
    .catch(undefined),
}

const openingForm = z.object({ ...settlementFields, elfogad: z.string().optional() })

const once = z.string().default('')

/** Keeps a settlement among the own ones, or takes it out (`torles`). */
const ownSettlementForm = z.object({ telepules: z.string().max(6), muvelet: z.string().optional() })

const settingsForm = z.object({
  ...settlementFields,
  email: once
    .transform((value) => value.trim() || null)
    .pipe(z.email('identity.errors.email').max(254, 'identity.errors.email').nullable()),
  telefon: once
    .transform((value) => value.replaceAll(/[\s()/-]/g, '').replace(/^06/, '+36') || null)
    .pipe(
      z
        .string()
        .regex(/^\+\d{8,15}$/, 'identity.errors.phone')
        .nullable(),
    ),
  nyelv: z.enum(['hu', 'en']).catch('hu'),
  ertesites: z.string().optional(),
})

/** What is read with the session of every page: the account, as `request.account`. */
export const accountAlongside: Alongside<Account | undefined> = {
  read: readAccount,
  keep(request, account) {
    if (account === undefined) throw new Error('a session without an account')
    request.account = account
  },
}

/** Every page of a signed-in person but the first asks that the terms are accepted; the account is at hand behind it. */
export function openAccountOnly(app: FastifyInstance, { sessions }: { sessions: Sessions }): void {
  app.addHook('preHandler', async (request, reply) => {
    if (request.account.termsAccepted || request.routeOptions.config.beforeTerms === true) return
    if (request.method === 'GET') await sessions.rememberTarget(request.person.lineageId, request.raw.url ?? '/sajat')
    const otherPerson = Object.hasOwn(request.query as object, 'mas-szemely') ? '?mas-szemely' : ''
    return reply.redirect(`/sajat/elso-belepes${otherPerson}`, 303)
  })
}

/** The person's own home and settings, below /sajat. */
export const accountPages: FastifyPluginAsync<AccountPages> = async (
  app,
  { accounts, directory, officesOf, parkedCount, taxDue },
) => {
  app.get('/', async (request, reply) => {
    const { account } = request
    return reply.view('identity/home.njk', {
      otherPerson: Object.hasOwn(request.query as object, 'mas-szemely'),
      defaultSettlement: nameOf(settlementOf(account.defaultSettlementId)),
      ownSettlements: ownSettlements(account).map(nameOf),
      offices: await officesOf(request.person.accountId),
      parked: await parkedCount(request.person.accountId),
      taxDue: (await taxDue(request)) ?? null,
    })
  })

  app.get('/elso-belepes', { config: { beforeTerms: true } }, async (request, reply) => {
    if (request.account.termsAccepted) return reply.redirect('/sajat', 303)
    return reply.view('identity/first-sign-in.njk', {
      otherPerson: Object.hasOwn(request.query as object, 'mas-szemely'),
      identity: request.person.identity,
      values: { settlement: '', picked: '', accepted: false },
      choices: [],
      fieldErrors: {},
    })
  })

  app.post('/elso-belepes', { config: { beforeTerms: true } }, async (request, reply) => {
    const read = readPosted(openingForm, request.body)
    const posted = postedFields(request.body)
    const typed = String(posted['telepules'] ?? '')
    const errors: FieldErrors = read.ok ? {} : read.errors
    const { settlement, choices } = choose(read.ok ? read.value : { telepules: typed.slice(0, 100) }, errors)
    if (posted['elfogad'] === undefined) errors['elfogad'] = 'identity.errors.terms'
    if (settlement === undefined || Object.keys(errors).length > 0) {
      return reply.code(422).view('identity/first-sign-in.njk', {
        identity: request.person.identity,
        values: {
          settlement: typed,
          picked: String(posted['telepulesId'] ?? ''),
          accepted: posted['elfogad'] !== undefined,
        },
        choices,
        ...shownErrors(request, errors),
      })
    }
    await accounts.open(request.person.accountId, settlement.id)
    return reply.redirect(ownPath(request.presence?.lineage?.target) ?? '/sajat', 303)
  })

  app.get('/beallitasok', async (request, reply) => {
    const { account } = request
    return reply.view('identity/settings.njk', {
      saved: Object.hasOwn(request.query as object, 'mentve'),
      values: {
        settlement: settlementOf(account.defaultSettlementId)?.name ?? '',
        picked: String(account.defaultSettlementId ?? ''),
        email: account.contactEmail ?? '',
        phone: account.contactPhone ?? '',
        language: account.language,
        notices: account.noticesByEmail,
      },
      choices: [],
      ownSettlements: ownSettlements(account).map((settlement) => ({
        ...nameOf(settlement),
        id: settlement.id,
        isDefault: settlement.id === account.defaultSettlementId,
      })),
      fieldErrors: {},
    })
  })

  app.post('/beallitasok', async (request, reply) => {
    const read = readPosted(settingsForm, request.body)
    const posted = postedFields(request.body)
    const typed = String(posted['telepules'] ?? '')
    const errors: FieldErrors = read.ok ? {} : read.errors
    const { settlement, choices } = choose(
      { telepules: typed.slice(0, 100), telepulesId: String(posted['telepulesId'] ?? '') },
      errors,
    )
    if (!read.ok || settlement === undefined || Object.keys(errors).length > 0) {
      return reply.code(422).view('identity/settings.njk', {
        saved: false,
        values: {
          settlement: typed,
          picked: String(posted['telepulesId'] ?? ''),
          email: String(posted['email'] ?? ''),
          phone: String(posted['telefon'] ?? ''),
          language: posted['nyelv'] === 'en' ? 'en' : 'hu',
          notices: posted['ertesites'] !== undefined,
        },
        choices,
        ownSettlements: [],
        ...shownErrors(request, errors),
      })
    }
    const { email, telefon, nyelv, ertesites } = read.value
    await accounts.change(request.person.accountId, {
      defaultSettlementId: settlement.id,
      contactEmail: email,
      contactPhone: telefon,
      language: nyelv,
      noticesByEmail: ertesites !== undefined,
    })
    keepLanguage(reply, nyelv)
    return reply.redirect('/sajat/beallitasok?mentve', 303)
  })

  app.post('/onkormanyzatok', async (request, reply) => {
    const read = readPosted(ownSettlementForm, request.body)
    if (!read.ok) throw new BadRequest()
    const { telepules, muvelet } = read.value
    const settlement = directory.byId(Number(telepules))
    if (settlement !== undefined) {
      if (muvelet === 'torles') await accounts.removeSettlement(request.person.accountId, settlement.id)
      else await accounts.addSettlement(request.person.accountId, settlement.id)
    }
    return reply.redirect(muvelet === 'torles' ? '/sajat/beallitasok' : '/sajat', 303)
  })

  function choose(
    { telepules, telepulesId }: { telepules: string; telepulesId?: string | undefined },
    errors: FieldErrors,
  ): { settlement: Settlement | undefined; choices: { value: string; text: string }[] } {
    if (telepules.trim() === '') {
      errors['telepules'] ??= 'identity.errors.settlement-missing'
      return { settlement: undefined, choices: [] }
    }
    const chosen = chosenSettlement(directory, telepules, telepulesId)
    if (chosen.kind === 'one') return { settlement: chosen.settlement, choices: [] }
    if (chosen.kind === 'none') {
      errors['telepules'] ??= 'identity.errors.settlement-unknown'
      return { settlement: undefined, choices: [] }
    }
    errors['telepulesId'] ??= 'identity.errors.settlement-several'
    return {
      settlement: undefined,
      choices: chosen.settlements.map(({ id, name, county }) => ({ value: String(id), text: `${name} (${county})` })),
    }
  }

  function settlementOf(id: number | null): Settlement | undefined {
    return id === null ? undefined : directory.byId(id)
  }

  function ownSettlements(account: Account): Settlement[] {
    return account.ownSettlementIds.flatMap((id) => directory.byId(id) ?? [])
  }
}

function nameOf<Maybe extends Settlement | undefined>(settlement: Maybe) {
  return settlement === undefined ? null : { slug: settlement.slug, name: settlement.name, county: settlement.county }
}

/** Errors as the page shows them: a list that leads to the fields, and a sentence at each. */
function shownErrors(request: FastifyRequest, errors: FieldErrors) {
  const shown = Object.entries(errors).map(([field, key]) => ({ field, text: request.translate(key) }))
  return {
    errors: shown.map(({ field, text }) => ({ href: `#${field}`, text })),
    fieldErrors: Object.fromEntries(shown.map(({ field, text }) => [field, text])),
  }
}
