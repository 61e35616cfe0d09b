import { type Bytes, bytesOf, contains } from './bytes.ts'
import { looksLikeJpeg, looksLikePng, looksLikeTiff } from './image-structure.ts'
import { InflationBudget, inflate, NotAZip, readZip, type ZipEntry, type ZipLimits } from './zip.ts'

/** The kinds of file that can be attached (csatolható fájltípusok). */
export const fileKinds = ['pdf', 'jpg', 'png', 'tif', 'docx', 'xlsx', 'odt', 'ods', 'asice'] as const
export type FileKind = (typeof fileKinds)[number]

interface KindFacts {
  extensions: readonly string[]
  /** under which it is stored and handed out */
  mediaType: string
  /** other names under which honest programs send it */
  alsoSentAs: readonly string[]
}

const facts: Record<FileKind, KindFacts> = {
  pdf: { extensions: ['pdf'], mediaType: 'application/pdf', alsoSentAs: ['application/x-pdf'] },
  jpg: { extensions: ['jpg', 'jpeg'], mediaType: 'image/jpeg', alsoSentAs: ['image/jpg', 'image/pjpeg'] },
  png: { extensions: ['png'], mediaType: 'image/png', alsoSentAs: ['image/x-png'] },
  tif: { extensions: ['tif', 'tiff'], mediaType: 'image/tiff', alsoSentAs: ['image/tif', 'image/x-tiff'] },
  docx: {
    extensions: ['docx'],
    mediaType: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    alsoSentAs: ['application/zip', 'application/x-zip-compressed'],
  },
  xlsx: {
    extensions: ['xlsx'],
    mediaType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    alsoSentAs: ['application/zip', 'application/x-zip-compressed'],
  },
  odt: {
    extensions: ['odt'],
    mediaType: 'application/vnd.oasis.opendocument.text',
    alsoSentAs: ['application/zip', 'application/x-zip-compressed'],
  },
  ods: {
    extensions: ['ods'],
    mediaType: 'application/vnd.oasis.opendocument.spreadsheet',
    alsoSentAs: ['application/zip', 'application/x-zip-compressed'],
  },
  asice: {
    extensions: ['asice'],
    mediaType: 'application/vnd.etsi.asic-e+zip',
    alsoSentAs: ['application/zip', 'application/x-zip-compressed', 'application/vnd.etsi.asic-e'],
  },
}

/** Browsers send one of these where the computer knows no program for the file. */
const undeclared = new Set(['', 'application/octet-stream', 'binary/octet-stream'])

export const zipLimits: ZipLimits = { entries: 1_000, inflatedBytes: 104_857_600, ratio: 100 }

export type Refusal =
  | 'kind-not-allowed' // by its extension
  | 'not-what-it-says' // extension, declared type and content disagree
  | 'macros'
  | 'encrypted'
  | 'unpacks-to-too-much'
  | 'damaged'
  | 'empty'

export type Inspection = { ok: true; kind: FileKind; mediaType: string } | { ok: false; because: Refusal }

/**
 * Looks whether a file is what it says it is: extension, declared type, first bytes and structure must agree. Files that are
 * two things at once, carry programs, or unpack to more than they should are refused.
 *
 * @param file.extension in small letters, as cleanFileName gives it
 * @param file.declaredType what the browser called it
 */
export async function inspectFile(
  bytes: Bytes,
  file: { extension: string; declaredType: string },
  allowed: readonly FileKind[] = fileKinds,
): Promise<Inspection> {
  const kind = allowed.find((one) => facts[one].extensions.includes(file.extension))
  if (kind === undefined) return { ok: false, because: 'kind-not-allowed' }
  if (bytes.sizeBytes === 0) return { ok: false, because: 'empty' }
  const declared = file.declaredType.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  const { mediaType, alsoSentAs } = facts[kind]
  if (!undeclared.has(declared) && declared !== mediaType && !alsoSentAs.includes(declared)) {
    return { ok: false, because: 'not-what-it-says' }
  }
  const because = await structureOf[kind](bytes)
  return because === undefined ? { ok: true, kind, mediaType } : { ok: false, because }
}

/** For the `accept` attribute of a file field. */
export function acceptedExtensions(kinds: readonly FileKind[] = fileKinds): string[] {
  return kinds.flatMap((kind) => facts[kind].extensions.map((extension) => `.${extension}`))
}

/** `budget`: of the archive the file was found in, which pays for all that is inside it */
type Structure = (bytes: Bytes, budget?: InflationBudget) => Promise<Refusal | undefined>

const structureOf: Record<FileKind, Structure> = {
  pdf: pdfStructure,
  jpg: (bytes) => imageStructure(bytes, looksLikeJpeg),
  png: (bytes) => imageStructure(bytes, looksLikePng),
  tif: (bytes) => imageStructure(bytes, looksLikeTiff),
  docx: (bytes, budget) => officeStructure(bytes, 'word/', 'wordprocessingml.document.main+xml', budget),
  xlsx: (bytes, budget) => officeStructure(bytes, 'xl/', 'spreadsheetml.sheet.main+xml', budget),
  odt: (bytes, budget) => openDocumentStructure(bytes, facts.odt.mediaType, budget),
  ods: (bytes, budget) => openDocumentStructure(bytes, facts.ods.mediaType, budget),
  asice: signedContainerStructure,
}

/** What begins a page or a program for a reader that guesses. */
const pagesAndPrograms = ['<html', '<script', '<!doctype', '<svg', '<iframe', '<?php']

async function pdfStructure(bytes: Bytes): Promise<Refusal | undefined> {
  const head = (await bytes.read(0, 8)).toString('latin1')
  if (!/^%PDF-[12]\.\d/.test(head)) return 'not-what-it-says'
  const tail = (await bytes.read(Math.max(0, bytes.sizeBytes - 2_048), 2_048)).toString('latin1')
  if (!/startxref\s+\d+\s+%%EOF[\s\0]*$/.test(tail)) return 'damaged'
  if (await contains(bytes, pagesAndPrograms, Math.min(bytes.sizeBytes, 1_024))) return 'not-what-it-says'
  if (await endsAsZip(bytes)) return 'not-what-it-says'
  return undefined
}

async function imageStructure(
  bytes: Bytes,
  looksRight: (bytes: Bytes) => Promise<boolean>,
): Promise<Refusal | undefined> {
  if (!(await looksRight(bytes))) return 'not-what-it-says'
  if (await contains(bytes, pagesAndPrograms)) return 'not-what-it-says'
  if (await endsAsZip(bytes)) return 'not-what-it-says'
  return undefined
}

/** Readers of archives look for the directory at the end, whatever the beginning says. */
async function endsAsZip(bytes: Bytes): Promise<boolean> {
  const longest = 22 + 65_535
  const tail = await bytes.read(Math.max(0, bytes.sizeBytes - longest), longest)
  for (
    let at = tail.lastIndexOf('PK\x05\x06', undefined, 'latin1');
    at >= 0;
    at = tail.lastIndexOf('PK\x05\x06', at - 1, 'latin1')
  ) {
    if (at + 22 <= tail.length && at + 22 + tail.readUInt16LE(at + 20) <= tail.length && tail.readUInt16LE(at + 10) > 0)
      return true
    if (at === 0) break
  }
  return false
}

/** Office Open XML: the parts list names the main part of this kind, and no part that is a program. */
function officeStructure(
  bytes: Bytes,
  folder: string,
  mainType: string,
  budget?: InflationBudget,
): Promise<Refusal | undefined> {
  return lookInside(bytes, budget, async (archive) => {
    const types = await archive.text('[Content_Types].xml')
    if (types === undefined || !types.includes(mainType)) return 'not-what-it-says'
    if (!archive.entries.some(({ name }) => name.startsWith(folder))) return 'not-what-it-says'
    if (/macroenabled|vbaproject/i.test(types) || archive.entries.some(({ name }) => isProgramPart(name)))
      return 'macros'
    return archive.everythingElse()
  })
}

function isProgramPart(name: string): boolean {
  return /vbaproject|vbadata|(?:^|\/)(?:macrosheets|dialogsheets|activex)\/|(?:^|\/)(?:basic|scripts)\//i.test(name)
}

/** OpenDocument: the type stands first, stored as it is, so that it can be read without unpacking. */
function openDocumentStructure(
  bytes: Bytes,
  mediaType: string,
  budget?: InflationBudget,
): Promise<Refusal | undefined> {
  return lookInside(bytes, budget, async (archive) => {
    if ((await archive.leadingType()) !== mediaType) return 'not-what-it-says'
    const manifest = await archive.text('META-INF/manifest.xml')
    if (manifest === undefined || !archive.entries.some(({ name }) => name === 'content.xml')) return 'not-what-it-says'
    if (manifest.includes('encryption-data')) return 'encrypted'
    if (archive.entries.some(({ name, folder }) => !folder && isProgramPart(name))) return 'macros'
    return archive.everythingElse()
  })
}

/** ASiC-E: signatures and what they sign. What is signed must itself be of a kind that can be attached, or plain text. */
function signedContainerStructure(bytes: Bytes): Promise<Refusal | undefined> {
  return lookInside(bytes, undefined, async (archive) => {
    if ((await archive.leadingType()) !== facts.asice.mediaType) return 'not-what-it-says'
    const signed = archive.entries.filter(
      ({ name, folder }) => !folder && name !== 'mimetype' && !name.startsWith('META-INF/'),
    )
    if (!archive.entries.some(({ name }) => /^META-INF\/[^/]*signature[^/]*\.(?:xml|p7s)$/i.test(name)))
      return 'not-what-it-says'
    if (signed.length === 0) return 'not-what-it-says'
    for (const entry of signed) {
      const extension = entry.name.split('.').at(-1)?.toLowerCase() ?? ''
      if (extension === 'txt' || extension === 'xml') continue
      const kind = fileKinds.find((one) => one !== 'asice' && facts[one].extensions.includes(extension))
      if (kind === undefined) return 'kind-not-allowed'
      const inner = await archive.whole(entry)
      const because =
        inner === undefined ? 'unpacks-to-too-much' : await structureOf[kind](bytesOf(inner), archive.budget)
      if (because !== undefined) return because
    }
    return archive.everythingElse({ archivesInside: true })
  })
}

interface OpenArchive {
  entries: readonly ZipEntry[]
  budget: InflationBudget
  /** a small text entry */
  text(name: string): Promise<string | undefined>
  /** one entry in memory, unless it is larger than a file may be */
  whole(entry: ZipEntry): Promise<Buffer | undefined>
  /** the first entry, `mimetype`, when it is stored as it is */
  leadingType(): Promise<string | undefined>
  /** unpacks what has not been looked at yet: it must be sound, and no archive or program */
  everythingElse(options?: { archivesInside: boolean }): Promise<Refusal | undefined>
}

const largestText = 1_048_576
const largestInner = 10_485_760

async function lookInside(
  bytes: Bytes,
  outer: InflationBudget | undefined,
  judge: (archive: OpenArchive) => Promise<Refusal | undefined>,
): Promise<Refusal | undefined> {
  if ((await bytes.read(0, 4)).toString('latin1') !== 'PK\x03\x04') return 'not-what-it-says'
  try {
    const entries = await readZip(bytes, zipLimits)
    const budget = outer ?? new InflationBudget(zipLimits, bytes.sizeBytes)
    const seen = new Set<ZipEntry>()
    const whole = async (entry: ZipEntry, largest: number): Promise<Buffer | undefined> => {
      const pieces: Buffer[] = []
      let size = 0
      await inflate(bytes, entry, budget, (piece) => {
        size += piece.length
        if (size > largest) throw new NotAZip('an entry is too large')
        pieces.push(piece)
      })
      seen.add(entry)
      return Buffer.concat(pieces)
    }
    return await judge({
      entries,
      budget,
      text: async (name) => {
        const entry = entries.find((one) => one.name === name)
        return entry && (await whole(entry, largestText))?.toString('utf8')
      },
      whole: (entry) => whole(entry, largestInner),
      leadingType: async () => {
        const first = entries.find(({ dataAt }) => dataAt === Math.min(...entries.map((one) => one.dataAt)))
        if (first?.name !== 'mimetype' || !first.stored) return undefined
        return (await whole(first, 200))?.toString('latin1')
      },
      everythingElse: async ({ archivesInside } = { archivesInside: false }) => {
        for (const entry of entries) {
          if (entry.folder || seen.has(entry)) continue
          let head = Buffer.alloc(0)
          await inflate(bytes, entry, budget, (piece) => {
            if (head.length < 8) head = Buffer.concat([head, piece.subarray(0, 8)])
          })
          if (isProgram(head) || (!archivesInside && isArchive(head))) return 'not-what-it-says'
        }
        return undefined
      },
    })
  } catch (failure) {
    if (!(failure instanceof NotAZip)) throw failure
    if (failure.message === 'encrypted') return 'encrypted'
    return /too (?:much|many|large)/.test(failure.message) ? 'unpacks-to-too-much' : 'damaged'
  }
}

function isArchive(head: Buffer): boolean {
  const signs = head.toString('latin1')
  return /^(?:PK\x03\x04|Rar!|7z\xbc\xaf|\x1f\x8b|BZh|\xfd7zXZ)/.test(signs)
}

/** Windows, Linux and macOS programs, scripts that name their interpreter. */
function isProgram(head: Buffer): boolean {
  const signs = head.toString('latin1')
  return /^(?:MZ|\x7fELF|\xcf\xfa\xed\xfe|\xca\xfe\xba\xbe|#!)/.test(signs)
}
