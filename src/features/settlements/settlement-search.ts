import { fold } from './slug.ts'

/** What the search knows of a settlement. */
export interface Findable {
  id: number
  name: string
  postalCodes: readonly string[]
  population: number
}

/** A settlement with its names taken apart once, so that a search compares and nothing more. */
export interface Indexed<T extends Findable> {
  settlement: T
  /** official name first */
  names: { folded: string; accented: string }[]
  words: Set<string>
  accentedWords: Set<string>
  postalCodes: Set<string>
}

const alphabetical = new Intl.Collator('hu')

/** Hungarian alphabetical order of names. */
export function byName(one: { name: string }, other: { name: string }): number {
  return alphabetical.compare(one.name, other.name)
}

/** @param otherNames further names people use: „Zugló”, „Budapest 14. kerület” */
export function indexOf<T extends Findable>(
  settlements: readonly T[],
  otherNames: (settlement: T) => readonly string[] = () => [],
): Indexed<T>[] {
  return settlements.map((settlement) => {
    const names = [settlement.name, ...otherNames(settlement)].map((name) => ({
      folded: wordsOf(fold(name)).join(' '),
      accented: wordsOf(lower(name)).join(' '),
    }))
    return {
      settlement,
      names,
      words: new Set(names.flatMap(({ folded }) => folded.split(' '))),
      accentedWords: new Set(names.flatMap(({ accented }) => accented.split(' '))),
      postalCodes: new Set(settlement.postalCodes),
    }
  })
}

/** How well a settlement answers; smaller is better. */
const answers = { wholeName: 0, wholeWords: 1, beginningOfName: 2, beginningOfWords: 3, beginningOfPostalCode: 4 }

/**
 * The settlements whose name or postal code begins as typed, best first: whole name, whole words (also whole postal codes),
 * beginning of the name, beginnings of its words, beginning of a postal code; within these the more populous first.
 * Case and accents do not matter; where accents were typed, the names that have them come before those that do not.
 */
export function search<T extends Findable>(index: readonly Indexed<T>[], typed: string): T[] {
  const query = wordsOf(fold(typed))
  if (query.length === 0) return []
  const accentedQuery = wordsOf(lower(typed))
  const accentsTyped = accentedQuery.join(' ') !== query.join(' ')

  const found: { settlement: T; answer: number; accents: number }[] = []
  for (const entry of index) {
    const answer = answerOf(entry, query, 'folded', entry.words)
    if (answer === undefined) continue
    const accented = accentsTyped ? answerOf(entry, accentedQuery, 'accented', entry.accentedWords) : answer
    found.push({ settlement: entry.settlement, answer, accents: accented === answer ? 0 : 1 })
  }
  return found
    .sort(
      (one, other) =>
        one.answer - other.answer ||
        one.accents - other.accents ||
        other.settlement.population - one.settlement.population ||
        byName(one.settlement, other.settlement) ||
        one.settlement.id - other.settlement.id,
    )
    .map(({ settlement }) => settlement)
}

function answerOf<T extends Findable>(
  { names, postalCodes }: Indexed<T>,
  query: readonly string[],
  spelling: 'folded' | 'accented',
  words: ReadonlySet<string>,
): number | undefined {
  const phrase = query.join(' ')
  if (names.some((name) => name[spelling] === phrase)) return answers.wholeName
  let worst = answers.wholeWords
  for (const word of query) {
    if (words.has(word) || postalCodes.has(word)) continue
    if (anyStartsWith(words, word)) worst = Math.max(worst, answers.beginningOfWords)
    else if (anyStartsWith(postalCodes, word)) worst = answers.beginningOfPostalCode
    else return undefined
  }
  if (worst === answers.beginningOfWords && names.some((name) => name[spelling].startsWith(phrase)))
    return answers.beginningOfName
  return worst
}

/**
 * What was probably meant when nothing is found: names a few letters away, and the nearest postal codes.
 *
 * @returns at most `limit`, nearest first
 */
export function similar<T extends Findable>(index: readonly Indexed<T>[], typed: string, limit: number): T[] {
  const words = wordsOf(fold(typed))
  const meant = words.filter((word) => !isNumber(word)).join(' ')
  const byLetters = meant.length < 3 ? [] : nearestNames(index, meant.slice(0, longestNameCompared))
  const byCode = words
    .filter(isNumber)
    .slice(0, 3)
    .flatMap((code) => nearestCodes(index, code.slice(0, 4)))
  return [...new Set([...byLetters, ...byCode])].slice(0, limit)
}

const longestNameCompared = 30

function nearestNames<T extends Findable>(index: readonly Indexed<T>[], meant: string): T[] {
  const tolerated = meant.length <= 4 ? 1 : meant.length <= 8 ? 2 : 3
  return index
    .map(({ settlement, names }) => ({
      settlement,
      distance: Math.min(...names.map(({ folded }) => lettersApart(meant, folded, tolerated))),
    }))
    .filter(({ distance }) => distance <= tolerated)
    .sort((one, other) => one.distance - other.distance || other.settlement.population - one.settlement.population)
    .map(({ settlement }) => settlement)
}

function nearestCodes<T extends Findable>(index: readonly Indexed<T>[], code: string): T[] {
  for (let length = code.length; length >= 2; length -= 1) {
    const found = search(index, code.slice(0, length))
    if (found.length > 0) return found
  }
  return []
}

/**
 * Letters to add, leave out, change, or swap with their neighbour to get from one word to the other.
 *
 * @param tolerated gives up beyond this number and answers a larger one
 */
export function lettersApart(one: string, other: string, tolerated: number): number {
  if (Math.abs(one.length - other.length) > tolerated) return tolerated + 1
  let beforeLast: number[] = []
  let last = Array.from({ length: other.length + 1 }, (_, at) => at)
  for (let row = 1; row <= one.length; row += 1) {
    const current = [row]
    for (let column = 1; column <= other.length; column += 1) {
      const same = one[row - 1] === other[column - 1]
      const swapped = row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1]
      current.push(
        Math.min(
          (last[column] ?? 0) + 1,
          (current[column - 1] ?? 0) + 1,
          (last[column - 1] ?? 0) + (same ? 0 : 1),
          swapped ? (beforeLast[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
        ),
      )
    }
    if (Math.min(...current) > tolerated) return tolerated + 1
    beforeLast = last
    last = current
  }
  return last[other.length] ?? tolerated + 1
}

function wordsOf(text: string): string[] {
  return text.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '')
}

function lower(text: string): string {
  return text.normalize('NFC').toLowerCase()
}

function isNumber(word: string): boolean {
  return /^\d+$/.test(word)
}

function anyStartsWith(words: ReadonlySet<string>, beginning: string): boolean {
  for (const word of words) if (word.startsWith(beginning)) return true
  return false
}
