/** Attachments in an object store: the same for people, and nothing lost or left behind when it is away. */
import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { submissionJobs } from '../../../src/features/submissions/index.ts'
import { OutsideSystemDown } from '../../../src/platform/http/errors.ts'
import { anna, bela, cecilia } from '../../cast/people.ts'
import { jpg, pdf } from '../../platform/files/sample-files.ts'
import { type ObjectStoreSimulator, startObjectStoreSimulator } from '../../simulators/object-store/simulator.ts'
import { openTestPortal, type TestPortal } from '../../support/portal.ts'
import { atTheForm, errorsOf } from './general-request.ts'

let simulator: ObjectStoreSimulator
let portal: TestPortal
let form: ReturnType<typeof atTheForm>

beforeAll(async () => {
  simulator = await startObjectStoreSimulator()
  portal = await openTestPortal(simulator.environment)
  form = atTheForm(portal, anna)
})
afterAll(async () => {
  await portal.close()
  await simulator.stop()
})

const add = { fields: { _feltoltes: 'files' } }
const filled = { name: 'lap.pdf', type: 'application/pdf', bytes: pdf }
const big = { name: 'kép.jpg', type: 'image/jpeg', bytes: Buffer.concat([jpg(), Buffer.alloc(700_000, 'x')]) }

async function atAttachments(): Promise<string> {
  const draft = await form.begin()
  for (const page of ['bekuldo', 'cim', 'kerelem']) await form.savePage(draft, page)
  return draft
}

interface Stored {
  id: string
  key: string
  scan: string
  chunks: number
}
const stored = (draft: string) =>
  portal.admin<Stored>(
    `select a.id, o.key, a.scan, (select count(*)::int from attachment_chunks c where c.attachment_id = a.id) as chunks
     from attachments a join stored_objects o on o.attachment_id = a.id
     where a.draft_id = $1 or a.submission_id in (select id from submissions where draft_id = $1)
     order by a.created_at, a.id`,
    [draft],
  )
const keysKnown = async () =>
  (await portal.admin<{ key: string }>('select key from stored_objects')).map(({ key }) => key)

function jobs(verdict: 'clean' | 'infected' = 'clean') {
  return submissionJobs({
    ...portal.portal,
    virusScanner: {
      async scan(bytes: Readable) {
        for await (const _piece of bytes) continue
        return verdict
      },
    },
  })
}

async function scan(draft: string, verdict?: 'clean' | 'infected'): Promise<void> {
  const rows = await portal.admin<{ id: string; settlement_id: number }>(
    `select id, settlement_id from attachments
     where draft_id = $1 or submission_id in (select id from submissions where draft_id = $1)`,
    [draft],
  )
  const job = jobs(verdict)['scan-attachment']
  for (const { id, settlement_id } of rows) await job?.({ attachmentId: id, settlementId: settlement_id })
}

const emptyStore = () => jobs()['delete-objects-of-nobody']?.({})

async function download(path: string, person = anna) {
  const { cookie } = await portal.session(person)
  return portal.app.inject({ url: path, headers: { host: portal.portal.config.server.publicUrl.host, cookie } })
}

async function whileAway<T>(work: () => Promise<T>): Promise<T> {
  await simulator.pause()
  try {
    return await work()
  } finally {
    await simulator.resume()
  }
}

test('a file goes from the form into the store, through the check, into the submission, and to the clerk', async () => {
  const draft = await atAttachments()
  expect((await form.upload(draft, [big, filled], add)).status).toBe(303)
  const files = await stored(draft)
  expect(files.map(({ scan, chunks }) => ({ scan, chunks }))).toEqual([
    { scan: 'pending', chunks: 0 },
    { scan: 'pending', chunks: 0 },
  ])
  expect(simulator.keys()).toEqual(expect.arrayContaining(files.map(({ key }) => key)))
  for (const { key, id } of files) expect(key).not.toBe(id)

  await scan(draft)
  const address = `${form.base}/urlapok/${draft}/fajl/${files[0]?.id ?? ''}`
  expect((await download(address)).rawPayload.equals(big.bytes)).toBe(true)
  expect((await download(address, bela)).statusCode).toBe(404)

  await form.savePage(draft, 'csatolmanyok')
  await form.savePage(draft, 'nyilatkozat')
  const sent = await form.send(draft)
  expect(sent.location).toContain('/beadvanyok/')
  const receipt = await form.visit(sent.location)
  expect(receipt.text).toContain(createHash('sha256').update(big.bytes).digest('hex'))
  const href = receipt.html.querySelector('.portal-files a')?.getAttribute('href') ?? ''
  expect((await download(href)).rawPayload.equals(big.bytes)).toBe(true)
  const [matter] = await portal.admin<{ id: string }>(
    'select c.id from cases c join submissions s on s.id = c.submission_id where s.draft_id = $1',
    [draft],
  )
  const desk = `/hivatal/ujhartyan/ugyek/${matter?.id ?? ''}/csatolmanyok/${files[0]?.id ?? ''}`
  expect((await download(desk, cecilia)).rawPayload.equals(big.bytes)).toBe(true)
  // nothing of it is anybody's to delete
  await emptyStore()
  expect(simulator.keys()).toEqual(expect.arrayContaining(files.map(({ key }) => key)))
})

test('what lay in the database before the store was configured stays there, and is handed out', async () => {
  const draft = await atAttachments()
  await form.upload(draft, [filled], add)
  const [file] = await stored(draft)
  await portal.admin(
    `insert into attachment_chunks (attachment_id, sequence, settlement_id, party_id, bytes)
     select id, 0, settlement_id, party_id, $2 from attachments where id = $1`,
    [file?.id, pdf],
  )
  await portal.admin('update stored_objects set attachment_id = null where key = $1', [file?.key])
  await scan(draft)
  expect((await download(`${form.base}/urlapok/${draft}/fajl/${file?.id ?? ''}`)).rawPayload.equals(pdf)).toBe(true)
})

describe('what belongs to nobody is deleted from the store', () => {
  test('a file that was taken away, one that took another’s place, and those of a draft thrown away', async () => {
    const draft = await atAttachments()
    await form.upload(draft, [filled, big], add)
    await form.upload(draft, [{ ...filled, field: 'statutory-proof' }])
    await form.upload(draft, [{ ...big, field: 'statutory-proof' }])
    const [first, ...others] = await stored(draft)
    expect(others).toHaveLength(2)
    await form.upload(draft, [], { fields: { _torles: first?.id ?? '' } })
    const inTime = await portal.admin<{ key: string }>('select key from stored_objects where attachment_id is null')
    await emptyStore()
    // An hour in which an upload may still be under way.
    expect(simulator.keys()).toEqual(expect.arrayContaining(inTime.map(({ key }) => key)))

    await portal.post(`/sajat/urlapok/${draft}/torles`, {}, { as: anna })
    expect(await portal.admin('select 1 from drafts where id = $1', [draft])).toHaveLength(0)
    await portal.admin("update stored_objects set stored_at = stored_at - interval '61 minutes'")
    await emptyStore()
    const keys = await keysKnown()
    expect([...simulator.keys()].sort()).toEqual(keys.sort())
    expect(keys).not.toContain(first?.key)
    for (const { key } of others) expect(keys).not.toContain(key)
  })

  test('an infected file, at once; its row stays', async () => {
    const draft = await atAttachments()
    await form.upload(draft, [filled], add)
    const [file] = await stored(draft)
    await scan(draft, 'infected')
    expect(simulator.keys()).not.toContain(file?.key)
    expect(await keysKnown()).not.toContain(file?.key)
    expect(await portal.admin('select 1 from attachments where id = $1', [file?.id])).toHaveLength(1)
  })

  test('and if the store is away just then, with the next run', async () => {
    const draft = await atAttachments()
    await form.upload(draft, [filled], add)
    const [file] = await stored(draft)
    await form.upload(draft, [], { fields: { _torles: file?.id ?? '' } })
    await portal.admin("update stored_objects set stored_at = stored_at - interval '61 minutes' where key = $1", [
      file?.key,
    ])
    await whileAway(() => expect(emptyStore()).rejects.toBeInstanceOf(OutsideSystemDown))
    expect(await keysKnown()).toContain(file?.key)
    await emptyStore()
    expect(await keysKnown()).not.toContain(file?.key)
    expect(simulator.keys()).not.toContain(file?.key)
  })
})

describe('while the store is away', () => {
  test('a file is refused with the reason at its field; answers and the files before stay', async () => {
    const draft = await atAttachments()
    await form.upload(draft, [filled], add)
    const posted = await whileAway(() => form.upload(draft, [big], add))
    expect(posted.status).toBe(503)
    expect(errorsOf(posted).join()).toContain('kép.jpg: a fájlok tárolása most nem érhető el')
    expect(await stored(draft)).toHaveLength(1)
    expect(await portal.admin('select 1 from attachments where draft_id = $1', [draft])).toHaveLength(1)
    expect((await form.upload(draft, [big], add)).status).toBe(303)
    expect(await stored(draft)).toHaveLength(2)
  })

  test('nothing is handed out, checked or sent, and all of it can be done later', async () => {
    const draft = await atAttachments()
    await form.upload(draft, [filled])
    await form.savePage(draft, 'nyilatkozat')
    const [file] = await stored(draft)
    const send = await form.sendForm(draft)
    await whileAway(async () => {
      await expect(scan(draft)).rejects.toBeInstanceOf(OutsideSystemDown)
      const refused = await form.post(draft, 'bekuldes', send)
      expect(refused.status).toBe(503)
      expect(refused.text).toContain('nem mentettük el, és nem hajtottuk végre')
    })
    expect(await portal.admin('select 1 from submissions where draft_id = $1', [draft])).toHaveLength(0)
    await scan(draft)
    const address = `${form.base}/urlapok/${draft}/fajl/${file?.id ?? ''}`
    expect((await whileAway(() => download(address))).statusCode).toBe(503)
    expect((await download(address)).rawPayload.equals(pdf)).toBe(true)
    expect((await form.post(draft, 'bekuldes', send)).location).toContain('/beadvanyok/')
  })
})

describe('bytes that are not those that came in', () => {
  test('are never found clean, never handed out whole, and never sent', async () => {
    const draft = await atAttachments()
    await form.upload(draft, [filled])
    await form.savePage(draft, 'nyilatkozat')
    const [file] = await stored(draft)
    const send = await form.sendForm(draft)
    simulator.damage(file?.key ?? '')
    await expect(scan(draft)).rejects.toThrow('not stored as it came')
    expect((await stored(draft))[0]?.scan).toBe('pending')
    expect((await form.post(draft, 'bekuldes', send)).status).toBe(500)
    expect(await portal.admin('select 1 from submissions where draft_id = $1', [draft])).toHaveLength(0)
    await portal.admin("update attachments set scan = 'clean' where id = $1", [file?.id])
    const handed = await download(`${form.base}/urlapok/${draft}/fajl/${file?.id ?? ''}`).catch(() => undefined)
    expect(handed?.rawPayload.equals(pdf) ?? false).toBe(false)
  })

  test('nor are those that are gone', async () => {
    const draft = await atAttachments()
    await form.upload(draft, [filled], add)
    const [file] = await stored(draft)
    await portal.portal.attachmentStores.objects?.delete(file?.key ?? '')
    await expect(scan(draft)).rejects.toThrow('not stored as it came')
  })
})

test('an upload that took longer than an object waits is told to come again', async () => {
  const draft = await atAttachments()
  const { objects } = portal.portal.attachmentStores
  const put = objects?.put.bind(objects)
  if (objects === undefined || put === undefined) throw new Error('no store')
  objects.put = async (key, content) => {
    await put(key, content)
    await portal.admin('update stored_objects set given_up_at = now() where key = $1', [key])
  }
  try {
    const posted = await form.upload(draft, [filled], add)
    expect(posted.status).toBe(503)
    expect(await portal.admin('select 1 from attachments where draft_id = $1', [draft])).toHaveLength(0)
  } finally {
    objects.put = put
  }
})
