import { z } from 'zod'
import { blockUse, listUse } from './definition-files.ts'
import { formDefinition } from './engine/definition.ts'

/** A JSON Schema, or a part of one. */
interface Schema {
  [key: string]: unknown
}

/**
 * The JSON Schema (2020-12) of a definition file, for editors: that of the engine, with blocks of fields and lists of choices
 * where a file names them.
 */
export function definitionSchema(): Schema {
  const schema = z.toJSONSchema(formDefinition, { io: 'input', reused: 'ref' })
  const block = partOf(z.toJSONSchema(blockUse, { io: 'input' }))
  const list = partOf(z.toJSONSchema(listUse, { io: 'input' }))
  const definitions = recordOf(schema.$defs)
  // Only where choices and items of pages stand, either as they are or by reference.
  const choices = new Set<unknown>()
  const pages = recordOf(recordOf(schema.properties)['pages'])
  const page = resolved(pages['items'], definitions)
  const items = resolved(recordOf(page['properties'])['items'], definitions)
  items['items'] = { anyOf: [items['items'], block] }
  for (const object of objectsIn(schema)) {
    const properties = recordOf(object['properties'])
    if ('choices' in properties && !choices.has(properties)) {
      choices.add(properties)
      properties['choices'] = { anyOf: [properties['choices'], list] }
    }
  }
  return {
    ...schema,
    title: 'A form (űrlap) of the portal',
    properties: { $schema: { type: 'string' }, ...recordOf(schema.properties) },
  }
}

function partOf({ $schema: _schema, ...part }: Schema): Schema {
  return part
}

function recordOf(value: unknown): Schema {
  return isRecord(value) ? value : {}
}

function isRecord(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function resolved(part: unknown, definitions: Schema): Schema {
  const { $ref } = recordOf(part)
  return typeof $ref === 'string' ? recordOf(definitions[$ref.replace('#/$defs/', '')]) : recordOf(part)
}

function* objectsIn(value: unknown): Generator<Schema> {
  if (Array.isArray(value)) for (const one of value) yield* objectsIn(one)
  if (!isRecord(value)) return
  yield value
  for (const one of Object.values(value)) yield* objectsIn(one)
}
