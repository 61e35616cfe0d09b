/**
 * The engine's answers found again the slow and obvious way: every question is followed back to its beginning each time it is asked,
 * nothing is remembered, and no code of the engine takes part except the reading of a single field.
 */
import { isDeepStrictEqual } from 'node:util'
import type {
  Condition,
  Expression,
  FieldDefinition,
  FormDefinition,
  GroupDefinition,
  Operand,
} from '../../../src/features/forms/engine/definition.ts'
import { kindOf } from '../../../src/features/forms/engine/fields/index.ts'
import type { Answer, Answers, FormContext } from '../../../src/features/forms/index.ts'

/** A numerator and a denominator above zero. */
type Fraction = readonly [bigint, bigint]
type Verdict = 'yes' | 'no' | 'unknown'
/** In which row of which group one stands. */
type Row = { group: GroupDefinition; position: number } | undefined

export function oracleFor(definition: FormDefinition, answers: Answers, context: FormContext) {
  const places = definition.pages.flatMap((page) => page.items.map((item) => ({ page, item })))
  const placeOf = (id: string) => places.find(({ item }) => item.id === id)
  const groupOf = (fieldId: string) =>
    places
      .flatMap(({ item }) => (item.type === 'group' ? [item] : []))
      .find(({ fields }) => fields.some(({ id }) => id === fieldId))

  const isShown = (id: string): boolean => {
    const place = placeOf(id)
    if (place === undefined) return false
    return [place.page.when, place.item.when].every((when) => when === undefined || judge(when, undefined) === 'yes')
  }
  const isPageShown = (pageId: string): boolean => {
    const when = definition.pages.find(({ id }) => id === pageId)?.when
    return when === undefined || judge(when, undefined) === 'yes'
  }

  const typedRows = (group: GroupDefinition): Answers[] => {
    const given = Object.hasOwn(answers, group.id) ? answers[group.id] : []
    const rows = Array.isArray(given) ? given.filter((row) => typeof row === 'object') : []
    return Array.from(
      { length: Math.min(Math.max(rows.length, group.min), group.max) },
      (_none, place) => rows[place] ?? {},
    )
  }

  const value = (id: string): Answer | undefined => {
    const item = placeOf(id)?.item
    if (item === undefined || item.type === 'group' || !isShown(id)) return undefined
    return valueOf(item, Object.hasOwn(answers, id) ? answers[id] : undefined, undefined)
  }

  const rowValue = (row: NonNullable<Row>, field: FieldDefinition): Answer | undefined => {
    if (!isShown(row.group.id)) return undefined
    if (field.when !== undefined && judge(field.when, row) !== 'yes') return undefined
    const typed = typedRows(row.group)[row.position] ?? {}
    return valueOf(field, Object.hasOwn(typed, field.id) ? typed[field.id] : undefined, row)
  }

  const valueOf = (field: FieldDefinition, typed: Answer | undefined, row: Row): Answer | undefined => {
    if (field.type === 'calculated') {
      const exact = calculated(field.value, row)
      return exact === undefined ? undefined : rounded(exact, field.decimals, field.rounding)
    }
    const locked = field.prefill?.locked === true && !(field.prefill.when && judge(field.prefill.when, row) !== 'yes')
    const known = locked ? knownFor(field) : undefined
    if (known !== undefined) return known
    const parsed = kindOf(field).parse(field, typed, context)
    return parsed.state === 'right' ? parsed.value : undefined
  }

  const knownFor = (field: FieldDefinition): Answer | undefined => {
    const { identity } = context
    switch (field.prefill?.from) {
      case 'answer':
        return value(field.prefill.field ?? '')
      case 'identity.name':
        return identity ? { family: identity.familyName, given: identity.givenName } : undefined
      case 'identity.birth-name':
        return identity ? { family: identity.birthFamilyName, given: identity.birthGivenName } : undefined
      case 'identity.mother-name':
        return identity ? { family: identity.motherFamilyName, given: identity.motherGivenName } : undefined
      case 'identity.birth-place':
        return identity?.birthPlace
      case 'identity.birth-date':
        return identity?.birthDate
      case 'identity.full-name':
        return identity ? `${identity.familyName} ${identity.givenName}` : undefined
      case 'settlement.name':
        return context.settlement.name
      case 'today':
        return context.today
      case 'contact.email':
        return context.contact.email
      case 'contact.phone':
        return context.contact.phone
      default:
        return undefined
    }
  }

  /** What a name means at a place: the field of the same row, else the field of the form. */
  const known = (id: string, row: Row): Answer | undefined => {
    const inRow = row?.group.fields.find((field) => field.id === id)
    return row !== undefined && inRow !== undefined ? rowValue(row, inRow) : value(id)
  }

  const all = (id: string): Answer[] => {
    const group = groupOf(id)
    const field = group?.fields.find((one) => one.id === id)
    const values =
      group === undefined || field === undefined
        ? [value(id)]
        : typedRows(group).map((_row, position) => rowValue({ group, position }, field))
    return values.filter((one) => one !== undefined)
  }

  const judge = (condition: Condition, row: Row): Verdict => {
    if ('all' in condition) return strictest(condition.all.map((one) => judge(one, row)))
    if ('any' in condition) return turned(strictest(condition.any.map((one) => turned(judge(one, row)))))
    if ('not' in condition) return turned(judge(condition.not, row))
    if ('compare' in condition) return compared(condition.compare, row)
    if ('outsideBuiltUpArea' in condition) {
      const parcel = known(condition.outsideBuiltUpArea, row)
      return typeof parcel !== 'string' ? 'unknown' : parcel.startsWith('0') ? 'yes' : 'no'
    }
    if ('same' in condition) {
      const [one, other] = condition.same.map((id) => known(id, row))
      return one === undefined || other === undefined ? 'unknown' : isDeepStrictEqual(one, other) ? 'yes' : 'no'
    }
    if ('distinct' in condition) {
      const given = all(condition.distinct)
      const isAgain = (one: Answer, place: number) =>
        given.slice(0, place).some((other) => isDeepStrictEqual(one, other))
      return given.some(isAgain) ? 'no' : 'yes'
    }
    const answer = known(condition.field, row)
    if ('filled' in condition) return (answer !== undefined) === condition.filled ? 'yes' : 'no'
    if (answer === undefined) return 'unknown'
    if ('is' in condition) return answer === condition.is ? 'yes' : 'no'
    if ('in' in condition) return typeof answer === 'string' && condition.in.includes(answer) ? 'yes' : 'no'
    return Array.isArray(answer) && answer.some((one) => one === condition.contains) ? 'yes' : 'no'
  }

  const compared = ([left, how, right]: readonly [Operand, string, Operand], row: Row): Verdict => {
    const [a, b] = [operand(left, row), operand(right, row)]
    if (a === undefined || b === undefined || typeof a !== typeof b) return 'unknown'
    let order: number
    if (typeof a === 'string' && typeof b === 'string') {
      if (a.includes(':') !== b.includes(':')) return 'unknown'
      const short = a.length < b.length ? a.length : b.length
      order = a.slice(0, short).localeCompare(b.slice(0, short), 'en')
    } else if (typeof a !== 'string' && typeof b !== 'string') order = sign(minus(a, b))
    else return 'unknown'
    const allowed = { '<': [-1], '<=': [-1, 0], '=': [0], '>=': [0, 1], '>': [1] }[how] ?? []
    return allowed.includes(Math.sign(order)) ? 'yes' : 'no'
  }

  const operand = (one: Operand, row: Row): string | Fraction | undefined => {
    if ('value' in one) return timeOrFraction(one.value)
    if ('today' in one) return context.today
    if ('sum' in one) return calculated({ sum: one.sum }, row)
    if ('calculate' in one) return calculated(one.calculate, row)
    if ('field' in one) return timeOrFraction(known(one.field, row))
    if ('birthDateIn' in one) {
      const taxId = known(one.birthDateIn, row)
      const instant =
        typeof taxId === 'string' ? Date.UTC(1867, 0, 1) + Number(taxId.slice(1, 6)) * 86_400_000 : undefined
      return instant === undefined ? undefined : new Date(instant).toISOString().slice(0, 10)
    }
    if ('yearOf' in one) {
      const day = known(one.yearOf, row)
      const year = typeof day === 'string' ? /^(\d{4})-\d{2}/.exec(day)?.[1] : undefined
      return year === undefined ? undefined : `${Number(year) + one.plusYears}-${one.day}`
    }
    const from = operand(one.after, row)
    return typeof from === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(from) ? dayAfter(from, one) : undefined
  }

  const calculated = (expression: Expression, row: Row): Fraction | undefined => {
    const each = (list: readonly Expression[]): Fraction[] | undefined => {
      const values = list.map((one) => calculated(one, row))
      return values.includes(undefined) ? undefined : values.filter((one) => one !== undefined)
    }
    if ('value' in expression) return fraction(expression.value)
    if ('field' in expression) return fraction(known(expression.field, row))
    if ('sum' in expression) {
      return expression.sum
        .flatMap(all)
        .flatMap((one) => [fraction(one)])
        .filter((one) => one !== undefined)
        .reduce(plus, [0n, 1n])
    }
    if ('rows' in expression) {
      const group = placeOf(expression.rows)?.item
      return group?.type === 'group' && isShown(group.id) ? [BigInt(typedRows(group).length), 1n] : undefined
    }
    if ('days' in expression) {
      const [first, last] = expression.days.map((id) => known(id, row))
      if (typeof first !== 'string' || typeof last !== 'string') return undefined
      let count = 0n
      for (let day: string | undefined = first; day !== undefined && day <= last; day = dayAfter(day, { days: 1 }))
        count++
      if (count > 0n) return [count, 1n]
      for (let day: string | undefined = last; day !== undefined && day < first; day = dayAfter(day, { days: 1 }))
        count--
      return [count + 1n, 1n]
    }
    if ('if' in expression) {
      const verdict = judge(expression.if, row)
      return verdict === 'unknown' ? undefined : calculated(verdict === 'yes' ? expression.then : expression.else, row)
    }
    if ('orElse' in expression) return calculated(expression.orElse[0], row) ?? calculated(expression.orElse[1], row)
    if ('add' in expression) return each(expression.add)?.reduce(plus)
    if ('multiply' in expression) return each(expression.multiply)?.reduce(times)
    if ('least' in expression) return each(expression.least)?.sort((a, b) => sign(minus(a, b)))[0]
    if ('greatest' in expression) return each(expression.greatest)?.sort((a, b) => sign(minus(b, a)))[0]
    const [a, b] = each('subtract' in expression ? expression.subtract : expression.divide) ?? []
    if (a === undefined || b === undefined) return undefined
    if ('subtract' in expression) return minus(a, b)
    return b[0] === 0n ? undefined : times(a, b[0] < 0n ? [-b[1], -b[0]] : [b[1], b[0]])
  }

  /** What would be sent. */
  const clean = (): Answers => {
    const sent: Answers = {}
    for (const { item } of places) {
      if (!isShown(item.id)) continue
      if (item.type === 'group') {
        sent[item.id] = typedRows(item).map((_row, position) =>
          Object.fromEntries(
            item.fields.flatMap((field) => {
              const one = rowValue({ group: item, position }, field)
              return one === undefined || field.type === 'attachment' ? [] : [[field.id, one]]
            }),
          ),
        )
        continue
      }
      const one = value(item.id)
      if (one !== undefined && item.type !== 'attachment') sent[item.id] = one
    }
    return sent
  }

  /** Whether it could be sent: every shown page was sent, and every shown question is answered rightly. Locked answers are right. */
  const isComplete = (): boolean =>
    definition.pages
      .filter(({ id }) => isPageShown(id))
      .every((page) => {
        const shown = page.items.filter(({ id }) => isShown(id))
        const asked = shown.filter((item) => item.type === 'group' || item.type !== 'calculated')
        const sent = asked.length === 0 || asked.some(({ id }) => Object.hasOwn(answers, id))
        return (
          sent && shown.every((item) => (item.type === 'group' ? isGroupDone(item) : isDone(item, answers, undefined)))
        )
      })

  const isGroupDone = (group: GroupDefinition): boolean =>
    group.rules.every((rule) => rule.level === 'warning' || judge(rule.must, undefined) !== 'no') &&
    typedRows(group).every((typed, position) => {
      const row = { group, position }
      const shown = group.fields.filter(({ when }) => when === undefined || judge(when, row) === 'yes')
      return shown.every((field) => isDone(field, typed, row))
    })

  const isDone = (field: FieldDefinition, typed: Answers, row: Row): boolean => {
    const answer = valueOf(field, Object.hasOwn(typed, field.id) ? typed[field.id] : undefined, row)
    if (answer !== undefined)
      return field.rules.every((rule) => rule.level === 'warning' || judge(rule.must, row) !== 'no')
    if (field.type === 'calculated') return true
    const parsed = kindOf(field).parse(field, Object.hasOwn(typed, field.id) ? typed[field.id] : undefined, context)
    return parsed.state === 'empty' && !field.required
  }

  return {
    isShown,
    isPageShown,
    isComplete,
    value,
    clean,
    judge: (condition: Condition) => judge(condition, undefined),
  }
}

function strictest(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('no')) return 'no'
  return verdicts.includes('unknown') ? 'unknown' : 'yes'
}

function turned(verdict: Verdict): Verdict {
  return verdict === 'yes' ? 'no' : verdict === 'no' ? 'yes' : 'unknown'
}

function timeOrFraction(answer: Answer | undefined): string | Fraction | undefined {
  if (typeof answer !== 'string') return undefined
  return /^\d{4}-\d{2}(?:-\d{2})?$|^\d{2}:\d{2}$/.test(answer) ? answer : fraction(answer)
}

/** `-12.50` is −1250 hundredths. */
function fraction(answer: Answer | undefined): Fraction | undefined {
  if (typeof answer !== 'string' || answer.length > 40) return undefined
  const [, over, under] = /^(\d+)\/(\d+)$/.exec(answer) ?? []
  if (over !== undefined && under !== undefined) return BigInt(under) === 0n ? undefined : [BigInt(over), BigInt(under)]
  if (!/^-?\d+(?:\.\d+)?$/.test(answer)) return undefined
  const decimals = answer.split('.')[1]?.length ?? 0
  return [BigInt(answer.replace('.', '')), BigInt(`1${'0'.repeat(decimals)}`)]
}

function plus(a: Fraction, b: Fraction): Fraction {
  return [a[0] * b[1] + b[0] * a[1], a[1] * b[1]]
}

function minus(a: Fraction, b: Fraction): Fraction {
  return plus(a, [-b[0], b[1]])
}

function times(a: Fraction, b: Fraction): Fraction {
  return [a[0] * b[0], a[1] * b[1]]
}

function sign([over]: Fraction): number {
  return over < 0n ? -1 : over > 0n ? 1 : 0
}

/** Looks at the two neighbours among the numbers of so many decimals and takes the right one. */
function rounded(exact: Fraction, decimals: number, rounding: 'half-up' | 'down' | 'up'): string | undefined {
  const size: Fraction = [exact[0] < 0n ? -exact[0] : exact[0], exact[1]]
  const unit = BigInt(`1${'0'.repeat(decimals)}`)
  const below = (size[0] * unit) / size[1]
  const toBelow = minus(size, [below, unit])
  const toAbove = minus([below + 1n, unit], size)
  let units = below
  if (rounding === 'up' && sign(toBelow) > 0) units = below + 1n
  if (rounding === 'half-up' && sign(minus(toAbove, toBelow)) <= 0) units = below + 1n
  const digits = units.toString().padStart(decimals + 1, '0')
  const whole = digits.slice(0, digits.length - decimals)
  const part = digits.slice(digits.length - decimals).replace(/0+$/, '')
  const text = `${exact[0] < 0n && units !== 0n ? '-' : ''}${whole}${part === '' ? '' : `.${part}`}`
  return text.length > 40 ? undefined : text
}

/** Month by month, then day by day. */
function dayAfter(
  day: string,
  {
    days = 0,
    months = 0,
    years = 0,
  }: { days?: number | undefined; months?: number | undefined; years?: number | undefined },
): string | undefined {
  let [year, month] = [Number(day.slice(0, 4)), Number(day.slice(5, 7))]
  for (let left = years * 12 + months; left !== 0; left -= Math.sign(left)) {
    month += Math.sign(left)
    if (month === 13) [year, month] = [year + 1, 1]
    if (month === 0) [year, month] = [year - 1, 12]
  }
  let dayOfMonth = Number(day.slice(8))
  const exists = (d: number) => new Date(Date.UTC(year, month - 1, d)).getUTCMonth() === month - 1
  while (!exists(dayOfMonth)) dayOfMonth -= 1
  const at = new Date(Date.UTC(year, month - 1, dayOfMonth))
  for (let left = days; left !== 0; left -= Math.sign(left)) at.setUTCDate(at.getUTCDate() + Math.sign(left))
  const found = at.toISOString().slice(0, 10)
  return found >= '1800-01-01' && found <= '2199-12-31' ? found : undefined
}
