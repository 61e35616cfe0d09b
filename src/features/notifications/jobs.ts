import { z } from 'zod'
import type { Mail, Mailer } from '../../adapters/mail/contract.ts'
import { type Db, inScope } from '../../platform/database.ts'
import { translator } from '../../platform/i18n/catalogue.ts'
import type { Language } from '../../platform/i18n/language.ts'
import type { JobHandlers } from '../../platform/jobs/index.ts'
import { noticeAddress } from '../identity/index.ts'
import { noticeJob } from './notice.ts'

const payload = z.strictObject({ eventId: z.int().positive(), accountId: z.uuid() })

export function notificationJobs({ db, mailer, publicUrl }: { db: Db; mailer: Mailer; publicUrl: URL }): JobHandlers {
  return {
    /** Nobody is written to who gave no address or wants no notices; asked when sending, so that a change of mind counts. */
    async [noticeJob](given) {
      const { eventId, accountId } = payload.parse(given)
      const address = await inScope(db, { role: 'worker', account: accountId }, (tx) => noticeAddress(tx, accountId))
      if (address) await mailer.send(notice(eventId, address, publicUrl))
    },
  }
}

/** The letter says nothing of the case and carries no secret: it may lie open on any screen. */
export function notice(eventId: number, to: { email: string; language: Language }, publicUrl: URL): Mail {
  const translate = translator(to.language)
  return {
    to: to.email,
    subject: translate('notifications.notice.subject'),
    text: translate('notifications.notice.text', { url: new URL('/', publicUrl).href }),
    messageId: `case-event-${eventId}@${publicUrl.hostname}`,
  }
}
