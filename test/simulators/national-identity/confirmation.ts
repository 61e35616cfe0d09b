import { request as httpRequest, type IncomingMessage } from 'node:http'
import type { KoaContextWithOIDC } from 'oidc-provider'

/**
 * The provider asks the browser to confirm the end of a session by a form; a script posts it, where scripts run. We
 * have none, so we post it ourselves on the browser's behalf, with its cookies, and hand the answer on: when the portal
 * signs out the person it was given, and when another person signs in.
 */
export async function confirmForTheBrowser(ctx: KoaContextWithOIDC, port: number): Promise<void> {
  const { route, session, entities } = ctx.oidc ?? {}
  if (ctx.status !== 200 || (route !== 'end_session' && route !== 'resume')) return
  const secret = session?.state?.secret
  if (typeof secret !== 'string') return
  const hinted = entities?.IdTokenHint?.payload.sub
  const signedIn = session?.accountId
  if (route === 'end_session' && signedIn !== undefined && signedIn !== hinted) return

  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const form = new URLSearchParams({ xsrf: secret, logout: 'yes' }).toString()
    const headers = {
      host: ctx.host,
      cookie: cookiesAfter(ctx),
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': form.length,
    }
    const options = { host: '127.0.0.1', port, path: '/session/end/confirm', method: 'POST', headers }
    httpRequest(options, resolve).on('error', reject).end(form)
  })
  answer.resume()
  ctx.body = null
  ctx.status = answer.statusCode ?? 502
  ctx.set('location', answer.headers.location ?? '/')
  const cookies = [ctx.response.get('set-cookie'), answer.headers['set-cookie'] ?? []]
    .flat()
    .filter((line) => line !== '')
  if (cookies.length > 0) ctx.set('set-cookie', cookies)
}

/** The cookies the browser will have once it has read the answer that is being made. */
function cookiesAfter(ctx: KoaContextWithOIDC): string {
  const jar = new Map<string, string>()
  const set = [ctx.response.get('set-cookie')].flat().map((line) => line.split(';')[0] ?? '')
  for (const pair of [...(ctx.get('cookie') || '').split('; '), ...set]) {
    const [name, ...value] = pair.split('=')
    if (name !== undefined && name !== '') jar.set(name, value.join('='))
  }
  return [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
}
