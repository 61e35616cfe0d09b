/** Our macros give what govuk-frontend's give, where both exist: the same elements, classes, ids and attributes. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { projectRoot } from '../../src/platform/project-root.ts'
import { component, normalised } from './rendered.ts'

interface Fixture {
  name: string
  options: Record<string, unknown>
  html: string
}

function fixtures(name: string): Fixture[] {
  const file = new URL(`node_modules/govuk-frontend/dist/govuk/components/${name}/fixtures.json`, projectRoot)
  return (JSON.parse(readFileSync(file, 'utf8')) as { fixtures: Fixture[] }).fixtures
}

interface Comparison {
  /** the component's name in the package */
  theirs: string
  file: string
  macro: string
  /** names of their examples which use only what ours can do */
  examples: string[]
  /** their options as our parameters */
  params: (options: Record<string, unknown>) => object
  /** attributes that differ on purpose */
  without?: string[]
  /** what has to be said of their markup first */
  but?: (markup: string) => string
}

interface Text {
  text: string
}
interface FieldOptions {
  id?: string
  name: string
  label: Text
  hint?: Text
  errorMessage?: Text
  value?: string
  classes?: string
  rows?: number
  maxlength?: number
  type?: string
  inputmode?: string
  autocomplete?: string
  spellcheck?: boolean
  prefix?: Text
  suffix?: Text
  multiple?: boolean
}

const field = ({ id, name, label, hint, errorMessage, value }: FieldOptions) => ({
  id: id ?? name,
  name,
  label: label.text,
  hint: hint?.text,
  error: errorMessage?.text,
  value,
})

interface ChoiceOptions extends Omit<FieldOptions, 'label'> {
  idPrefix?: string
  fieldset?: { legend: Text }
  values?: string[]
  items: { value: string; text: string; hint?: Text; checked?: boolean }[]
}

const choices = ({ idPrefix, name, fieldset, hint, errorMessage, value, values, items }: ChoiceOptions) => ({
  id: idPrefix ?? name,
  name,
  label: fieldset?.legend.text,
  hint: hint?.text,
  error: errorMessage?.text,
  value: values ?? value ?? items.find(({ checked }) => checked)?.value,
  items: items.map((item) => ({ ...item, hint: item.hint?.text })),
})

/** The legends' sizes are a matter of the page for them, the same everywhere for us. */
const legendsAlike = (markup: string) => markup.replaceAll(/govuk-fieldset__legend--[a-z]+/g, '')

interface SummaryOptions {
  card?: { title: Text; actions?: { items: ActionOptions[] } }
  rows: { key: Text; value: Text; actions?: { items: ActionOptions[] } }[]
}
interface ActionOptions {
  href: string
  text: string
  visuallyHiddenText?: string
}
const actions = (given?: { items: ActionOptions[] }) =>
  given?.items.map(({ href, text, visuallyHiddenText }) => ({ href, text, hidden: visuallyHiddenText }))

const comparisons: Comparison[] = [
  {
    theirs: 'button',
    file: 'button',
    macro: 'button',
    examples: ['default', 'secondary', 'warning', 'name', 'value', 'prevent double click', 'attributes'],
    params: ({ text, name, value, classes, preventDoubleClick, attributes }) => ({
      text,
      name,
      value,
      preventDoubleClick,
      attributes,
      variant: (classes as string | undefined)?.replace('govuk-button--', ''),
    }),
  },
  {
    // A link that looks like a button stays a link for those who hear the page.
    theirs: 'button',
    file: 'button',
    macro: 'button',
    examples: ['link', 'explicit link', 'start link'],
    without: ['role', 'data-module', 'xmlns'],
    params: ({ text, href, isStartButton }) => ({ text, href, variant: isStartButton ? 'start' : undefined }),
  },
  {
    theirs: 'breadcrumbs',
    file: 'breadcrumbs',
    macro: 'breadcrumbs',
    examples: ['default', 'with one level', 'without the home section', 'with last breadcrumb as current page'],
    without: ['aria-label'],
    params: ({ items }) => ({ items }),
  },
  {
    theirs: 'back-link',
    file: 'back-link',
    macro: 'backLink',
    examples: ['with custom text and link'],
    without: ['aria-label'],
    params: ({ href, text }) => ({ href, text }),
    // Best practice wants everything in a landmark.
    but: (markup) => `<nav>${markup}</nav>`,
  },
  {
    theirs: 'error-summary',
    file: 'error-summary',
    macro: 'errorSummary',
    examples: ['default', 'without links', 'mixed with and without links'],
    params: ({ titleText, errorList }) => ({ title: titleText, errors: errorList }),
  },
  {
    theirs: 'details',
    file: 'details',
    macro: 'details',
    examples: ['default', 'expanded'],
    without: ['id'],
    params: ({ summaryText, text, open }) => ({ summary: summaryText, text, open }),
  },
  {
    theirs: 'tag',
    file: 'tag',
    macro: 'tag',
    examples: ['default', 'grey', 'green', 'purple', 'red', 'orange', 'yellow'],
    params: ({ text, classes }) => ({ text, colour: (classes as string | undefined)?.replace('govuk-tag--', '') }),
  },
  {
    theirs: 'summary-list',
    file: 'summary-list',
    macro: 'summaryList',
    examples: [
      'as a summary card with a text header',
      'as a summary card with actions',
      'summary card with only 1 action',
    ],
    params: (options) => {
      const { card, rows } = options as unknown as SummaryOptions
      return {
        card: card && { title: card.title.text, actions: actions(card.actions) },
        rows: rows.map((row) => ({ key: row.key.text, value: row.value.text, actions: actions(row.actions) })),
      }
    },
  },
  {
    theirs: 'table',
    file: 'table',
    macro: 'table',
    examples: ['with head', 'with head and caption', 'with firstCellIsHeader true'],
    without: ['data-label'],
    params: ({ caption, captionClasses, head, rows, firstCellIsHeader }) => ({
      caption,
      captionHidden: captionClasses === 'govuk-visually-hidden',
      rowHeaders: firstCellIsHeader ?? false,
      head: ((head ?? []) as { text: string; format?: string }[]).map(({ text, format }) => ({
        text,
        numeric: format !== undefined,
      })),
      rows: (rows as { text: string; format?: string }[][]).map((row) =>
        row.map(({ text, format }) => ({ text, numeric: format !== undefined })),
      ),
    }),
    but: (markup) =>
      `<div>${markup
        .replaceAll(/govuk-table__caption(?:--[a-z]+)?/g, '')
        .replace(/<caption class="\s*"/, '<caption class="govuk-table__caption govuk-table__caption--m"')
        .replaceAll(/(<td[^>]*>)([^<]*)<\/td>/g, '$1<span>$2</span></td>')}</div>`,
  },
  {
    theirs: 'pagination',
    file: 'pagination',
    macro: 'pagination',
    examples: ['with custom link and item text'],
    without: ['aria-label', 'xmlns'],
    params: ({ previous, next, items }) => ({ previous, next, items }),
  },
  {
    theirs: 'warning-text',
    file: 'warning-text',
    macro: 'warningText',
    examples: ['default', 'multiple lines'],
    params: ({ text }) => ({ text }),
    but: (markup) => markup.replace('>Warning<', '>Please note<'),
  },
  {
    theirs: 'inset-text',
    file: 'inset-text',
    macro: 'insetText',
    examples: ['default'],
    params: ({ text }) => ({ text }),
  },
  {
    theirs: 'panel',
    file: 'panel',
    macro: 'panel',
    examples: ['title with no body text'],
    params: ({ titleText }) => ({ title: titleText }),
  },
  {
    theirs: 'input',
    file: 'fields/text',
    macro: 'text',
    examples: [
      'default',
      'with hint text',
      'with error message',
      'with error and hint',
      'with width-2 class',
      'with width-4 class',
      'with width-10 class',
      'with width-20 class',
      'with prefix',
      'with suffix',
      'with prefix and suffix',
      'with prefix and suffix and error',
      'inputmode',
      'with autocomplete attribute',
      'with spellcheck disabled',
      'custom type',
      'value',
      'zero value',
    ],
    params: (options) => {
      const given = options as unknown as FieldOptions
      return {
        ...field(given),
        type: given.type,
        inputmode: given.inputmode,
        autocomplete: given.autocomplete,
        spellcheck: given.spellcheck,
        prefix: given.prefix?.text,
        suffix: given.suffix?.text,
        width: given.classes?.replace('govuk-input--width-', 'w-'),
      }
    },
  },
  {
    theirs: 'textarea',
    file: 'fields/textarea',
    macro: 'textarea',
    examples: [
      'default',
      'with hint',
      'with error message',
      'with default value',
      'with custom rows',
      'with hint and error message',
      'with autocomplete attribute',
    ],
    params: (options) => {
      const given = options as unknown as FieldOptions
      return { ...field(given), rows: given.rows, autocomplete: given.autocomplete }
    },
  },
  {
    theirs: 'character-count',
    file: 'fields/textarea',
    macro: 'textarea',
    examples: ['default', 'with hint', 'with hint and error', 'with default value', 'with custom rows'],
    params: (options) => {
      const given = options as unknown as FieldOptions
      return { ...field(given), rows: given.rows, maxLength: given.maxlength }
    },
    but: (markup) => markup.replaceAll(/(You can enter up to \d+ characters)/g, '$1.'),
  },
  {
    theirs: 'select',
    file: 'fields/select',
    macro: 'select',
    examples: ['with hint text and error message', 'error', 'with selected value'],
    params: (options) => ({
      ...field(options as unknown as FieldOptions),
      items: [{ value: '', text: '' }, ...(options.items as object[])],
    }),
    but: (markup) =>
      markup.replace(/(<select[^>]*>)/, '$1<option value=""></option>').replaceAll(/ disabled(?=[ >])/g, ''),
  },
  {
    theirs: 'radios',
    file: 'fields/radios',
    macro: 'radios',
    examples: ['with hint', 'inline', 'with fieldset and error message'],
    without: ['data-module'],
    params: (options) => ({ ...choices(options as unknown as ChoiceOptions), inline: options.classes !== undefined }),
    but: legendsAlike,
  },
  {
    theirs: 'checkboxes',
    file: 'fields/checkboxes',
    macro: 'checkboxes',
    examples: ['with hint', 'with error message', 'with error message and hint'],
    without: ['data-module'],
    params: (options) => choices(options as unknown as ChoiceOptions),
    but: legendsAlike,
  },
  {
    theirs: 'file-upload',
    file: 'fields/file',
    macro: 'file',
    examples: ['default', 'with hint text', 'with error message and hint', 'allows multiple files'],
    params: (options) => {
      const given = options as unknown as FieldOptions
      return { ...field(given), multiple: given.multiple }
    },
    but: (markup) => markup.replace(/<input[\s\S]*?>/, '<div>$&</div>'),
  },
  {
    theirs: 'fieldset',
    file: 'fields/fieldset',
    macro: 'fieldset',
    examples: ['styled as medium text', 'styled as large text', 'as page heading l', 'with describedBy'],
    params: ({ legend, describedBy }) => {
      const {
        text,
        classes = 'x--m',
        isPageHeading,
      } = legend as { text: string; classes?: string; isPageHeading?: boolean }
      return { legend: text, size: classes.replace(/^.*--/, ''), heading: isPageHeading, describedBy }
    },
    but: (markup) => markup.replace('"govuk-fieldset__legend"', '"govuk-fieldset__legend govuk-fieldset__legend--m"'),
  },
]

describe.each(comparisons)(
  '$macro ($file)',
  ({ theirs, file, macro, examples, params, without = [], but = (same) => same }) => {
    const known = fixtures(theirs)
    test.each(examples)('like the example „%s”', (name) => {
      const example = known.find((fixture) => fixture.name === name)
      if (example === undefined) throw new Error(`the package has no example ${name} of ${theirs}`)
      const ours = component(file, macro, params(example.options))
      expect(normalised(ours, { without })).toBe(normalised(but(example.html), { without }))
    })
  },
)

test('a date has their structure, but begins with the year', () => {
  const example = fixtures('date-input').find(({ name }) => name === 'with error message and hint')
  if (example === undefined) throw new Error('the package has no such example')
  const options = example.options as unknown as ChoiceOptions & { id: string }
  const ours = component('fields/date', 'date', { ...choices({ ...options, items: [] }), id: options.id, name: 'dob' })
  const classes = (markup: string) =>
    [...legendsAlike(markup).matchAll(/<([a-z]+)[^>]*class="([^"]*)"/g)]
      .map(
        ([, tag, names = '']) =>
          `${tag} ${names
            .split(/\s+/)
            .filter((one) => one !== '')
            .sort()
            .join(' ')}`,
      )
      .sort()
  // Of their three parts only the first is marked wrong, of ours all, unless told which.
  const marked = (lines: string[]) => [...new Set(lines.map((line) => line.replace(' govuk-input--error', '')))]
  expect(marked(classes(ours))).toEqual(marked(classes(example.html)))
  expect([...ours.matchAll(/name="([^"]*)"/g)].map(([, name]) => name?.replace(/^.*\./, ''))).toEqual([
    'year',
    'month',
    'day',
  ])
})
