import type { FastifyPluginAsync } from 'fastify'
import { z } from 'zod'
import { NotFound } from '../../platform/http/errors.ts'
import { readWith } from '../../platform/http/posted-form.ts'
import type { Translate } from '../../platform/i18n/catalogue.ts'
import type { SettlementDirectory } from '../settlements/index.ts'
import type { TrailFilter, TrailKey, TrailRow } from './queries.ts'
import type { DataTrail, Trail } from './service.ts'

interface DataTrailPages {
  dataTrail: DataTrail
  directory: SettlementDirectory
}

const path = '/sajat/adatnaplo'
const whoOf = { hivatal: 'offices', kepviselo: 'representatives', sajat: 'oneself', rendszer: 'systems' } as const

const once = z.string().optional().catch(undefined)
const day = z.iso.date().optional().catch(undefined)
const trailQuery = z.object({
  ugyfel: once,
  ki: z.enum(['hivatal', 'kepviselo', 'sajat', 'rendszer']).optional().catch(undefined),
  telepules: z.coerce.number().int().positive().max(9_999_999).optional().catch(undefined),
  tol: day,
  ig: day,
  utan: once,
})

/** Who looked at one's data (Ki nézte meg az adataimat); registered below `/sajat`. */
export const dataTrailPages: FastifyPluginAsync<DataTrailPages> = async (app, { dataTrail, directory }) => {
  app.get('/adatnaplo', async (request, reply) => {
    const query = readWith(trailQuery, request.query, new NotFound('page'))
    const { ugyfel, ki, telepules, tol, ig, utan } = query
    const filter: TrailFilter = { who: ki && whoOf[ki], settlementId: telepules, from: tol, until: ig }
    const slug = ugyfel === undefined || ugyfel === 'sajat' || ugyfel === '' ? undefined : ugyfel
    const trail = await dataTrail.read(request.person, { slug, filter, after: readKey(utan) })
    const { party, settlementIds, parties } = trail
    const kept = new URLSearchParams()
    for (const [name, value] of Object.entries({ ugyfel: slug, ki, telepules, tol, ig }))
      if (value !== undefined) kept.set(name, String(value))
    const href = (after?: string) => {
      const parts = new URLSearchParams(kept)
      if (after !== undefined) parts.set('utan', after)
      return parts.size > 0 ? `${path}?${parts.toString()}` : path
    }
    return reply.header('cache-control', 'no-store').view('data-trail/trail.njk', {
      forWhom: party?.name ?? '',
      onlyOwnActs: trail.onlyOwnActs,
      rows: trail.rows.map((row) => rowView(row, trail)),
      newest: utan === undefined ? '' : href(),
      next: trail.next === undefined ? '' : href(trail.next),
      filter: {
        path,
        active: ki !== undefined || telepules !== undefined || tol !== undefined || ig !== undefined,
        clear: slug === undefined ? path : `${path}?ugyfel=${slug}`,
        party: slug ?? 'sajat',
        parties: parties.map(({ slug: value, name, settlementId }) => ({
          value,
          text: `${name} – ${directory.byId(settlementId)?.name ?? ''}`,
        })),
        who: ki ?? '',
        settlement: telepules ?? '',
        settlements: settlementIds
          .flatMap((id) => directory.byId(id) ?? [])
          .toSorted((a, b) => a.name.localeCompare(b.name, 'hu'))
          .map(({ id, name }) => ({ value: id, text: name })),
        from: tol ?? '',
        until: ig ?? '',
      },
    })

    function rowView(row: TrailRow, { party }: Trail) {
      const { translate } = request
      const settlement = row.settlementId === null ? undefined : directory.byId(row.settlementId)
      return {
        at: row.at,
        who: whoInWords(row, translate),
        role: roleInWords(row, translate),
        what: translate(`data-trail.actions.${row.action}`),
        purpose: row.purpose === null ? '' : translate(`data-trail.purposes.${row.purpose}`),
        settlement: settlement?.name ?? '',
        href: settlement === undefined ? '' : addressOf(row, settlement.slug, party),
      }
    }

    /** Where what it was about can be opened: in one's own name, or in that of the party whose trail it is. */
    function addressOf({ objectKind, objectId, partyId }: TrailRow, settlement: string, party: Trail['party']): string {
      const folder = { case: 'ugyek', submission: 'beadvanyok' }[objectKind]
      if (folder === undefined) return ''
      if (party !== undefined) return `/${settlement}/${party.slug}/${folder}/${objectId}`
      return partyId === request.person.accountId ? `/${settlement}/sajat/${folder}/${objectId}` : ''
    }
  })
}

function whoInWords({ by, officeName, purpose, representativeName }: TrailRow, translate: Translate): string {
  if (by === 'clerk') return officeName ?? translate('data-trail.who.office')
  if (by === 'oneself') return translate('data-trail.who.oneself')
  if (by === 'representative') return representativeName ?? translate('data-trail.who.representative')
  return translate(purpose === 'specialist-system' ? 'data-trail.who.specialist-system' : 'data-trail.who.portal')
}

function roleInWords({ by, role }: TrailRow, translate: Translate): string {
  if (role === null || role === 'self') return ''
  if (by === 'clerk')
    return role
      .split(' ')
      .map((one) => translate(`data-trail.roles.${one}`))
      .join(', ')
  return translate(`representation.capacity.${role}`)
}

const written = /^(\d{1,17})-(\d{1,18})$/

function readKey(text: string | undefined): TrailKey | undefined {
  const [, microseconds, id] = written.exec(text ?? '') ?? []
  return microseconds === undefined || id === undefined ? undefined : { microseconds, id }
}
