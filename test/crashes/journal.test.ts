import { expect, test } from 'vitest'
import { type Journal, journalOf } from './journal.ts'

const first = 'anna-0'

function typedInto(journal: Journal, mark: string, page: { showing: number; changes: number }, byItself = false) {
  return journal.typed({ ...page, mark, byItself })
}

test('what was saved last is there, or what was posted afterwards and not heard of', () => {
  const journal = journalOf(first)
  journal.saved(typedInto(journal, 'anna-1', journal.shown(first)))
  typedInto(journal, 'anna-2', journal.shown('anna-1'))
  journal.shown('anna-1')
  journal.shown('anna-2')
  expect(journal.lost).toEqual([])
})

test('a save that is gone is lost, and so is one that an older page wrote over', () => {
  const journal = journalOf(first)
  const page = journal.shown(first)
  journal.saved(typedInto(journal, 'anna-1', page))
  journal.shown(first)
  expect(journal.lost).toEqual(['anna-1 was saved, and anna-0 is there'])

  const other = journalOf(first)
  const old = other.shown(first)
  typedInto(other, 'anna-1', old)
  other.saved(typedInto(other, 'anna-2', old))
  other.shown('anna-1')
  expect(other.lost).toEqual(['anna-2 was saved, and anna-1 is there'])
  other.saved(typedInto(other, 'anna-3', old))
  expect(other.lost).toHaveLength(2)
})

test('what was put aside is found again, thrown away, or missing', () => {
  const journal = journalOf(first)
  const page = journal.shown(first)
  for (const mark of ['anna-1', 'anna-2', 'anna-3', 'anna-4']) journal.parked(typedInto(journal, mark, page))
  for (const mark of ['anna-1', 'anna-2', 'anna-3']) journal.listed(mark)
  journal.shown('anna-1')
  journal.thrownAway('anna-2')
  expect(journal.missing()).toEqual(['anna-3', 'anna-4'])
})

test('what a page sent by itself may have given way to what it sent afterwards, once that is found', () => {
  const journal = journalOf(first)
  const page = journal.shown(first)
  journal.parked(typedInto(journal, 'anna-1', page, true))
  typedInto(journal, 'anna-2', page, true)
  expect(journal.missing()).toEqual(['anna-1'])
  journal.shown('anna-2')
  expect(journal.missing()).toEqual([])
})
