import multipart from '@fastify/multipart'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { BadRequest, NotAllowed, PortalError, TooLarge } from '../http/errors.ts'
import { normalised, type Posted } from '../http/posted-form.ts'
import { type SpooledFile, spool } from './spooled-file.ts'

export interface ReceivedFile {
  /** name of the form's field */
  field: string
  fileName: string
  declaredType: string
  content: SpooledFile | 'too-large'
}

export interface MultipartForm {
  fields: Posted
  files: ReceivedFile[]
  /** Must be called once, whatever happened to the files. */
  discard(): Promise<void>
}

export interface UploadLimits {
  fileBytes: number
  /** all files of the request together */
  totalBytes: number
}

/** Judges the leading fields. @throws to refuse the form @returns the limits for the rest of it */
type Admit = (...leading: unknown[]) => Promise<UploadLimits>

/** Text fields beside the files, with room to spare. */
const textBytes = 1_048_576

/** Understands `multipart/form-data` on the routes of this scope, which read it with `readMultipartForm`. */
export async function acceptMultipartForms(app: FastifyInstance): Promise<void> {
  // A file that is too large is cut and told from the others here, so that the rest of the form can still be read.
  await app.register(multipart, { throwFileSizeLimit: false })
}

/**
 * Reads a posted form with files. Its first parts must be the `leading` fields, in this order: nothing else is looked at before
 * `admit` has judged them, and where it throws, the rest of the body is not read.
 *
 * @param atMost what no form may exceed; `admit` says how much of it this one may have
 * @throws NotAllowed when other parts come first
 * @throws BadRequest when it is malformed or broken off; TooLarge when there is more than may come in one request
 */
export async function readMultipartForm(
  request: FastifyRequest,
  { atMost, leading, admit }: { atMost: UploadLimits; leading: readonly string[]; admit: Admit },
): Promise<MultipartForm> {
  const tooLong = ({ totalBytes }: UploadLimits) =>
    Number(request.headers['content-length'] ?? 0) > totalBytes + textBytes
  if (tooLong(atMost)) throw new TooLarge()
  // Without a prototype no name is special.
  const fields = Object.create(null) as Record<string, string | string[]>
  const files: ReceivedFile[] = []
  const discard = async () => {
    for (const { content } of files) if (content !== 'too-large') await content.discard()
  }
  const first: unknown[] = []
  let admitted: UploadLimits | undefined
  let left = 0
  try {
    // One byte more than allowed is let through, so that a file of exactly the allowed size is told from a larger one.
    const limits = {
      fileSize: atMost.fileBytes + 1,
      fieldSize: 262_144,
      fieldNameSize: 200,
      fields: 400,
      files: 20,
      parts: 420,
    }
    for await (const part of request.parts({ limits })) {
      if (admitted === undefined) {
        if (part.type !== 'field' || part.fieldname !== leading[first.length]) throw new NotAllowed()
        first.push(part.value)
        if (first.length < leading.length) continue
        admitted = await admit(...first)
        if (tooLong(admitted)) throw new TooLarge()
        left = admitted.totalBytes
      } else if (part.type === 'field') {
        if (part.valueTruncated || part.fieldnameTruncated) throw new TooLarge()
        keep(fields, part.fieldname, part.value)
      } else {
        const { fileBytes } = admitted
        const content = await spool(part.file, { maxBytes: fileBytes })
        // A field in which no file was chosen comes as an empty file without a name.
        if (part.filename === '' || part.filename === undefined) {
          if (content !== 'too-large') await content.discard()
          continue
        }
        files.push({ field: part.fieldname, fileName: part.filename, declaredType: part.mimetype, content })
        left -= content === 'too-large' ? fileBytes : content.sizeBytes
        if (left < 0) throw new TooLarge()
      }
    }
  } catch (failure) {
    await discard()
    throw asOurs(failure)
  }
  if (admitted === undefined) throw new NotAllowed()
  return { fields, files, discard }
}

function keep(fields: Record<string, string | string[]>, name: string, value: unknown): void {
  // The replacement character stands where bytes were not valid UTF-8.
  if (typeof value !== 'string' || value.includes('\uFFFD') || name.includes('\uFFFD')) throw new BadRequest()
  const text = normalised(value)
  const before = fields[name]
  if (before === undefined) fields[name] = text
  else if (typeof before === 'string') fields[name] = [before, text]
  else before.push(text)
}

/** The parser's own failures are the sender's; a full disk is ours. */
function asOurs(failure: unknown): unknown {
  if (failure instanceof PortalError) return failure
  if (!(failure instanceof Error)) return new BadRequest()
  const code = 'code' in failure ? String(failure.code) : ''
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EMFILE' || code === 'EROFS') {
    return new PortalError(503, 'failure', undefined, failure)
  }
  if ('statusCode' in failure && failure.statusCode === 413) return new TooLarge()
  return new BadRequest()
}
