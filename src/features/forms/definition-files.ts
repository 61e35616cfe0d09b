import { readdirSync, readFileSync } from 'node:fs'
import { z } from 'zod'
import { projectRoot } from '../../platform/project-root.ts'
import { type FormDefinition, formDefinition } from './engine/definition.ts'
import { faultsOfDefinition } from './engine/soundness.ts'

const ownFolder = new URL('src/features/forms/definitions/', projectRoot)

/**
 * All published versions of all forms, `<code>/<version>.json`, checked. Blocks of fields that many forms share stand under
 * `blocks/<name>/<version>.json` and are put in where a page says `{ "block": "natural-person/1", "prefix": "taxpayer" }`; a block's
 * version is never changed either, so that a form stays what it was. The same holds of long lists of choices that several forms
 * share: `"choices": { "list": "tax-types/1" }` stands for those of `lists/tax-types/1.json`. An editor that is told so
 * (`"$schema": "../form.schema.json"`) helps to write one.
 *
 * @throws Error that names the file and what is wrong with it
 */
export function readDefinitions(folder: URL = ownFolder): FormDefinition[] {
  const read = () => definitionFiles(folder).map((file) => readDefinitionFile(file, folder))
  if (folder !== ownFolder) return read()
  ownDefinitions ??= read()
  return [...ownDefinitions]
}

/** The program's own do not change while it runs. */
let ownDefinitions: FormDefinition[] | undefined

/** `<code>/<version>.json` of all there are. */
export function definitionFiles(folder: URL = ownFolder): string[] {
  return formCodes(folder).flatMap((code) => readdirSync(new URL(`${code}/`, folder)).map((file) => `${code}/${file}`))
}

/** @throws Error that names the file and what is wrong with it */
export function readDefinitionFile(file: string, folder: URL = ownFolder): FormDefinition {
  const definition = readDefinition(new URL(file, folder), folder)
  const { code, version } = definition
  if (`${code}/${String(version)}.json` !== file) throw new Error(`${file} holds ${code} ${String(version)}`)
  return definition
}

/** The codes of all forms there are (központi űrlapkészlet). */
export function formCodes(folder: URL = ownFolder): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !shared.has(entry.name))
    .map(({ name }) => name)
    .sort()
}

const shared = new Set(['blocks', 'lists'])

function readDefinition(file: URL, folder: URL): FormDefinition {
  const read = formDefinition.safeParse(withLists(withBlocks(withoutSchema(readJson(file)), folder), folder))
  if (!read.success) throw new Error(`${file.pathname} is not a form: ${z.prettifyError(read.error)}`)
  const faults = faultsOfDefinition(read.data)
  if (faults.length > 0) throw new Error(`${file.pathname} is not sound:\n${faults.join('\n')}`)
  return read.data
}

/** What tells an editor how to help is no part of the form. */
function withoutSchema(definition: unknown): unknown {
  if (typeof definition !== 'object' || definition === null || !('$schema' in definition)) return definition
  const { $schema: _schema, ...rest } = definition
  return rest
}

function readJson(file: URL): unknown {
  return JSON.parse(readFileSync(file, 'utf8'))
}

const pagesOnly = z.looseObject({ pages: z.array(z.looseObject({ items: z.array(z.unknown()) })) })
/** A block of fields, put in here. */
export const blockUse = z.strictObject({
  block: z.string().regex(/^[a-z-]+\/[0-9]+$/),
  prefix: z.string().optional(),
  /** what differs from the block in this form, by the block's own ids */
  change: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
})
const block = z.strictObject({ items: z.array(z.looseObject({ id: z.string() })) })

function withBlocks(definition: unknown, folder: URL): unknown {
  const read = pagesOnly.safeParse(definition)
  if (!read.success) return definition
  return {
    ...read.data,
    pages: read.data.pages.map((page) => ({
      ...page,
      items: page.items.flatMap((item) => (isBlockUse(item) ? itemsOfBlock(blockUse.parse(item), folder) : [item])),
    })),
  }
}

/** A shared list of choices. */
export const listUse = z.strictObject({ list: z.string().regex(/^[a-z-]+\/[0-9]+$/) })
const list = z.strictObject({ choices: z.array(z.unknown()) })

function withLists(value: unknown, folder: URL): unknown {
  if (isList(value)) return value.map((one) => withLists(one, folder))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      const use = key === 'choices' ? listUse.safeParse(inner) : undefined
      return use?.success
        ? [key, list.parse(readJson(new URL(`lists/${use.data.list}.json`, folder))).choices]
        : [key, withLists(inner, folder)]
    }),
  )
}

function isBlockUse(item: unknown): boolean {
  return typeof item === 'object' && item !== null && 'block' in item
}

function itemsOfBlock(use: z.infer<typeof blockUse>, folder: URL): unknown[] {
  const { items } = block.parse(readJson(new URL(`blocks/${use.block}.json`, folder)))
  const ids = new Set(items.map(({ id }) => id))
  const named = (id: string) => (use.prefix !== undefined && ids.has(id) ? `${use.prefix}-${id}` : id)
  for (const id of Object.keys(use.change ?? {}))
    if (!ids.has(id)) throw new Error(`${use.block} has no ${id} to change`)
  return items.map((item) => {
    const changed: Record<string, unknown> = { ...item, ...use.change?.[item.id] }
    return renamed(changed, named)
  })
}

const listsOfReferences = new Set(['sum', 'same', 'days'])
const references = new Set(['id', 'field', 'yearOf', 'birthDateIn', 'outsideBuiltUpArea', 'rows', 'distinct'])

function isList(value: unknown): value is unknown[] {
  return Array.isArray(value)
}

/** The block's fields under the names they have in this form, wherever they are named. */
function renamed(value: unknown, named: (id: string) => string): unknown {
  if (isList(value)) return value.map((one) => renamed(one, named))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (typeof inner === 'string' && references.has(key)) return [key, named(inner)]
      if (listsOfReferences.has(key) && isList(inner))
        return [key, inner.map((id) => (typeof id === 'string' ? named(id) : id))]
      return [key, renamed(inner, named)]
    }),
  )
}
