import { randomUUID } from 'node:crypto'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { acceptMultipartForms, type MultipartForm, readMultipartForm } from '../../platform/files/multipart-form.ts'
import { BadRequest } from '../../platform/http/errors.ts'
import {
  hasControlCharacters,
  hasDeceptiveCharacters,
  type Posted,
  readPosted,
} from '../../platform/http/posted-form.ts'
import { actingClerk, officeHome } from '../clerk-office/index.ts'
import { partsOfDay, readTypedParts } from '../forms/index.ts'
import { csrfField } from '../session/index.ts'
import { paperView, startView } from './pages.ts'
import type { NotRead } from './reading.ts'
import { codesInScans, type ScannedFiles, scanLimits } from './scanned-files.ts'
import type { PaperForms, PaperOnDesk, TakingOver } from './service.ts'

export interface PaperPages {
  paperForms: PaperForms
}

/** What a scanner types; more than any paper of ours has on it. */
const mostTyped = 100_000

const codesForm = z.object({ kodok: z.string().max(mostTyped).default('') })

const takeForm = z.object({
  kodok: z.string().max(mostTyped),
  azonosito: z.uuid(),
  masolat: z.coerce.number().int().min(0).max(999),
  kuldo: z.string().trim().default(''),
  'erkezett.year': z.string().max(10).default(''),
  'erkezett.month': z.string().max(20).default(''),
  'erkezett.day': z.string().max(10).default(''),
})
type TakeForm = z.output<typeof takeForm>

/** Papír beolvasása: reading a paper and taking it over; registered below `/hivatal/:office`, behind `recordsClerksOnly`. */
export const paperFormPages: FastifyPluginAsync<PaperPages> = async (app, { paperForms }) => {
  await acceptMultipartForms(app)

  app.get('/papir', (request, reply) => showStart(request, reply, { typed: '' }))

  const readLimit = { name: 'read-paper', max: 200, minutes: 10, by: 'person' } as const
  /** By the text of its codes, by scans in which they are found, or by both: what one scan did not show the next one may. */
  app.post('/papir', { config: { limit: readLimit, checksCsrfItself: true } }, async (request, reply) => {
    let form: MultipartForm | undefined
    try {
      if (request.isMultipart()) {
        form = await readMultipartForm(request, {
          atMost: scanLimits,
          leading: [csrfField],
          admit: async (token) => {
            request.checkCsrf(token)
            return scanLimits
          },
        })
      }
      const scanned = form === undefined ? { texts: [], refused: [] } : await codesInScans(form.files)
      return await show(request, reply, form?.fields ?? request.body, scanned)
    } finally {
      await form?.discard()
    }
  })

  app.post('/papir/atvetel', async (request, reply) => {
    const read = readPosted(takeForm, request.body)
    if (!read.ok) throw new BadRequest()
    const form = read.value
    const desk = await paperForms.read(request.clerk, form.kodok)
    if (desk.outcome === 'not-read') return showStart(request, reply, { typed: form.kodok, because: desk.because })
    const wish = wishOf(form, desk.today)
    if ('errors' in wish) return showPaper(request, reply, desk, form, { ...form, errors: wish.errors })

    const taken = await paperForms.takeOver(actingClerk(request), wish)
    if (taken.outcome === 'not-read') return showStart(request, reply, { typed: form.kodok, because: taken.because })
    if (taken.outcome === 'read') return showPaper(request, reply, taken, form, { ...form, errors: {} })
    const word = taken.outcome === 'taken' ? 'papir' : 'mar-papir'
    return reply.redirect(`${officeHome(request.clerk)}/ugyek/${taken.caseId}?kesz=${word}`, 303)
  })

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    posted: unknown,
    { texts, refused }: ScannedFiles,
  ): Promise<FastifyReply> {
    const read = readPosted(codesForm, posted as Posted)
    if (!read.ok) throw new BadRequest()
    const codes = [read.value.kodok.trim(), ...texts].filter((text) => text !== '').join('\n')
    if (codes.length > mostTyped) throw new BadRequest()
    if (codes === '') return showStart(request, reply, { typed: '', refused, nothing: refused.length === 0 })
    const desk = await paperForms.read(request.clerk, codes)
    if (desk.outcome === 'not-read') return showStart(request, reply, { typed: codes, because: desk.because, refused })
    return showPaper(request, reply, desk, { kodok: codes, azonosito: randomUUID() })
  }
}

/** What of the clerk's form is wrong is told by the field's id, as a catalogue key. */
function wishOf(form: TakeForm, today: string): TakingOver | { errors: Record<string, string> } {
  const errors: Record<string, string> = {}
  const day = readTypedParts(dayIn(form))
  if (!day.ok) errors['erkezett'] = `paper-forms.errors.day.${day.reason === 'empty' ? 'empty' : 'wrong'}`
  else if (day.value > today) errors['erkezett'] = 'paper-forms.errors.day.future'
  else if (day.value < `${String(Number(today.slice(0, 4)) - 1)}${today.slice(4)}`) {
    errors['erkezett'] = 'paper-forms.errors.day.long-ago'
  }
  const { kuldo, kodok, azonosito, masolat } = form
  if (kuldo === '') errors['kuldo'] = 'paper-forms.errors.sender.empty'
  else if ([...kuldo].length > 200) errors['kuldo'] = 'paper-forms.errors.sender.too-long'
  else if (hasControlCharacters(kuldo) || hasDeceptiveCharacters(kuldo) || kuldo.includes('\n')) {
    errors['kuldo'] = 'paper-forms.errors.sender.signs'
  }
  if (!day.ok || Object.keys(errors).length > 0) return { errors }
  return { codes: kodok, submissionKey: azonosito, arrivedOn: day.value, senderName: kuldo, knownCopies: masolat }
}

function dayIn(form: TakeForm) {
  return { year: form['erkezett.year'], month: form['erkezett.month'], day: form['erkezett.day'] }
}

function showStart(
  request: FastifyRequest,
  reply: FastifyReply,
  shown: { typed: string; because?: NotRead; refused?: ScannedFiles['refused']; nothing?: boolean },
): FastifyReply {
  const view = startView(request, shown)
  return reply.code(view.errors.length > 0 ? 422 : 200).view('paper-forms/start.njk', view)
}

function showPaper(
  request: FastifyRequest,
  reply: FastifyReply,
  desk: PaperOnDesk,
  { kodok, azonosito }: Pick<TakeForm, 'kodok' | 'azonosito'>,
  typed?: TakeForm & { errors: Record<string, string> },
): FastifyReply {
  const view = paperView(request, desk, {
    codes: kodok,
    submissionKey: azonosito,
    sender: typed?.kuldo,
    arrived: typed === undefined ? partsOfDay(desk.today) : dayIn(typed),
    errors: typed?.errors ?? {},
  })
  const isAnother = typed !== undefined && Object.keys(typed.errors).length === 0
  const status = isAnother ? 409 : view.errors.length > 0 ? 422 : 200
  return reply.code(status).view('paper-forms/paper.njk', view)
}
