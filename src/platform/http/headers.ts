import type { FastifyInstance } from 'fastify'

/**
 * The headers of every answer, made once. No inline script exists, so the policy needs no nonce and stays constant.
 * `form-action` names the KAÜ because browsers apply it to the redirect that follows a posted form.
 */
export function securityHeaders({ kauOrigin, https }: { kauOrigin: string; https: boolean }): Record<string, string> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    `form-action 'self' ${kauOrigin}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "object-src 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
    // On plain http (the demonstration on this very machine) it would break every address.
    ...(https ? ['upgrade-insecure-requests'] : []),
    'report-to csp',
  ]
  return Object.freeze({
    'content-security-policy': policy.join('; '),
    'reporting-endpoints': 'csp="/csp-jelentes"',
    'strict-transport-security': 'max-age=63072000; includeSubDomains; preload',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-embedder-policy': 'require-corp',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy':
      'accelerometer=(), autoplay=(), camera=(), display-capture=(), encrypted-media=(), fullscreen=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), picture-in-picture=(), publickey-credentials-get=(), screen-wake-lock=(), usb=(), xr-spatial-tracking=()',
    'x-frame-options': 'DENY',
    'origin-agent-cluster': '?1',
  })
}

export function sendSecurityHeaders(app: FastifyInstance, headers: Record<string, string>): void {
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers(headers)
  })
}

/**
 * RFC 6266: the name in UTF-8, and an ASCII likeness for those who cannot read it.
 *
 * @param name any text; controls, quotes and separators are taken out
 */
export function attachmentDisposition(name: string): string {
  // Cut between letters: half of one cannot be encoded.
  const clean = [...name.replaceAll(/[^\p{L}\p{M}\p{N} ._()+-]/gu, '_')].slice(0, 150).join('') || 'fajl'
  const ascii =
    clean
      .normalize('NFD')
      .replaceAll(/[^ -~]/g, '')
      .trim() || 'fajl'
  const encoded = encodeURIComponent(clean).replaceAll(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`
}
