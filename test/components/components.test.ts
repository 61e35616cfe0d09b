/** What holds of every component: it needs nothing optional, it escapes what it is given, and it speaks both languages. */
import { readdirSync } from 'node:fs'
import { parse } from 'node-html-parser'
import { describe, expect, test } from 'vitest'
import { projectRoot } from '../../src/platform/project-root.ts'
import { component, page } from './rendered.ts'

const hostile = '"\'><svg/onload=x>{{ 7*70001 }}'
const plainField = { id: 'mezo', name: 'mezo', label: hostile }
const item = { value: hostile, text: hostile }

/** Each macro with the least it can be called with, and with all it can be told. */
const calls: Record<string, { macro: string; least: object; most: object; inside?: boolean }> = {
  'acting-for': { macro: 'actingFor', least: {}, most: { party: { name: hostile } } },
  amount: { macro: 'amount', least: { value: 0 }, most: { value: 1_234_567, strong: true } },
  'back-link': { macro: 'backLink', least: { href: '/' }, most: { href: hostile, text: hostile } },
  'big-actions': {
    macro: 'bigActions',
    least: { items: [{ href: '/', title: hostile }] },
    most: { level: 3, items: [{ href: hostile, title: hostile, text: hostile, icon: hostile }] },
  },
  breadcrumbs: {
    macro: 'breadcrumbs',
    least: { items: [] },
    most: { items: [{ text: hostile, href: hostile }, { text: hostile }] },
  },
  button: {
    macro: 'button',
    least: { text: hostile },
    most: {
      text: hostile,
      variant: 'start',
      name: hostile,
      value: hostile,
      preventDoubleClick: true,
      attributes: { form: hostile },
    },
  },
  card: {
    macro: 'card',
    least: {},
    most: { title: hostile, text: hostile, href: hostile, level: 3, icon: 'place' },
    inside: true,
  },
  details: {
    macro: 'details',
    least: { summary: hostile },
    most: { summary: hostile, text: hostile, open: true },
    inside: true,
  },
  code: {
    macro: 'code',
    least: { size: 21, path: '', spoken: hostile, caption: hostile },
    most: { size: 177, path: hostile, spoken: hostile, caption: hostile },
  },
  'empty-state': {
    macro: 'emptyState',
    least: { title: hostile },
    most: { title: hostile, text: hostile, action: { href: hostile, text: hostile } },
  },
  'error-summary': {
    macro: 'errorSummary',
    least: { errors: [] },
    most: { title: hostile, errors: [{ href: '#mezo', text: hostile }] },
  },
  'feature-list': {
    macro: 'featureList',
    least: { items: [{ title: hostile }] },
    most: { numbered: true, items: [{ title: hostile, text: hostile, icon: 'tax', href: hostile, tag: hostile }] },
  },
  'fields/calculated': {
    macro: 'calculated',
    least: { id: 'mezo', label: hostile },
    most: { id: 'mezo', label: hostile, hint: hostile, error: hostile, value: hostile, button: true, address: hostile },
  },
  'fields/checkbox': { macro: 'checkbox', least: plainField, most: filled({ value: 'yes' }) },
  'fields/checkboxes': {
    macro: 'checkboxes',
    least: { ...plainField, items: [item] },
    most: filled({ value: [hostile], items: [{ ...item, hint: hostile }, item] }),
  },
  'fields/date': {
    macro: 'date',
    least: plainField,
    most: filled({ value: { year: hostile, month: hostile, day: hostile } }),
  },
  'fields/fieldset': {
    macro: 'fieldset',
    least: { legend: hostile },
    most: { legend: hostile, hint: hostile, heading: true, size: 'l', describedBy: 'x' },
    inside: true,
  },
  'fields/file': {
    macro: 'file',
    least: plainField,
    most: filled({
      locked: false,
      multiple: true,
      accept: '.pdf',
      removeName: 'torles',
      addName: 'hozzaadas',
      files: [
        { id: hostile, name: hostile, size: 0, state: 'waiting' },
        { id: '2', name: hostile, size: 26_214_400, state: 'infected' },
      ],
    }),
  },
  'fields/radios': {
    macro: 'radios',
    least: { ...plainField, items: [item] },
    most: filled({ value: hostile, inline: true, items: [{ ...item, hint: hostile }, item] }),
  },
  'fields/search': {
    macro: 'search',
    least: { ...plainField, suggestions: [hostile] },
    most: filled({ value: hostile, suggestions: [hostile, hostile] }),
  },
  'fields/select': {
    macro: 'select',
    least: { ...plainField, items: [item] },
    most: filled({ value: hostile, items: [item] }),
  },
  'fields/text': {
    macro: 'text',
    least: plainField,
    most: filled({
      value: hostile,
      inputmode: 'numeric',
      autocomplete: 'off',
      width: 'w-10',
      prefix: hostile,
      suffix: hostile,
      spellcheck: false,
    }),
  },
  'fields/textarea': {
    macro: 'textarea',
    least: plainField,
    most: filled({ value: hostile, rows: 8, maxLength: 2_000 }),
  },
  footer: { macro: 'footer', least: {}, most: { clocks: { idleUntil: hostile, identifiedUntil: hostile } } },
  'form-ticket': { macro: 'formTicket', least: { ticket: hostile }, most: { ticket: hostile } },
  hero: { macro: 'hero', least: { title: hostile }, most: { title: hostile, lead: hostile }, inside: true },
  icon: { macro: 'icon', least: {}, most: { name: hostile, size: 16 } },
  'inset-text': { macro: 'insetText', least: { text: hostile }, most: { text: hostile }, inside: true },
  'language-switch': {
    macro: 'languageSwitch',
    least: { to: 'en', text: hostile, back: hostile },
    most: { to: 'en', text: hostile, back: hostile, csrf: hostile, form: hostile },
  },
  logo: { macro: 'logo', least: {}, most: {} },
  'mandate-fields': {
    macro: 'mandateFields',
    least: { typed: { lines: {}, sectors: [], forms: [], rights: [], taxTypes: [] }, errorOf: {} },
    most: {
      typed: {
        lines: { nev: hostile, 'szuletesi-hely': hostile },
        birthDate: { year: hostile, month: hostile, day: hostile },
        rights: [hostile],
        matters: hostile,
        sectors: [hostile],
        forms: [hostile],
        taxes: hostile,
        taxTypes: [hostile],
        from: { year: hostile, month: '1', day: '1' },
      },
      errorOf: { nev: hostile, jogok: hostile, adonemek: hostile, vege: hostile },
      rights: [{ value: hostile, text: hostile }],
      rightsHint: hostile,
      sectors: [{ value: hostile, text: hostile }],
      forms: [{ value: hostile, text: hostile }],
      taxTypes: [{ value: hostile, text: hostile }],
    },
  },
  navigation: {
    macro: 'navigation',
    least: { path: '/', items: [] },
    most: { path: '/a/b', items: [{ href: '/a', text: hostile }] },
  },
  notice: {
    macro: 'notice',
    least: {},
    most: { kind: 'success', title: hostile, text: hostile, id: 'x' },
    inside: true,
  },
  pagination: {
    macro: 'pagination',
    least: {},
    most: {
      label: hostile,
      previous: { href: hostile },
      next: { href: hostile, text: hostile },
      items: [{ number: 1, href: hostile, current: true }, { ellipsis: true }],
    },
  },
  panel: {
    macro: 'panel',
    least: { title: hostile },
    most: { title: hostile, text: hostile, number: hostile },
    inside: true,
  },
  'section-tabs': {
    macro: 'sectionTabs',
    least: { label: hostile, items: [] },
    most: { label: hostile, items: [{ text: hostile, href: hostile, count: 0, current: true }] },
  },
  'saving-line': { macro: 'savingLine', least: {}, most: {} },
  'session-banner': { macro: 'sessionBanner', least: {}, most: { state: 'paused' } },
  'session-clocks': {
    macro: 'sessionClocks',
    least: { clocks: null },
    most: { clocks: { idleUntil: hostile, identifiedUntil: hostile } },
  },
  'session-dialogs': {
    macro: 'sessionDialogs',
    least: {
      clocks: { idleSeconds: 0, identifiedSeconds: 0, idleLimitSeconds: 0 },
      lineage: '',
      csrf: '',
      address: '/',
    },
    most: {
      clocks: { idleSeconds: hostile, identifiedSeconds: hostile, idleLimitSeconds: hostile },
      lineage: hostile,
      csrf: hostile,
      address: hostile,
    },
  },
  'session-notice': {
    macro: 'sessionNotice',
    least: { csrf: '', address: '/' },
    most: { csrf: hostile, address: hostile },
  },
  'form-search': { macro: 'formSearch', least: { address: '/' }, most: { address: hostile, query: hostile } },
  'settlement-search': {
    macro: 'settlementSearch',
    least: {},
    most: {
      variant: 'hero',
      id: 'x',
      name: 'q',
      label: hostile,
      hint: hostile,
      button: hostile,
      error: hostile,
      value: hostile,
    },
  },
  'signature-block': { macro: 'signatureBlock', least: {}, most: { signers: [hostile, ''] } },
  status: { macro: 'status', least: { state: 'submitted' }, most: { state: 'closed' } },
  steps: {
    macro: 'steps',
    least: { items: [] },
    most: {
      label: hostile,
      items: [
        { text: hostile, href: hostile, state: 'done' },
        { text: hostile, state: 'current' },
        { text: hostile, state: 'todo' },
      ],
    },
  },
  'summary-list': {
    macro: 'summaryList',
    least: { rows: [{ key: hostile }] },
    most: {
      card: { title: hostile, actions: [{ href: hostile, text: hostile }] },
      rows: [
        { key: hostile, values: [hostile, hostile], actions: [{ href: hostile, text: hostile, hidden: hostile }] },
        { key: hostile, value: 0 },
      ],
    },
  },
  table: {
    macro: 'table',
    least: { head: [hostile], rows: [[{ text: hostile }]] },
    most: {
      caption: hostile,
      captionHidden: true,
      head: [{ text: hostile, hidden: true }, { text: hostile, numeric: true }, hostile],
      rows: [
        [
          { text: hostile, href: hostile, hidden: hostile },
          { text: hostile, numeric: true, note: hostile },
          { state: 'submitted' },
        ],
      ],
    },
  },
  tag: { macro: 'tag', least: { text: hostile }, most: { text: hostile, colour: 'green' } },
  timeline: {
    macro: 'timeline',
    least: { items: [{ title: hostile }] },
    most: {
      heading: 'h2',
      items: [
        { title: hostile, at: new Date(0), by: hostile, text: hostile, upcoming: true, isNew: true },
        { title: hostile, at: hostile },
      ],
    },
  },
  'warning-text': { macro: 'warningText', least: { text: hostile }, most: { text: hostile } },
  'writing-space': {
    macro: 'writingSpace',
    least: { kind: 'lines', count: 1 },
    most: {
      kind: 'parts',
      parts: [
        { label: hostile, percent: 50 },
        { label: hostile, percent: 20, boxes: 4 },
      ],
    },
  },
}

function filled(more: object): object {
  return { ...plainField, hint: hostile, error: hostile, optional: true, locked: true, ...more }
}

/** Used by other components only, not called with one object. */
const inner = ['attributes', 'csrf', 'fields/parts']

test('every component is tried here', () => {
  const files = readdirSync(new URL('views/components/', projectRoot), { recursive: true, encoding: 'utf8' })
  const names = files.filter((file) => file.endsWith('.njk')).map((file) => file.replace('.njk', ''))
  expect(names.filter((name) => !inner.includes(name)).sort()).toEqual(Object.keys(calls).sort())
})

describe.each(Object.entries(calls))('%s', (file, { macro, least, most, inside }) => {
  const body = inside ? { inside: '<p>magyarázat</p>' } : {}

  test.each([
    ['least', least],
    ['most', most],
  ])('shows itself with the %s it can be told, in both languages', (_, params) => {
    for (const language of ['hu', 'en'] as const) {
      expect(component(file, macro, params, { language })).not.toContain('undefined')
      if (inside) expect(component(file, macro, params, { language, ...body })).toContain('<p>magyarázat</p>')
    }
  })

  test('escapes what it is given', () => {
    const root = parse(component(file, macro, most, body))
    const drawn = root.querySelectorAll('svg').filter((svg) => svg.attributes.onload !== undefined)
    expect(drawn).toEqual([])
    for (const element of root.querySelectorAll('*')) {
      const names = Object.keys(element.attributes)
      expect(
        names.filter((name) => !/^[a-z][a-zA-Z0-9.-]*$/.test(name) || name.startsWith('on') || name === 'style'),
      ).toEqual([])
    }
    expect(root.toString()).not.toContain('490007')
  })
})

const failures = [
  'not-found',
  'not-allowed',
  'not-signed-in',
  'conflict',
  'bad-request',
  'too-large',
  'too-many',
  'outside-system-down',
  'failure',
]

test.each(failures)('the page for %s says what to do and carries its number', (name) => {
  for (const language of ['hu', 'en'] as const) {
    const shown = page(`errors/${name}.njk`, { reference: 'K7M3PQ', reasonText: '', system: '' }, language)
    expect(parse(shown).querySelector('.portal-failure__reference')?.text).toContain('K7M3PQ')
    expect(parse(shown).querySelectorAll('h1')).toHaveLength(1)
    const told = page(`errors/${name}.njk`, { reference: 'K7M3PQ', reasonText: hostile, system: '' }, language)
    expect(parse(told).querySelector('.govuk-body-l')?.text).toBe(hostile)
  }
})

test('what could not be sent without signing in is given back', () => {
  const shown = page('errors/not-signed-in.njk', {
    reference: 'K7M3PQ',
    reasonText: '',
    typed: [{ key: 'Indokolás', value: hostile }],
  })
  expect(parse(shown).querySelector('.govuk-summary-list__value')?.text).toBe(hostile)
})

describe('the layout', () => {
  const shown = (values: object) =>
    parse(page('errors/failure.njk', { reference: 'K7M3PQ', reasonText: '', ...values }))

  test('a stranger may sign in and is not shown what is a person’s own', () => {
    const root = shown({})
    expect(root.querySelector('a[href="/belepes"]')).not.toBeNull()
    expect(root.querySelector('form[action="/kijelentkezes"]')).toBeNull()
    expect(root.querySelector('a[href="/sajat/ugyek"]')).toBeNull()
  })

  test('a person signed in is named, may sign out, and reads both clocks', () => {
    const root = shown({
      person: { name: 'Minta Anna' },
      csrf: 'jel',
      clocks: {
        idleUntil: '14:35:07',
        identifiedUntil: '18:05:06',
        idleSeconds: 1_800,
        identifiedSeconds: 12_600,
        idleLimitSeconds: 1_800,
      },
      lineage: 'cimke',
    })
    expect(root.querySelector('.portal-header__person')?.text).toContain('Minta Anna')
    expect(root.querySelector('form[action="/kijelentkezes"] input[name="_csrf"]')?.getAttribute('value')).toBe('jel')
    expect(root.querySelector('.portal-clocks')?.text).toContain('14:35:07')
    expect(root.querySelector('.portal-clocks')?.text).toContain('18:05:06')
    expect(root.querySelector('#munkamenet')?.attributes).toMatchObject({
      'data-lineage': 'cimke',
      'data-idle': '1800',
      'data-identified': '12600',
    })
  })

  test('the language button goes back to the address, or takes the typed values of the page’s form with it', () => {
    const away = shown({ address: '/onkormanyzatok?q=%C3%BAj' }).querySelector('form[action="/nyelv"]')
    expect(away?.querySelector('input[name="vissza"]')?.getAttribute('value')).toBe('/onkormanyzatok?q=%C3%BAj')
    expect(away?.querySelector('button')?.attributes).toMatchObject({ name: 'nyelv', value: 'en', lang: 'en' })
    const kept = shown({ languageForm: 'urlap' })
    expect(kept.querySelector('form[action="/nyelv"]')).toBeNull()
    const [first, second] = kept.querySelectorAll('button[form="urlap"]')
    // Enter in a field presses the first button of the form: that must not be the one for the language.
    expect(first?.attributes.name).toBeUndefined()
    expect(second?.attributes).toMatchObject({ name: 'nyelv', value: 'en' })
  })

  test('the present page is marked in the navigation, also below its address', () => {
    const root = shown({ person: { name: 'Minta Anna' }, path: '/sajat/ugyek/123' })
    expect(root.querySelectorAll('[aria-current]').map((link) => link.getAttribute('href'))).toEqual(['/sajat/ugyek'])
  })

  test('a paused session is told without a name', () => {
    const banner = shown({ sessionState: 'paused' }).querySelector('.portal-session')
    expect(banner?.text).toContain('Munkamenete szünetel')
    expect(banner?.querySelector('a[href="/munkamenet/szunet"]')).not.toBeNull()
    // the header offers no other way in, and the page that leads on says it itself
    expect(shown({ sessionState: 'paused' }).querySelector('a[href="/belepes"]')).toBeNull()
    expect(shown({ sessionState: 'paused', path: '/munkamenet/szunet' }).querySelector('.portal-session')).toBeNull()
  })

  test('the title tells of errors', () => {
    const title = (values: object) => shown(values).querySelector('title')?.text
    expect(title({})).toBe('Hiba történt nálunk – Önkormányzati Hivatali Portál')
    expect(title({ errors: [{ text: 'x' }] })).toBe('Hiba: Hiba történt nálunk – Önkormányzati Hivatali Portál')
  })

  test('styles and scripts carry their hashes; nothing is inline', () => {
    const root = shown({ demo: true })
    expect(root.querySelectorAll('link[rel="stylesheet"]')).not.toEqual([])
    expect(root.querySelectorAll('script')).not.toEqual([])
    for (const element of root.querySelectorAll('link[rel="stylesheet"], script')) {
      expect(element.getAttribute('integrity')).toMatch(/^sha384-/)
    }
    expect(root.querySelectorAll('script').every((script) => script.text === '')).toBe(true)
    expect(root.querySelectorAll('style, [style]')).toEqual([])
  })
})
