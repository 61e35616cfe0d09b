/** Attachments in an S3-compatible object store. */
import { Readable } from 'node:stream'
import { OutsideSystemDown } from '../../platform/http/errors.ts'
import { type AttachmentStore, NothingStored } from './contract.ts'

export interface ObjectStoreSettings {
  /** address of the store, without the bucket */
  url: string
  region: string
  bucket: string
  accessKey: string
  secretKey: string
  /** an address without TLS */
  allowHttp: boolean
  /** how long storing a file or beginning to read one may take */
  milliseconds?: number
  /** how long the store may be silent in the middle of a file */
  silenceMilliseconds?: number
}

/** One bucket may serve others too; what is the portal's lies below this. */
const folder = 'attachments/'

export function objectStoreClient(settings: ObjectStoreSettings): AttachmentStore {
  const { url, bucket, allowHttp, milliseconds = 30_000, silenceMilliseconds = 10_000 } = settings
  const { protocol } = new URL(url)
  if (protocol !== 'https:' && !(allowHttp && protocol === 'http:')) {
    throw new Error('the address of the object store must be https')
  }
  let connected: ReturnType<typeof connect> | undefined
  const connection = () => (connected ??= connect(settings))

  return {
    async put(key, { sizeBytes, sha256, pieces }) {
      const { client, PutObjectCommand } = await connection()
      const body = Readable.from(pieces(), { objectMode: false })
      const command = new PutObjectCommand({
        Bucket: bucket,
        Key: folder + key,
        Body: body,
        ContentLength: sizeBytes,
        ContentType: 'application/octet-stream',
      })
      // Signed with the request, so that the store refuses bytes which changed on the way.
      command.middlewareStack.add(
        (next) => (given) => {
          if (hasHeaders(given.request)) given.request.headers['x-amz-content-sha256'] = sha256
          return next(given)
        },
        { step: 'build', name: 'sign-content' },
      )
      // The client does not look whether what it sends can be read; the request would wait for the rest.
      const unreadable = new AbortController()
      body.on('error', (failure) => unreadable.abort(failure))
      try {
        await answered(milliseconds, (inTime) =>
          client.send(command, { abortSignal: AbortSignal.any([unreadable.signal, inTime]) }),
        )
      } catch (failure) {
        if (unreadable.signal.aborted) throw unreadable.signal.reason
        throw new OutsideSystemDown('attachment store', failure)
      } finally {
        body.destroy()
      }
    },

    async get(key) {
      const { client, GetObjectCommand, NoSuchKey } = await connection()
      const command = new GetObjectCommand({ Bucket: bucket, Key: folder + key })
      try {
        const answer = await answered(milliseconds, (abortSignal) => client.send(command, { abortSignal }))
        if (!(answer.Body instanceof Readable)) throw new Error('an answer without bytes')
        return Readable.from(piecesOf(answer.Body, silenceMilliseconds), { objectMode: false })
      } catch (failure) {
        if (failure instanceof NoSuchKey) throw new NothingStored()
        throw new OutsideSystemDown('attachment store', failure)
      }
    },

    async delete(key) {
      const { client, DeleteObjectCommand } = await connection()
      const command = new DeleteObjectCommand({ Bucket: bucket, Key: folder + key })
      try {
        await answered(milliseconds, (abortSignal) => client.send(command, { abortSignal }))
      } catch (failure) {
        throw new OutsideSystemDown('attachment store', failure)
      }
    },
  }
}

/** The package is large: a portal whose files lie in its database never reads it. */
async function connect({ url, region, accessKey, secretKey }: ObjectStoreSettings) {
  const { DeleteObjectCommand, GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client } = await import(
    '@aws-sdk/client-s3'
  )
  const client = new S3Client({
    endpoint: url,
    region,
    forcePathStyle: true,
    credentials: { accessKeyId: accessKey, secretAccessKey: secretKey },
    // a file is streamed, so it cannot be sent again by the client; whoever sends it is told and may
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 3_000 },
    // It would speak on the console; what goes wrong is told by what it throws.
    logger: { debug: ignore, info: ignore, warn: ignore, error: ignore },
    // Checksums of its own are not understood by every store that speaks S3; ours is in the signature.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  })
  return { client, DeleteObjectCommand, GetObjectCommand, NoSuchKey, PutObjectCommand }
}

function ignore(): void {}

/** The time is over when no answer has begun; what comes with the answer may take longer. */
async function answered<Answer>(milliseconds: number, ask: (inTime: AbortSignal) => Promise<Answer>): Promise<Answer> {
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(new Error('no answer in time')), milliseconds)
  try {
    return await ask(late.signal)
  } finally {
    clearTimeout(timer)
  }
}

/** The store may not be silent for long; whoever reads may be slow. */
async function* piecesOf(body: Readable, silenceMilliseconds: number): AsyncGenerator<Buffer> {
  const pieces: AsyncIterator<Buffer> = body[Symbol.asyncIterator]()
  try {
    for (;;) {
      const timer = setTimeout(() => body.destroy(new Error('silence in the middle of a file')), silenceMilliseconds)
      const next = await pieces.next().finally(() => clearTimeout(timer))
      if (next.done === true) return
      yield next.value
    }
  } catch (failure) {
    throw new OutsideSystemDown('attachment store', failure)
  } finally {
    body.destroy()
  }
}

function hasHeaders(request: unknown): request is { headers: Record<string, string> } {
  return typeof request === 'object' && request !== null && 'headers' in request
}
