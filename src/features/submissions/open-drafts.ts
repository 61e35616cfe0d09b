import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Language } from '../../platform/i18n/language.ts'
import type { ListedDraft } from './draft-list.ts'

/** Hidden field with the open drafts a person was shown when choosing to begin another. */
export const knownField = 'ismert'

const uuid = z.uuid()

export function writeKnown(drafts: readonly Pick<ListedDraft, 'id'>[]): string {
  return drafts.map(({ id }) => id).join(' ')
}

/** What is none of ours names no draft. */
export function readKnown(value: unknown): string[] {
  return typeof value === 'string' ? value.split(' ').filter((id) => uuid.safeParse(id).success) : []
}

/** Open drafts for the question „Folytatja a megkezdettet, vagy újat kezd?”. */
export function openDraftsView(drafts: readonly ListedDraft[], language: Language) {
  return drafts.map(({ id, party, settlement, subject, changedAt, keptUntil, sent, pages }) => ({
    subject: subject[language],
    changedAt,
    keptUntil,
    sent,
    pages,
    forWhom: party.kind === 'self' ? '' : party.name,
    href: `/${settlement?.slug ?? ''}/${party.slug}/urlapok/${id}`,
  }))
}

/** The question as a page of its own, for whoever was about to begin a form without knowing that one is open. */
export function askWhichDraft(
  request: FastifyRequest,
  reply: FastifyReply,
  {
    drafts,
    action,
    fields,
    ticket,
  }: { drafts: readonly ListedDraft[]; action: string; fields: Record<string, string>; ticket?: string },
): FastifyReply {
  const { language } = request
  return reply.code(409).view('submissions/continue-or-new.njk', {
    title: drafts[0]?.title[language] ?? '',
    drafts: openDraftsView(drafts, language),
    action,
    ticket: ticket ?? '',
    fields: Object.entries({ ...fields, [knownField]: writeKnown(drafts) }).map(([name, value]) => ({ name, value })),
  })
}
