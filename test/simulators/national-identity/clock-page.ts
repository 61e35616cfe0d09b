/** `/ora`: where a curious person moves the time that the demo's KAÜ and portal share. */
import type { IncomingMessage } from 'node:http'
import { clock } from './clock.ts'
import { html } from './interaction.ts'
import { textOf } from './misbehaviour.ts'
import { clockPage, clockSteps } from './pages.ts'

interface Visit {
  method: string
  status: number
  type: string
  body: unknown
  req: IncomingMessage
  get(header: string): string
  set(header: string, value: string): void
  redirect(address: string): void
}

export async function clockPageAt(ctx: Visit, issuer: string): Promise<void> {
  // without it the browser would not say from which page a form comes
  ctx.set('referrer-policy', 'same-origin')
  if (ctx.method !== 'POST') return show('time')
  // nobody else's page may move the clock of somebody who happens to try the portal out
  if (ctx.get('origin') !== new URL(issuer).origin) return show('from-elsewhere', 403)
  const asked = Number(new URLSearchParams(await textOf(ctx.req)).get('perc'))
  const minutes = clockSteps.find((step) => step === asked)
  if (minutes === undefined) return show('not-back', 422)
  try {
    await clock.moveBy(minutes * 60)
  } catch {
    return show('database-away', 503)
  }
  ctx.redirect('/ora')
  ctx.status = 303

  function show(what: Parameters<typeof clockPage>[0], status = 200): void {
    ctx.status = status
    html(ctx, clockPage(what, new Date(Date.now()), clock.offset()))
  }
}
