/** Outgoing mail (e-mail értesítés). */
export interface Mail {
  to: string
  subject: string
  text: string
  /** the same id again is the same letter: receiving systems may drop the second */
  messageId: string
}

export interface Mailer {
  /** @throws OutsideSystemDown when the server does not take the letter over */
  send(mail: Mail): Promise<void>
}
