import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { definitionFiles } from '../../../src/features/forms/definition-files.ts'
import { faultsOfConditions } from '../../../src/features/forms/engine/rule-soundness.ts'
import { checkDefinitions, definitionSchema, previewOf } from '../../../src/features/forms/index.ts'
import { projectRoot } from '../../../src/platform/project-root.ts'
import { tinyChoices, tinyField, tinyForm, tinyGroup, tinyPage, tinyRule } from './tiny-forms.ts'

const definitions = new URL('src/features/forms/definitions/', projectRoot)
const readJson = (file: URL): unknown => JSON.parse(readFileSync(file, 'utf8'))
const text = (id: string, more: object = {}) => tinyField('text', id, { maxLength: 10, ...more })
const choice = (id: string, more: object = {}) => tinyField('choice', id, { choices: tinyChoices('a', 'b'), ...more })

describe('the schema for editors', () => {
  const follows = new Ajv2020({ validateFormats: false, allErrors: true }).compile(definitionSchema())

  test('beside the definitions is the one the engine has; `npm run forms:schema` writes it', () => {
    expect(readJson(new URL('form.schema.json', definitions))).toEqual(definitionSchema())
  })

  test.each(definitionFiles())('accepts %s as it is written', (file) => {
    expect([follows(readJson(new URL(file, definitions))), follows.errors]).toEqual([true, null])
  })

  const written = { ...tinyForm([tinyPage('egy', [text('x')])]), $schema: '../form.schema.json' }
  const page = (item: object) => ({ ...written, pages: [tinyPage('egy', [item])] })
  test.each<[string, object, boolean]>([
    ['a form that names the schema', written, true],
    ['a block of fields', page({ block: 'sender/1', change: { email: { required: false } } }), true],
    ['a shared list of choices', page({ ...choice('x'), choices: { list: 'tax-types/1' } }), true],
    ['a block with a slip of the pen', page({ block: 'sender/1', prefx: 'a' }), false],
    ['a list by no number', page({ ...choice('x'), choices: { list: 'tax-types' } }), false],
    ['a field of an unknown kind', page({ ...text('x'), type: 'telepathy' }), false],
    ['a label in one language', page({ ...text('x'), label: { hu: 'Név' } }), false],
    [
      'a rule without a message',
      page({ ...text('x'), rules: [{ ...tinyRule({ field: 'x', is: 'a' }), message: undefined }] }),
      false,
    ],
    ['a condition of an unknown kind', page({ ...text('x'), when: { field: 'y', equals: 'a' } }), false],
  ])('judges %s', (_what, form, expected) => {
    expect(follows(JSON.parse(JSON.stringify(form)))).toBe(expected)
  })
})

describe('a form is checked', () => {
  let folder: string
  const put = (file: string, content: unknown) => {
    mkdirSync(join(folder, file, '..'), { recursive: true })
    writeFileSync(join(folder, file), typeof content === 'string' ? content : JSON.stringify(content))
  }
  const check = (code?: string) =>
    checkDefinitions({ folder: pathToFileURL(`${folder}/`), ...(code === undefined ? {} : { code }) })
  const sound = { ...tinyForm([tinyPage('egy', [text('x')])]), $schema: '../form.schema.json' }

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'urlapok-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  test('each by itself: one that is wrong hides no other', () => {
    put('apro/1.json', sound)
    put('apro/2.json', { ...sound, version: 2, title: { hu: 'Apró' } })
    put('masik/1.json', '{ "code": ')
    expect(check()).toEqual([
      { file: 'apro/1.json', definition: expect.objectContaining({ code: 'apro' }) },
      { file: 'apro/2.json', fault: expect.stringMatching(/title\.en/) },
      { file: 'masik/1.json', fault: expect.stringMatching(/JSON/) },
    ])
    expect(check('masik')).toHaveLength(1)
  })

  test('by the command, which names file and reason and fails', () => {
    put('apro/1.json', sound)
    put('apro/2.json', {
      ...sound,
      version: 2,
      pages: [tinyPage('egy', [text('x', { when: { field: 'y', is: 'a' } })])],
    })
    const run = (...parameters: string[]) =>
      spawnSync(process.execPath, ['--import', 'tsx', 'src/forms-check.ts', '--folder', folder, ...parameters], {
        cwd: fileURLToPath(projectRoot),
        encoding: 'utf8',
      })
    const wrong = run('apro')
    expect(wrong.status).toBe(1)
    expect(wrong.stdout).toContain('[x] text, required')
    expect(wrong.stderr).toMatch(/apro\/2\.json[^]*x: its condition names y, which does not exist/)

    rmSync(join(folder, 'apro/2.json'))
    const right = run()
    expect([right.status, right.stderr]).toEqual([0, ''])
    expect(right.stdout).toContain('apro/1.json  Apró űrlap: 1 pages, 1 questions')
  }, 120_000)
})

describe('no answers', () => {
  const must = (condition: object, ...items: object[]) =>
    faultsOfConditions(tinyForm([tinyPage('egy', [...items, text('x', { rules: [tinyRule(condition)] })])]))
  const number = tinyField('number', 'n', { decimals: 0, min: '1', max: '5' })

  test('satisfy or break these rules, and that is said', () => {
    expect(must({ compare: [{ field: 'n' }, '>', { value: '5' }] }, number)).toEqual([
      'x, rule szabaly: no answers satisfy it',
    ])
    expect(must({ compare: [{ field: 'n' }, '<=', { value: '5' }] }, number)).toEqual([
      'x, rule szabaly: no answers break it, so its message is never read',
    ])
    expect(must({ compare: [{ field: 'n' }, '<', { value: '5' }] }, number)).toEqual([])
  })

  test('lead to a value that is filled in beforehand, or to a way of calculating', () => {
    const both = {
      all: [
        { field: 'c', is: 'a' },
        { field: 'c', is: 'b' },
      ],
    }
    const form = tinyForm([
      tinyPage('egy', [choice('c')]),
      tinyPage('ketto', [
        text('x', { prefill: { from: 'identity.full-name', locked: false, when: both } }),
        tinyField('calculated', 'k', { value: { if: both, then: { value: '1' }, else: { value: '2' } } }),
      ]),
    ])
    expect(faultsOfConditions(form)).toEqual([
      'x: is never filled in beforehand',
      'k: its calculation decides by something that never is so',
    ])
  })
})

test('a preview says what is asked when, and what must hold, in words', () => {
  const amount = tinyField('amount', 'fee')
  const form = tinyForm([
    tinyPage('egy', [choice('kind'), tinyField('yes-no', 'sure', { when: { field: 'kind', in: ['a', 'b'] } })]),
    tinyPage(
      'ketto',
      [
        tinyGroup('owners', [amount, tinyField('date', 'since')], { max: 3 }),
        tinyField('calculated', 'total', { value: { add: [{ sum: ['fee'] }, { value: '5' }] } }),
        text('x', {
          required: false,
          rules: [
            tinyRule({
              any: [{ compare: [{ field: 'total' }, '<', { value: '9' }] }, { not: { field: 'sure', is: 'yes' } }],
            }),
          ],
        }),
      ],
      { when: { field: 'kind', is: 'a' } },
    ),
  ])
  const preview = previewOf(form)
  for (const line of [
    'apro, version 1 (general)',
    '1. egy / egy (en) [egy]',
    '   - kind / kind (en) [kind] choice, 2 choices, required',
    '     only if „kind” is „a” or „b”',
    '2. ketto / ketto (en) [ketto]',
    '   only if „kind” is „a”',
    '   - owners / owners (en) [owners] rows, 0 to 3',
    '     - fee / fee (en) [fee] amount, required',
    '     = (the sum of „fee” + 5)',
    '   - x / x (en) [x] text, optional',
    '     error unless „total” < 9 or not („sure” is yes): nem jó / nem jó (en)',
  ]) {
    expect(preview.split('\n')).toContain(line)
  }
})
