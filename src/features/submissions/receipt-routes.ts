import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { downloadHeaders } from '../../platform/files/download-headers.ts'
import { NotFound } from '../../platform/http/errors.ts'
import { readWith } from '../../platform/http/posted-form.ts'
import { renderDocument } from '../../platform/pdf/render.ts'
import { actingInWords, receiptContent, receiptSections } from './receipt.ts'
import { receiptDocument } from './receipt-document.ts'
import { basePath, draftIdOf, matterOf } from './request-matter.ts'
import type { SubmissionPages } from './routes.ts'

const submissionParams = z.object({ id: z.uuid() })
const attachmentParams = z.object({ csatolmany: z.uuid() })

/** The receipt (nyugta) as page, PDF and text to verify, and the files that were sent. */
export const receiptPages: FastifyPluginAsync<SubmissionPages> = async (app, { submissions }) => {
  app.get('/beadvanyok/:id', async (request, reply) => {
    const receipt = await submissions.receipt(matterOf(request), submissionIdOf(request))
    const { language } = request
    const address = `${basePath(request)}/beadvanyok/${receipt.id}`
    return reply.view('submissions/receipt.njk', {
      arrivalNumber: receipt.arrivalNumber,
      submittedAt: receipt.submittedAt,
      senderName: receipt.senderName,
      acting: actingInWords(receipt, request.translate),
      office: receipt.office ?? { name: receipt.settlement.name, address: '' },
      form: {
        title: receipt.definition.title[language],
        code: receipt.definition.code,
        version: String(receipt.definition.version),
        deadlineDays: receipt.officeDays,
      },
      address,
      sections: receiptSections(receipt, language).map(({ title, rows }) => ({
        title,
        rows: rows.map(({ label, values }) => ({ key: label, values })),
      })),
      files: receipt.files.map(({ id, fileName, sizeBytes, sha256, scan }) => ({
        name: fileName,
        size: sizeBytes,
        sha256,
        scan,
        href: scan === 'clean' ? `${address}/csatolmanyok/${id}` : '',
      })),
      contentSha256: receipt.contentSha256,
      completes: receipt.completes === undefined ? '' : `${basePath(request)}/ugyek/${receipt.completes.asked.caseId}`,
    })
  })

  const limit = { name: 'receipt', max: 60, minutes: 10, by: 'person' } as const
  app.get('/beadvanyok/:id/nyugta.pdf', { config: { limit } }, async (request, reply) => {
    const receipt = await submissions.receipt(matterOf(request), submissionIdOf(request))
    const document = receiptDocument(receipt, request.language, request.translate)
    const bytes = await renderDocument(document, { madeAt: receipt.submittedAt })
    const name = `${request.translate('submissions.receipt.file-name')}-${receipt.arrivalNumber}.pdf`
    return reply.headers(downloadHeaders(name, 'application/pdf')).send(bytes)
  })

  /** Exactly the bytes whose SHA-256 the receipt names. */
  app.get('/beadvanyok/:id/tartalom.json', async (request, reply) => {
    const receipt = await submissions.receipt(matterOf(request), submissionIdOf(request))
    const name = `${receipt.arrivalNumber}.json`
    return reply
      .headers(downloadHeaders(name, 'application/json; charset=utf-8'))
      .send(Buffer.from(receiptContent(receipt), 'utf8'))
  })

  app.get('/beadvanyok/:id/csatolmanyok/:csatolmany', async (request, reply) => {
    const { csatolmany } = readWith(attachmentParams, request.params, new NotFound('attachment'))
    const submission = { submissionId: submissionIdOf(request) }
    const { file, bytes } = await submissions.download(matterOf(request), submission, csatolmany)
    return reply
      .headers(downloadHeaders(file.fileName, file.mediaType))
      .header('content-length', file.sizeBytes)
      .send(bytes)
  })

  app.get('/urlapok/:draft/fajl/:csatolmany', async (request, reply) => {
    const { csatolmany } = readWith(attachmentParams, request.params, new NotFound('attachment'))
    const draft = { draftId: draftIdOf(request) }
    const { file, bytes } = await submissions.download(matterOf(request), draft, csatolmany)
    return reply
      .headers(downloadHeaders(file.fileName, file.mediaType))
      .header('content-length', file.sizeBytes)
      .send(bytes)
  })
}

function submissionIdOf(request: FastifyRequest): string {
  return readWith(submissionParams, request.params, new NotFound('submission')).id
}
