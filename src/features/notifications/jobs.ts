import { z } from 'zod'
import type { Mail, Mailer } from '../../adapters/mail/contract.ts'
import { budapestDay } from '../../platform/clock.ts'
import { type Db, inScope, type Tx } from '../../platform/database.ts'
import { translator } from '../../platform/i18n/catalogue.ts'
import { formats } from '../../platform/i18n/formats.ts'
import type { Language } from '../../platform/i18n/language.ts'
import type { JobHandlers } from '../../platform/jobs/index.ts'
import { noticeAddress } from '../identity/index.ts'
import { type CaseNotice, caseNotices, endingDraftJob, noticeJob } from './notice.ts'

const payload = z.strictObject({
  eventId: z.int().positive(),
  about: z.enum(caseNotices).default('step'),
  accountId: z.uuid(),
  mandateId: z.uuid().optional(),
  settlementId: z.int().positive().optional(),
})

const endingDraft = z.strictObject({
  draftId: z.uuid(),
  accountId: z.uuid(),
  forOther: z.enum(['yes', 'no']),
  keptUntilOn: z.iso.date(),
})

interface NotificationParts {
  db: Db
  mailer: Mailer
  publicUrl: URL
  /** whether a right to act for somebody still holds */
  isMandateLiving(tx: Tx, mandateId: string): Promise<boolean>
  /** until when a draft that ends soon is kept; undefined when it does not end soon any more */
  findDraftEnd(tx: Tx, draftId: string): Promise<Date | undefined>
}

export function notificationJobs({
  db,
  mailer,
  publicUrl,
  isMandateLiving,
  findDraftEnd,
}: NotificationParts): JobHandlers {
  return {
    /**
     * Nobody is written to who gave no address, wants no notices, or has lost the right to act in the case; asked when sending, so
     * that a change counts.
     */
    async [noticeJob](given) {
      const { eventId, about, accountId, mandateId, settlementId } = payload.parse(given)
      const settlements = settlementId === undefined ? [] : [settlementId]
      const address = await inScope(db, { role: 'worker', account: accountId, settlements }, async (tx) =>
        mandateId !== undefined && !(await isMandateLiving(tx, mandateId)) ? undefined : noticeAddress(tx, accountId),
      )
      if (address) await mailer.send(notice(eventId, address, publicUrl, { about, acting: mandateId !== undefined }))
    },

    /** As above; and nobody is told of a draft that was sent, deleted or saved again by the time the letter goes out. */
    async [endingDraftJob](given) {
      const { draftId, accountId, forOther, keptUntilOn } = endingDraft.parse(given)
      const address = await inScope(db, { role: 'worker', account: accountId }, async (tx) => {
        const end = await findDraftEnd(tx, draftId)
        return end && budapestDay(end) === keptUntilOn ? noticeAddress(tx, accountId) : undefined
      })
      if (address === undefined) return
      const translate = translator(address.language)
      const day = formats[address.language].day(keptUntilOn)
      await mailer.send({
        to: address.email,
        subject: translate('notifications.ending-draft.subject', { day }),
        text: translate('notifications.ending-draft.text', {
          url: new URL('/sajat/urlapok', publicUrl).href,
          day,
          forOther,
        }),
        messageId: `draft-${draftId}-${keptUntilOn}@${publicUrl.hostname}`,
      })
    },
  }
}

/** The letter says nothing of the case, not even for whom the person acts in it, and carries no secret: it may lie open on any screen. */
export function notice(
  eventId: number,
  to: { email: string; language: Language },
  publicUrl: URL,
  { about, acting }: { about: CaseNotice; acting: boolean },
): Mail {
  const translate = translator(to.language)
  return {
    to: to.email,
    subject: translate('notifications.notice.subject', { about }),
    text: translate('notifications.notice.text', {
      url: new URL('/', publicUrl).href,
      about,
      acting: acting ? 'yes' : 'no',
    }),
    messageId: `case-event-${eventId}@${publicUrl.hostname}`,
  }
}
