import type { GroupDefinition } from './definition.ts'
import { type FieldView, type RevealView, type Showing, withReveals } from './field-view.ts'
import type { Wording } from './fields/field-kind.ts'
import { kindOf } from './fields/index.ts'
import { elementId, type FilledField, type FilledGroup } from './visibility.ts'

/** Rows that are filled in on the page itself. */
export interface GroupView {
  kind: 'group'
  id: string
  label: string
  /** the page is about nothing else, so its title names the rows already */
  alone: boolean
  hint: string
  help: string
  error: string
  countName: string
  rows: { id: string; title: string; items: (FieldView | RevealView)[]; remove: string; removeText: string }[]
  /** value of the button that adds a row; empty when there is room for no more */
  add: string
  addText: string
}

/** Rows that are filled in on pages of their own. */
export interface RowListView extends Omit<GroupView, 'kind' | 'countName' | 'rows'> {
  kind: 'row-list'
  /** the first of the rows there must be is not filled in yet: it is begun with its `change`, and there is nothing else to do */
  isStart: boolean
  rows: {
    id: string
    title: string
    /** the first answers, to tell it from the others */
    texts: string[]
    /** what is still to be done with it; empty when nothing is */
    todo: string
    error: string
    /** values of the buttons that lead to its page and to the question whether to remove it; empty when it must stay */
    change: string
    changeText: string
    remove: string
    removeText: string
  }[]
}

export function groupView(filled: FilledGroup, show: Showing, alone: boolean): GroupView {
  const { group, drawnRows: rows } = filled
  return {
    kind: 'group',
    ...groupHead(filled, show, alone),
    countName: `${group.id}.rows`,
    rows: rows.map((row, position) => ({
      id: rowId(group, position),
      title: rowTitle(group, position, show.wording),
      items: withReveals(row, show),
      remove: rows.length > group.min ? `remove:${group.id}:${String(position)}` : '',
      removeText: removeText(group, position, show.wording),
    })),
  }
}

export function rowListView(filled: FilledGroup, show: Showing, alone: boolean): RowListView {
  const { group, rows } = filled
  const { say } = show.wording
  return {
    kind: 'row-list',
    ...groupHead(filled, show, alone),
    isStart: group.min > 0 && rows.length === 1 && rows.every(isEmptyRow),
    rows: rows.map((row, position) => {
      const title = rowTitle(group, position, show.wording)
      const isEmpty = isEmptyRow(row)
      const isUndone = row.some(
        ({ parsed, required }) => parsed.state === 'wrong' || (required && parsed.state === 'empty'),
      )
      return {
        id: rowId(group, position),
        title,
        texts: firstAnswers(row, show.wording),
        todo: isEmpty ? say('forms.rows.empty') : isUndone ? say('forms.rows.undone') : '',
        error: show.isWrongRow(position) ? say('forms.rows.wrong', { row: title }) : '',
        change: `open:${group.id}:${String(position)}`,
        changeText: say(isEmpty ? 'forms.rows.fill-in' : 'forms.rows.change', { row: title }),
        remove: rows.length > group.min ? `ask-remove:${group.id}:${String(position)}` : '',
        removeText: removeText(group, position, show.wording),
      }
    }),
  }
}

function isEmptyRow(row: readonly FilledField[]): boolean {
  return row.every(({ parsed, locked }) => locked || parsed.state === 'empty')
}

const mostShown = 2

function firstAnswers(row: readonly FilledField[], wording: Wording): string[] {
  return row
    .flatMap(({ field, parsed }) =>
      parsed.state === 'right' ? [kindOf(field).show(field, parsed.value, wording).join(', ')] : [],
    )
    .slice(0, mostShown)
}

function groupHead({ group, rows }: FilledGroup, show: Showing, alone: boolean) {
  const { language } = show.wording
  return {
    id: elementId(group.id),
    label: group.label[language],
    alone,
    hint: group.hint?.[language] ?? '',
    help: group.help?.[language] ?? '',
    error: show.errorAt(elementId(group.id)),
    add: rows.length < group.max ? `add:${group.id}` : '',
    addText: group.addLabel[language],
  }
}

export function rowId(group: GroupDefinition, position: number): string {
  return `${elementId(group.id)}-${String(position)}`
}

export function rowTitle(group: GroupDefinition, position: number, { language, say }: Wording): string {
  return say('forms.row', { label: group.rowLabel[language], number: position + 1 })
}

function removeText(group: GroupDefinition, position: number, wording: Wording): string {
  return wording.say('forms.remove-row', { row: rowTitle(group, position, wording) })
}
