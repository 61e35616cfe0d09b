/**
 * The conversation of a case (üzenetváltás): citizen and office write to each other, and it is always clear who has to answer.
 * What the citizen writes wants an answer, or the office's word that it needs none; what the office writes wants one where it says
 * so. Whoever writes has thereby answered what was asked of them. The office's notes for itself take no part in it.
 */
export type MessageKind = 'from-client' | 'from-office' | 'note'

export interface Said {
  kind: MessageKind
  wantsAnswer: boolean
  /** answered, or said to need no answer */
  settledAt: Date | null
}

/** Whose turn it is to write. */
export type Owing = 'client' | 'office' | 'nobody'

/** Who has to answer: the other side of the newest message that still wants it. */
export function whoOwes(messages: readonly Said[]): Owing {
  const open = messages.findLast(
    ({ kind, wantsAnswer, settledAt }) => kind !== 'note' && wantsAnswer && settledAt === null,
  )
  if (open === undefined) return 'nobody'
  return open.kind === 'from-client' ? 'office' : 'client'
}

/** What a message of one side settles: everything the other side wanted to know. */
export function settledBy(kind: MessageKind): MessageKind | undefined {
  if (kind === 'note') return undefined
  return kind === 'from-client' ? 'from-office' : 'from-client'
}
