import { findCodes } from '../../platform/codes/find-codes.ts'
import { type FileKind, inspectFile, type Refusal } from '../../platform/files/file-kind.ts'
import { cleanFileName, visibleName } from '../../platform/files/file-name.ts'
import type { ReceivedFile } from '../../platform/files/multipart-form.ts'

/** What scanners make. */
export const scanKinds: readonly FileKind[] = ['pdf', 'png', 'jpg']

const mebibyte = 1_048_576
export const scanLimits = { fileBytes: 10 * mebibyte, totalBytes: 25 * mebibyte }

export type ScanRefusal = Refusal | 'unreadable-name' | 'no-name' | 'too-large' | 'no-code'

export interface ScannedFiles {
  /** of all codes found */
  texts: string[]
  refused: { name: string; because: ScanRefusal }[]
}

/** Looks for codes in scans that came in, after the same looks at them as at every attachment; none of them is kept. */
export async function codesInScans(files: readonly ReceivedFile[]): Promise<ScannedFiles> {
  const scanned: ScannedFiles = { texts: [], refused: [] }
  for (const file of files) {
    const found = await codesIn(file)
    if (typeof found === 'string') scanned.refused.push({ name: visibleName(file.fileName), because: found })
    else scanned.texts.push(...found)
  }
  return scanned
}

async function codesIn({ fileName, declaredType, content }: ReceivedFile): Promise<string[] | ScanRefusal> {
  if (content === 'too-large') return 'too-large'
  const name = cleanFileName(fileName)
  if (!name.ok) return name.because
  const inspected = await inspectFile(content, { extension: name.extension, declaredType }, scanKinds)
  if (!inspected.ok) return inspected.because
  const bytes = await content.read(0, content.sizeBytes)
  const found = await findCodes({ bytes, kind: inspected.kind === 'pdf' ? 'pdf' : 'picture' })
  if (found.outcome === 'unreadable') return 'damaged'
  const ours = found.texts.filter((text) => text.startsWith('OHP'))
  return ours.length > 0 ? ours : 'no-code'
}
