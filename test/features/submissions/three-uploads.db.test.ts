/** Three files in one form, one of them infected and one two things at once: from the post to what the office gets. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { virusScannerClient } from '../../../src/adapters/virus-scanner/client.ts'
import { probedScanner } from '../../../src/adapters/virus-scanner/probe.ts'
import { submissionJobs } from '../../../src/features/submissions/index.ts'
import { anna } from '../../cast/people.ts'
import { jpg, pdf, zip } from '../../platform/files/sample-files.ts'
import { eicar } from '../../simulators/virus-scanner/eicar.ts'
import { startVirusScannerSimulator } from '../../simulators/virus-scanner/simulator.ts'
import { openTestPortal, type TestPortal } from '../../support/portal.ts'
import { atTheForm, errorsOf } from './general-request.ts'

/** Where a real clamd answers, host:port, with a signature that finds EICAR anywhere in a file. */
const realScanner = process.env.PORTAL_TEST_CLAMD

let portal: TestPortal
let form: ReturnType<typeof atTheForm>
let standIn: Awaited<ReturnType<typeof startVirusScannerSimulator>>

beforeAll(async () => {
  standIn = await startVirusScannerSimulator()
  portal = await openTestPortal()
  form = atTheForm(portal, anna)
})
afterAll(async () => {
  await portal.close()
  await standIn.stop()
})

const add = { fields: { _feltoltes: 'files' } }
const document = (name: string, says: string) => ({
  name,
  type: 'application/pdf',
  bytes: Buffer.concat([Buffer.from(`%PDF-1.4\n%${says}\n`, 'latin1'), pdf.subarray(9)]),
})
const archive = zip([{ name: 'a', content: 'a' }])
const polyglots: [string, { name: string; type: string; bytes: Buffer }][] = [
  ['a picture and an archive', { name: 'kép.jpg', type: 'image/jpeg', bytes: jpg(9, 9, archive) }],
  ['a picture and a script', { name: 'kép.gif', type: 'image/gif', bytes: Buffer.from('GIF89a=1;alert(1)') }],
  ['a picture, by its name, and a script', { name: 'kép.jpg', type: 'image/jpeg', bytes: Buffer.from('GIF89a=1;') }],
  ['a document and a page', document('lap.pdf', '<html><script>alert(1)</script>')],
  [
    'a picture and a program of the server',
    { name: 'kép.jpg', type: 'image/jpeg', bytes: jpg(9, 9, undefined, '<?php x(); ?>') },
  ],
  ['a document and an archive', { name: 'lap.pdf', type: 'application/pdf', bytes: Buffer.concat([pdf, archive]) }],
  ['an archive and a document', { name: 'lap.docx', type: 'application/zip', bytes: Buffer.concat([pdf, archive]) }],
]

async function atAttachments(): Promise<string> {
  const draft = await form.begin()
  for (const page of ['bekuldo', 'cim', 'kerelem']) await form.savePage(draft, page)
  return draft
}

const attachmentsOf = (draft: string) =>
  portal.admin<{ id: string; settlement_id: number; file_name: string; scan: string; bytes: number }>(
    `select id, settlement_id, file_name, scan,
       (select coalesce(sum(length(bytes)), 0)::int from attachment_chunks where attachment_id = a.id) as bytes
     from attachments a where draft_id = $1 or submission_id in (select id from submissions where draft_id = $1)
     order by created_at, id`,
    [draft],
  )

describe.each(realScanner === undefined ? ['the stand-in'] : ['the stand-in', realScanner])('with %s', (which) => {
  test('the clean one is taken, the infected one found and deleted, the polyglot refused at its field', async () => {
    const [host = '', port = ''] = (which === 'the stand-in' ? `127.0.0.1:${String(standIn.port)}` : which).split(':')
    const virusScanner = probedScanner(virusScannerClient({ host, port: Number(port) }), {
      largestBytes: 10_485_760,
      onUnfit: (probe) => {
        throw new Error(probe)
      },
    })
    const clean = document('számla.pdf', 'tiszta')
    const infected = document('fertőzött.pdf', eicar)
    const [, polyglot] = polyglots[0] ?? []
    if (polyglot === undefined) throw new Error('no polyglot')

    const draft = await atAttachments()
    const posted = await form.upload(draft, [clean, infected, polyglot], add)
    expect(posted.status).toBe(422)
    expect(errorsOf(posted)).toEqual([expect.stringContaining('kép.jpg: a fájl tartalma nem egyezik')])
    expect(posted.text).toContain('számla.pdf')
    const job = submissionJobs({ ...portal.portal, virusScanner })['scan-attachment']
    for (const { id, settlement_id } of await attachmentsOf(draft)) {
      await job?.({ attachmentId: id, settlementId: settlement_id })
    }
    const [first, second, ...more] = await attachmentsOf(draft)
    expect(more).toEqual([])
    expect(first).toMatchObject({ file_name: 'számla.pdf', scan: 'clean', bytes: clean.bytes.length })
    expect(second).toMatchObject({ file_name: 'fertőzött.pdf', scan: 'infected', bytes: 0 })
    expect((await form.page(draft, 'csatolmanyok')).text).toContain('Nem fogadható be')
    for (const [file, status] of [
      [first, 200],
      [second, 404],
    ] as const) {
      expect((await form.visit(`${form.base}/urlapok/${draft}/fajl/${file?.id ?? ''}`)).status).toBe(status)
    }

    // As long as the infected one stands there, nothing is sent.
    const kept = await form.savePage(draft, 'csatolmanyok')
    expect(kept.status).toBe(422)
    await form.upload(draft, [], { fields: { _torles: second?.id ?? '' } })
    await form.savePage(draft, 'csatolmanyok')
    await form.savePage(draft, 'nyilatkozat')
    expect((await form.send(draft)).location).toContain('/beadvanyok/')
    expect((await attachmentsOf(draft)).map(({ file_name }) => file_name)).toEqual(['számla.pdf'])
  })
})

test.each(polyglots)('%s is refused, and leaves nothing behind', async (_what, file) => {
  const draft = await atAttachments()
  const posted = await form.upload(draft, [file], add)
  expect(posted.status).toBe(422)
  expect(errorsOf(posted)).toHaveLength(1)
  expect(await attachmentsOf(draft)).toEqual([])
})

test('more than five hundred uploads a day are too many', async () => {
  const limited = await openTestPortal({ REQUEST_LIMIT_FACTOR: '1' })
  try {
    const there = atTheForm(limited, anna)
    const draft = await there.begin()
    const upload = () => limited.post(`${there.base}/urlapok/${draft}/csatolmanyok/fajlok`, {}, { as: anna })
    await upload()
    const counted = "update request_counts set count = $1 where key like 'upload-of-a-day:%' returning 1"
    expect(await limited.admin(counted, [499])).toHaveLength(1)
    expect((await upload()).status).not.toBe(429)
    const refused = await upload()
    expect(refused.status).toBe(429)
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(3_600)
  } finally {
    await limited.close()
  }
})
