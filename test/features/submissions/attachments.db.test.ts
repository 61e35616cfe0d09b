import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ScanVerdict, VirusScanner } from '../../../src/adapters/virus-scanner/contract.ts'
import { submissionJobs } from '../../../src/features/submissions/index.ts'
import { OutsideSystemDown } from '../../../src/platform/http/errors.ts'
import { anna, bela } from '../../cast/people.ts'
import { docx, jpg, pdf, png, zip } from '../../platform/files/sample-files.ts'
import { openTestPortal, type TestPortal } from '../../support/portal.ts'
import { atTheForm, errorsOf } from './general-request.ts'

let portal: TestPortal
let form: ReturnType<typeof atTheForm>

beforeAll(async () => {
  portal = await openTestPortal()
  form = atTheForm(portal, anna)
})
afterAll(() => portal.close())

/** A draft whose next page is the one of the attachments. */
async function atAttachments(): Promise<string> {
  const draft = await form.begin()
  for (const page of ['bekuldo', 'cim', 'kerelem']) await form.savePage(draft, page)
  return draft
}

interface Stored {
  id: string
  file_name: string
  media_type: string
  size_bytes: number
  sha256: string
  scan: string
}
const attachmentsOf = (draft: string) =>
  portal.admin<Stored>('select * from attachments where draft_id = $1 order by created_at, id', [draft])
const add = { fields: { _feltoltes: 'files' } }
const filled = { name: 'lap.pdf', type: 'application/pdf', bytes: pdf }

/** The worker with a scanner that says what it is told to. */
async function scan(draft: string, verdict: ScanVerdict | 'away', seen: Buffer[] = []): Promise<void> {
  const virusScanner: VirusScanner = {
    async scan(bytes) {
      seen.push(await collected(bytes))
      if (verdict === 'away') throw new OutsideSystemDown('virus scanner')
      return verdict
    },
  }
  const job = submissionJobs({ ...portal.portal, virusScanner })['scan-attachment']
  const rows = await portal.admin<{ id: string; settlement_id: number }>(
    'select id, settlement_id from attachments where draft_id = $1 or submission_id in (select id from submissions where draft_id = $1)',
    [draft],
  )
  for (const { id, settlement_id } of rows) await job?.({ attachmentId: id, settlementId: settlement_id })
}

async function collected(bytes: Readable): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of bytes) pieces.push(piece as Buffer)
  return Buffer.concat(pieces)
}

function download(path: string, person = anna) {
  const { publicUrl } = portal.portal.config.server
  return portal
    .session(person)
    .then(({ cookie }) => portal.app.inject({ url: path, headers: { host: publicUrl.host, cookie } }))
}

describe('attaching', () => {
  test('a file is kept with its name, size and fingerprint, in pieces, waiting for the virus check', async () => {
    const draft = await atAttachments()
    const big = Buffer.concat([jpg(), Buffer.alloc(600_000, 'x')])
    const posted = await form.upload(draft, [{ name: 'számla_ű.jpg', type: 'image/jpeg', bytes: big }], add)
    expect(posted.status).toBe(303)
    const [stored] = await attachmentsOf(draft)
    expect(stored).toMatchObject({
      file_name: 'számla_ű.jpg',
      media_type: 'image/jpeg',
      size_bytes: big.length,
      sha256: createHash('sha256').update(big).digest('hex'),
      scan: 'pending',
    })
    const pieces = await portal.admin<{ bytes: Buffer }>(
      'select bytes from attachment_chunks where attachment_id = $1 order by sequence',
      [stored?.id],
    )
    expect(pieces.length).toBe(3)
    expect(Buffer.concat(pieces.map(({ bytes }) => bytes)).equals(big)).toBe(true)
    const jobs = await portal.admin("select 1 from graphile_worker.jobs where task_identifier = 'scan-attachment'")
    expect(jobs.length).toBeGreaterThan(0)
    const page = await form.page(draft, 'csatolmanyok')
    expect(page.text).toContain('számla_ű.jpg')
    expect(page.text).toContain('Ellenőrzés alatt')
  })

  test('choosing a file and going on attaches it too', async () => {
    const draft = await atAttachments()
    const posted = await form.upload(draft, [filled])
    expect(posted.status).toBe(303)
    expect(posted.location).toMatch(/\/nyilatkozat$/)
    expect(await attachmentsOf(draft)).toHaveLength(1)
  })

  test('no file chosen is no file', async () => {
    const draft = await atAttachments()
    expect((await form.upload(draft, [{ name: '', bytes: Buffer.alloc(0) }])).location).toMatch(/\/nyilatkozat$/)
    expect(await attachmentsOf(draft)).toHaveLength(0)
  })

  test('the same file twice is kept once; two files never have the same name', async () => {
    const draft = await atAttachments()
    await form.upload(draft, [filled, filled, { ...filled, bytes: Buffer.concat([pdf, Buffer.from('\n')]) }], add)
    expect((await attachmentsOf(draft)).map(({ file_name }) => file_name)).toEqual(['lap.pdf', 'lap (2).pdf'])
  })

  test('a file can be taken away again', async () => {
    const draft = await atAttachments()
    await form.upload(draft, [filled], add)
    const [stored] = await attachmentsOf(draft)
    expect((await form.upload(draft, [], { fields: { _torles: stored?.id ?? '' } })).status).toBe(303)
    expect(await attachmentsOf(draft)).toHaveLength(0)
    expect(await portal.admin('select 1 from attachment_chunks where attachment_id = $1', [stored?.id])).toHaveLength(0)
  })

  test('a field that does not ask for files takes none', async () => {
    const draft = await atAttachments()
    await form.upload(draft, [
      { ...filled, field: 'subject' },
      { ...filled, field: '__proto__' },
      { ...filled, field: 'mandate-file ' },
    ])
    expect(await attachmentsOf(draft)).toHaveLength(0)
  })
})

describe('what is not taken is explained at its field, and the rest stays', () => {
  const refused: [string, { name: string; type?: string; bytes: Buffer }, string][] = [
    ['another kind', { name: 'oldal.html', bytes: Buffer.from('<html>') }, 'nem csatolható'],
    ['an archive', { name: 'minden.zip', bytes: zip([{ name: 'a', content: 'a' }]) }, 'nem csatolható'],
    ['a polyglot', { name: 'kép.jpg', bytes: jpg(9, 9, zip([{ name: 'a', content: 'a' }])) }, 'nem egyezik'],
    ['another declared type', { name: 'lap.pdf', type: 'text/html', bytes: pdf }, 'nem egyezik'],
    ['macros', { name: 'levél.docx', bytes: docx({ name: 'word/vbaProject.bin', content: 'x' }) }, 'makrót'],
    ['nothing in it', { name: 'üres.pdf', bytes: Buffer.alloc(0) }, 'üres'],
    ['half a file', { name: 'fél.pdf', bytes: pdf.subarray(0, 60) }, 'sérült'],
    ['a turned name', { name: 'számla\u202Efdp.pdf', bytes: pdf }, 'láthatatlan jel'],
    ['too large', { name: 'nagy.pdf', bytes: Buffer.alloc(10 * 1_048_576 + 1) }, 'nagyobb a megengedett'],
  ]
  test.each(refused)('%s', async (_what, file, words) => {
    const draft = await atAttachments()
    const posted = await form.upload(draft, [file, filled], add)
    expect(posted.status).toBe(422)
    expect(errorsOf(posted).join(' ')).toContain(words)
    const link = posted.html.querySelector('.govuk-error-summary a')?.getAttribute('href') ?? ''
    expect(posted.html.querySelector(`[id="${link.slice(1)}"]`)?.getAttribute('type')).toBe('file')
    expect((await attachmentsOf(draft)).map(({ file_name }) => file_name)).toEqual(['lap.pdf'])
  })

  test('more files than allowed, or more together', async () => {
    const draft = await atAttachments()
    const file = (number: number, bytes: Buffer) => ({
      name: `${String(number)}.jpg`,
      bytes: Buffer.concat([jpg(number, 1), bytes]),
    })
    const nine = Buffer.alloc(9 * 1_048_576)
    expect((await form.upload(draft, [file(1, nine), file(2, nine)], add)).status).toBe(303)
    const third = await form.upload(draft, [file(3, nine)], add)
    expect(third.status).toBe(422)
    expect(errorsOf(third).join(' ')).toContain('együtt túllépnék')
    expect(await attachmentsOf(draft)).toHaveLength(2)

    const many = await atAttachments()
    const nothing = Buffer.alloc(0)
    const twenty = Array.from({ length: 20 }, (_, index) => file(index + 1, nothing))
    expect((await form.upload(many, twenty, add)).status).toBe(303)
    const over = await form.upload(many, [file(21, nothing)], add)
    expect(errorsOf(over).join(' ')).toContain('legfeljebb 20 fájl')
    expect(await attachmentsOf(many)).toHaveLength(20)
  })

  test('uploads at the same moment keep to the limit together', async () => {
    const draft = await atAttachments()
    const nine = Buffer.alloc(9 * 1_048_576)
    const posts = await Promise.all(
      [1, 2, 3, 4].map((number) =>
        form.upload(draft, [{ name: `${String(number)}.jpg`, bytes: Buffer.concat([jpg(number, 1), nine]) }], add),
      ),
    )
    expect(posts.filter(({ status }) => status === 303)).toHaveLength(2)
    expect(await attachmentsOf(draft)).toHaveLength(2)
  })
})

describe('a form with files that is not in order changes nothing', () => {
  test.each([
    ['without a token', { token: null }, 403],
    ['with a forged token', { token: 'hamis' }, 403],
    ['broken off', { broken: true }, 400],
  ])('%s', async (_what, options, status) => {
    const draft = await atAttachments()
    expect((await form.upload(draft, [filled], { ...add, ...options })).status).toBe(status)
    expect(await attachmentsOf(draft)).toHaveLength(0)
  })

  test.each([
    ['no boundary', 'multipart/form-data', 'x'],
    ['an endless boundary', `multipart/form-data; boundary=${'a'.repeat(5_000)}`, 'x'],
    ['nothing', 'multipart/form-data; boundary=a', ''],
    ['no parts', 'multipart/form-data; boundary=a', '--a--\r\n'],
    [
      'a part without a name',
      'multipart/form-data; boundary=a',
      '--a\r\nContent-Disposition: form-data\r\n\r\nx\r\n--a--\r\n',
    ],
    ['another type', 'application/json', '{}'],
    ['no type', 'text/plain', 'x'],
  ])('%s', async (_what, type, payload) => {
    const draft = await atAttachments()
    const { publicUrl } = portal.portal.config.server
    const { cookie } = await portal.session(anna)
    const answer = await portal.app.inject({
      method: 'POST',
      url: `${form.base}/urlapok/${draft}/csatolmanyok/fajlok`,
      headers: { host: publicUrl.host, origin: publicUrl.origin, cookie, 'content-type': type },
      payload,
    })
    expect(answer.statusCode).toBeGreaterThanOrEqual(400)
    expect(answer.statusCode).toBeLessThan(500)
  })

  test('names that mean something to a program are only names', async () => {
    const draft = await atAttachments()
    for (const fields of [
      { __proto__x: '1', 'constructor[prototype]': '1' },
      { constructor: '1' },
      { toString: '1' },
    ]) {
      const posted = await form.upload(draft, [], { fields: fields as unknown as Record<string, string> })
      expect([303, 400, 403]).toContain(posted.status)
    }
    expect(Object.hasOwn(Object.prototype, 'x')).toBe(false)
  })

  test('bytes that are no text are refused, and so is more than may come at once', async () => {
    const draft = await atAttachments()
    expect((await form.upload(draft, [], { fields: { 'reference-number': '\uFFFD' } })).status).toBe(400)
    const files = [1, 2, 3].map((number) => ({ name: `${String(number)}.jpg`, bytes: Buffer.alloc(10 * 1_048_576) }))
    expect((await form.upload(draft, files)).status).toBe(413)
    expect(await attachmentsOf(draft)).toHaveLength(0)
  })

  test('somebody else’s draft takes no files', async () => {
    const draft = await atAttachments()
    const bas = atTheForm(portal, bela)
    await expect(bas.upload(draft, [filled])).rejects.toThrow('no _jegy on the page (404)')
    expect(await attachmentsOf(draft)).toHaveLength(0)
  })
})

describe('the virus check', () => {
  test('sees every byte, and hands the file out when it found nothing', async () => {
    const draft = await atAttachments()
    const big = Buffer.concat([png(), Buffer.alloc(0)])
    await form.upload(draft, [{ name: 'rajz ő "1".png', type: 'image/png', bytes: big }], add)
    const [stored] = await attachmentsOf(draft)
    const address = `${form.base}/urlapok/${draft}/fajl/${stored?.id ?? ''}`
    expect((await download(address)).statusCode).toBe(404)
    const seen: Buffer[] = []
    await scan(draft, 'clean', seen)
    expect(seen[0]?.equals(big)).toBe(true)
    const file = await download(address)
    expect(file.statusCode).toBe(200)
    expect(file.rawPayload.equals(big)).toBe(true)
    expect(file.headers['content-type']).toBe('image/png')
    expect(String(file.headers['content-disposition'])).toMatch(
      /^attachment; filename="[ -~]+"; filename\*=UTF-8''rajz/,
    )
    expect(file.headers['x-content-type-options']).toBe('nosniff')
    expect(String(file.headers['content-security-policy'])).toContain('sandbox')
    expect(file.headers['cache-control']).toBe('no-store')
    expect((await download(address, bela)).statusCode).toBe(404)
    expect((await form.page(draft, 'csatolmanyok')).text).toContain('Ellenőrizve')
  })

  test('an infected file is deleted, stays known, and holds the form back until it is taken away', async () => {
    const draft = await atAttachments()
    await form.upload(draft, [filled])
    await form.savePage(draft, 'nyilatkozat')
    const send = await form.sendForm(draft)
    await scan(draft, 'infected')
    const [stored] = await attachmentsOf(draft)
    expect(stored?.scan).toBe('infected')
    expect(await portal.admin('select 1 from attachment_chunks where attachment_id = $1', [stored?.id])).toHaveLength(0)
    expect((await form.post(draft, 'bekuldes', send)).location).toMatch(/\/ellenorzes$/)
    expect((await form.page(draft, 'ellenorzes')).text).toContain('biztonsági ellenőrzés')
    await form.upload(draft, [], { fields: { _torles: stored?.id ?? '' } })
    expect((await form.send(draft)).location).toContain('/beadvanyok/')
    expect(
      await portal.admin("select 1 from audit_trail where action = 'attachment.infected' and object_id::text = $1", [
        stored?.id,
      ]),
    ).toHaveLength(1)
  })

  test('while the scanner is away the file waits; the form may be sent, and is checked later', async () => {
    const draft = await atAttachments()
    await form.upload(draft, [filled])
    await form.savePage(draft, 'nyilatkozat')
    await expect(scan(draft, 'away')).rejects.toThrow(OutsideSystemDown)
    const sent = await form.send(draft)
    expect(sent.location).toContain('/beadvanyok/')
    const receipt = await form.visit(sent.location)
    expect(receipt.text).toContain('lap.pdf')
    expect(receipt.text).toContain('Ellenőrzés alatt')
    expect(receipt.text).toContain(createHash('sha256').update(pdf).digest('hex'))
    await scan(draft, 'clean')
    const again = await form.visit(sent.location)
    const href = again.html.querySelector('.portal-files a')?.getAttribute('href') ?? ''
    expect((await download(href)).rawPayload.equals(pdf)).toBe(true)
    expect((await download(href, bela)).statusCode).toBe(404)
  })

  test('what could not be looked at is not handed out', async () => {
    const draft = await atAttachments()
    await form.upload(draft, [filled], add)
    await scan(draft, 'not-scanned')
    const [stored] = await attachmentsOf(draft)
    expect(stored?.scan).toBe('not-scanned')
    expect((await form.page(draft, 'csatolmanyok')).text).toContain('Nem ellenőrizhető')
    expect((await download(`${form.base}/urlapok/${draft}/fajl/${stored?.id ?? ''}`)).statusCode).toBe(404)
  })

  test('a file that is gone by then does no harm, nor does asking twice', async () => {
    const draft = await atAttachments()
    await form.upload(draft, [filled], add)
    await scan(draft, 'clean')
    await scan(draft, 'infected')
    expect((await attachmentsOf(draft))[0]?.scan).toBe('clean')
    const job = submissionJobs({ ...portal.portal, virusScanner: { scan: async () => 'clean' } })['scan-attachment']
    await job?.({ attachmentId: '4f2d3c1e-7d59-4b0f-9a51-0a8f4d2f6c11', settlementId: 6293 })
    await expect(job?.({ attachmentId: 'x' })).rejects.toThrow()
  })
})

test('a file that is not stored as it came stops the submission', async () => {
  const draft = await atAttachments()
  await form.upload(draft, [filled])
  await form.savePage(draft, 'nyilatkozat')
  const send = await form.sendForm(draft)
  const [stored] = await attachmentsOf(draft)
  await portal.admin("update attachment_chunks set bytes = bytes || '\\x00'::bytea where attachment_id = $1", [
    stored?.id,
  ])
  expect((await form.post(draft, 'bekuldes', send)).status).toBe(500)
  expect(await portal.admin('select 1 from submissions where draft_id = $1', [draft])).toHaveLength(0)
})
