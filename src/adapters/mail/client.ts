/** Outgoing mail by SMTP: plain text, one letter, one recipient. */
import { createTransport } from 'nodemailer'
import { OutsideSystemDown } from '../../platform/http/errors.ts'
import type { Mailer } from './contract.ts'
import { letter, sender, server } from './wire.ts'

export interface MailSettings {
  /** smtp:// or smtps://, with user and password where the server wants them */
  smtpUrl: string
  /** `name <address>` or an address alone */
  from: string
  /** a server without TLS: for the simulator alone */
  allowPlain: boolean
  /** how long one letter may take */
  milliseconds?: number
}

export function mailClient({ smtpUrl, from, allowPlain, milliseconds = 20_000 }: MailSettings): Mailer {
  const sentBy = sender.parse(from)
  const host = sentBy.address.slice(sentBy.address.lastIndexOf('@') + 1)
  const step = Math.min(10_000, milliseconds)
  // given a url, the library forgets every other option, the demand for TLS among them
  const transport = createTransport({
    ...server.parse(smtpUrl),
    requireTLS: !allowPlain,
    connectionTimeout: step,
    dnsTimeout: step,
    greetingTimeout: step,
    socketTimeout: step,
    disableFileAccess: true,
    disableUrlAccess: true,
  })

  return {
    async send(mail) {
      const { to, subject, text, messageId } = letter.parse(mail)
      const sending = transport.sendMail({
        from: sentBy,
        to: { name: '', address: to },
        envelope: { from: sentBy.address, to },
        subject,
        text,
        messageId: messageId.includes('@') ? `<${messageId}>` : `<${messageId}@${host}>`,
        // no out-of-office answers, no bounces of bounces (RFC 3834)
        headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
      })
      try {
        await withinTime(sending, milliseconds)
      } catch (failure) {
        throw new OutsideSystemDown('mail', withoutAddress(failure))
      }
    },
  }
}

/** A server that sends a byte now and then never runs into the time-outs of the connection. */
async function withinTime(sending: Promise<unknown>, milliseconds: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('the letter was not taken over in time')), milliseconds)
  })
  try {
    await Promise.race([sending, late])
  } finally {
    clearTimeout(timer)
    sending.catch(() => undefined)
  }
}

/** The server repeats the recipient in its answers; causes are logged, addresses are not. */
function withoutAddress(failure: unknown): Error {
  const { code, responseCode, command } = failure as { code?: unknown; responseCode?: unknown; command?: unknown }
  const known = [code, responseCode, command].filter((part) => typeof part === 'string' || typeof part === 'number')
  return new Error(['the server did not take the letter over', ...known].join(' '))
}
