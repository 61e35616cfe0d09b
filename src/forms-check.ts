import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { checkDefinitions, definitionSchema, previewOf } from './features/forms/index.ts'
import { projectRoot } from './platform/project-root.ts'

/**
 * For whoever writes a form: proves each definition sound, and shows the form that is named as text.
 *
 *     npm run forms:check                        all forms
 *     npm run forms:check -- altalanos-kerelem   one, with a preview
 *     npm run forms:schema                       writes the JSON Schema for editors
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { folder: { type: 'string' }, schema: { type: 'boolean', default: false } },
})
const [code] = positionals

if (values.schema) {
  const file = 'src/features/forms/definitions/form.schema.json'
  writeFileSync(new URL(file, projectRoot), `${JSON.stringify(definitionSchema(), null, 2)}\n`)
  process.stdout.write(`${file}\n`)
} else {
  const folder = values.folder === undefined ? undefined : new URL(`${values.folder}/`, `file://${process.cwd()}/`)
  const checked = checkDefinitions({ ...(folder ? { folder } : {}), ...(code === undefined ? {} : { code }) })
  if (checked.length === 0) {
    process.stderr.write(code === undefined ? 'there are no forms\n' : `there is no form ${code}\n`)
    process.exitCode = 1
  }
  for (const one of checked) {
    if ('fault' in one) {
      process.stderr.write(`✗ ${one.file}\n${one.fault.replaceAll(/^/gm, '    ')}\n`)
      process.exitCode = 1
    } else {
      const { pages, title } = one.definition
      const questions = pages
        .flatMap(({ items }) => items)
        .flatMap((item) => (item.type === 'group' ? item.fields : [item]))
      process.stdout.write(
        `✓ ${one.file}  ${title.hu}: ${String(pages.length)} pages, ${String(questions.length)} questions\n`,
      )
      if (code !== undefined) process.stdout.write(`\n${previewOf(one.definition)}\n`)
    }
  }
}
