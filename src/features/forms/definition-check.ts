import { definitionFiles, readDefinitionFile } from './definition-files.ts'
import type { FormDefinition } from './engine/definition.ts'
import { faultsOfConditions } from './engine/rule-soundness.ts'

/** What came of one definition file. */
export type CheckedFile = { file: string } & ({ definition: FormDefinition } | { fault: string })

/**
 * Reads and checks every definition file, each by itself: that it is a form, that nothing dangles, that every page, question and
 * condition can be reached, and every rule met and broken.
 *
 * @param code only the files of this form
 */
export function checkDefinitions({ folder, code }: { folder?: URL; code?: string } = {}): CheckedFile[] {
  return definitionFiles(folder)
    .filter((file) => code === undefined || file.startsWith(`${code}/`))
    .map((file) => {
      try {
        const definition = readDefinitionFile(file, folder)
        const faults = faultsOfConditions(definition)
        return faults.length === 0 ? { file, definition } : { file, fault: faults.join('\n') }
      } catch (error) {
        return { file, fault: error instanceof Error ? error.message : String(error) }
      }
    })
}
