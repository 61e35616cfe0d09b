/** The page on which a person chooses who to be, and what comes of it; a standing answer chooses without a page. */
import type Provider from 'oidc-provider'
import { errors, type KoaContextWithOIDC } from 'oidc-provider'
import { type CastPerson, people } from '../../cast/people.ts'
import { textOf } from './misbehaviour.ts'
import { failurePage, methods, signInPage } from './pages.ts'
import type { Script } from './script.ts'

export async function interaction(ctx: KoaContextWithOIDC, provider: Provider, script: Script): Promise<void> {
  let details: Awaited<ReturnType<Provider['interactionDetails']>>
  try {
    details = await provider.interactionDetails(ctx.req, ctx.res)
  } catch (failure) {
    if (!(failure instanceof errors.OIDCProviderError)) throw failure
    ctx.status = 400
    return html(ctx, failurePage(failure.error, failure.error_description))
  }

  const standing = ctx.method === 'GET' ? script.takeAnswer(ctx.get('user-agent')) : undefined
  const chosen = standing ?? (ctx.method === 'POST' ? choice(await textOf(ctx.req)) : undefined)
  if (chosen === 'turned-back') return finish({ error: 'access_denied' })
  const person = people.find(({ id }) => id === chosen?.person)
  if (person !== undefined) {
    const method = methods.find(({ id }) => id === chosen?.method) ?? methods[0]
    const ts = Math.floor(Date.now() / 1000)
    return finish({ login: { accountId: person.subject, acr: method.level, amr: [method.id], remember: false, ts } })
  }

  const client = await provider.Client.find(String(details.params.client_id))
  html(
    ctx,
    signInPage({
      people,
      action: ctx.path,
      portal: client?.clientName ?? '',
      present: personOf(details.session?.accountId),
      again: details.session?.accountId !== undefined,
    }),
  )

  async function finish(result: Parameters<Provider['interactionResult']>[2]): Promise<void> {
    ctx.redirect(await provider.interactionResult(ctx.req, ctx.res, result))
    ctx.status = 303
  }
}

function choice(text: string): 'turned-back' | { person: string | null; method: string | null } {
  const posted = new URLSearchParams(text)
  if (posted.has('cancel')) return 'turned-back'
  return { person: posted.get('person'), method: posted.get('method') }
}

export function personOf(subject: string | undefined): CastPerson | undefined {
  return people.find((person) => person.subject === subject)
}

export function html(ctx: { type: string; body: unknown }, page: string): void {
  ctx.type = 'text/html; charset=utf-8'
  ctx.body = page
}
