import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type FormPost,
  type FormTicket,
  formTickets,
  isTicketFor,
  judgeTicket,
} from '../../../src/features/session/form-ticket.ts'
import { createSeal } from '../../../src/platform/seal.ts'

const tickets = formTickets(createSeal([randomBytes(32)]))
const hour = 3_600_000

const anyTicket: fc.Arbitrary<FormTicket> = fc.record({
  accountId: fc.uuid(),
  lineage: fc.string({ minLength: 1 }),
  settlement: fc.string({ minLength: 1 }),
  party: fc.string({ minLength: 1 }),
  draftId: fc.uuid(),
  step: fc.string({ minLength: 1 }),
  form: fc.record({ code: fc.string(), version: fc.integer({ min: 1 }) }),
  revision: fc.integer({ min: 1 }),
  issuedAt: fc.date({ min: new Date('2026-01-01'), max: new Date('2030-01-01'), noInvalidDate: true }),
})

/** The post of the page the ticket was given for, so many milliseconds later. */
function postOf({ accountId, lineage, issuedAt, ...place }: FormTicket, later = hour): FormPost {
  const { settlement, party, draftId, step } = place
  return {
    accountId,
    lineage,
    place: { settlement, party, draftId, step },
    now: new Date(issuedAt.getTime() + later),
  }
}

describe('what is written', () => {
  test('can be read, the same to the last field', () => {
    fc.assert(
      fc.property(anyTicket, (ticket) => {
        expect(tickets.read(tickets.write(ticket))).toEqual(ticket)
      }),
    )
  })

  test('cannot be read once any letter of it is another, left out or added', () => {
    const written = tickets.write(fc.sample(anyTicket, 1)[0] as FormTicket)
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    for (let at = 0; at < written.length; at++) {
      for (const letter of [...letters, '=', '+', '/', ' ', '']) {
        if (letter === written[at]) continue
        const altered = written.slice(0, at) + letter + written.slice(at + 1)
        expect(tickets.read(altered), `${String(at)}: ${letter}`).toBeUndefined()
      }
    }
    for (const more of ['A', '=', '==', '.', '\n']) expect(tickets.read(written + more)).toBeUndefined()
  })

  test('is nobody else’s: what another key wrote, what has another purpose, and what was never written', () => {
    const ticket = fc.sample(anyTicket, 1)[0] as FormTicket
    const seal = createSeal([randomBytes(32)])
    expect(tickets.read(formTickets(seal).write(ticket))).toBeUndefined()
    const otherPurpose = seal.close(JSON.stringify(ticket), 'sign-out').toString('base64url')
    expect(formTickets(seal).read(otherPurpose)).toBeUndefined()
    for (const never of [undefined, null, '', 'jegy', ['a'], {}, 1, 'A'.repeat(5_000)]) {
      expect(tickets.read(never)).toBeUndefined()
    }
  })

  test('is read also after the key was changed', () => {
    const before = randomBytes(32)
    const ticket = fc.sample(anyTicket, 1)[0] as FormTicket
    const written = formTickets(createSeal([before])).write(ticket)
    expect(formTickets(createSeal([randomBytes(32), before])).read(written)).toEqual(ticket)
  })
})

describe('what a ticket says of a post', () => {
  test('nothing stands in the way where everything is as it was shown', () => {
    fc.assert(
      fc.property(anyTicket, (ticket) => {
        expect(judgeTicket(ticket, postOf(ticket))).toBe('normal')
      }),
    )
  })

  test('each field binds', () => {
    fc.assert(
      fc.property(anyTicket, fc.string({ minLength: 1 }), (ticket, more) => {
        const post = postOf(ticket)
        const elsewhere = (change: Partial<FormPost['place']>) =>
          judgeTicket(ticket, { ...post, place: { ...post.place, ...change } })
        expect(judgeTicket(ticket, { ...post, accountId: ticket.accountId + more })).toBe('other-person')
        expect(judgeTicket(ticket, { ...post, lineage: ticket.lineage + more })).toBe('earlier-lineage')
        expect(elsewhere({ settlement: ticket.settlement + more })).toBe('other-context')
        expect(elsewhere({ party: ticket.party + more })).toBe('other-context')
        expect(elsewhere({ draftId: ticket.draftId + more })).toBe('other-context')
        expect(elsewhere({ step: ticket.step + more })).toBe('other-context')
        expect(isTicketFor(ticket, ticket.form)).toBe(true)
        expect(isTicketFor(ticket, { ...ticket.form, code: ticket.form.code + more })).toBe(false)
        expect(isTicketFor(ticket, { ...ticket.form, version: ticket.form.version + 1 })).toBe(false)
      }),
    )
  })

  test('another person is told so whatever else is wrong, and another matter before an earlier session', () => {
    const [ticket] = fc.sample(anyTicket, 1) as [FormTicket]
    const post = postOf(ticket, 100 * hour)
    const other = { ...post, place: { ...post.place, party: 'x', settlement: 'y' }, lineage: 'z' }
    expect(judgeTicket(ticket, { ...other, accountId: 'somebody' })).toBe('other-person')
    expect(judgeTicket(ticket, { ...other, now: postOf(ticket).now })).toBe('other-context')
  })

  test.each([
    [-hour, 'normal'], // the clock was set back meanwhile
    [0, 'normal'],
    [24 * hour - 1, 'normal'],
    [24 * hour, 'too-old'],
    [24 * hour + 1, 'too-old'],
  ])('%i ms after the page was shown it is %s', (later, verdict) => {
    const [ticket] = fc.sample(anyTicket, 1) as [FormTicket]
    expect(judgeTicket(ticket, postOf(ticket, later))).toBe(verdict)
  })
})
