/** All that can belong to one citizen, made through the pages, every text of it marked so that it is known wherever it turns up. */
import type { Readable } from 'node:stream'
import type { VirusScanner } from '../../src/adapters/virus-scanner/contract.ts'
import { submissionJobs } from '../../src/features/submissions/index.ts'
import { anna, type CastPerson, cecilia, denes, hanna } from '../cast/people.ts'
import { printedPaper } from '../features/paper-forms/printed-paper.ts'
import { takeOverPaper } from '../features/paper-forms/taking-over.ts'
import { atTheForm, valueOf } from '../features/submissions/general-request.ts'
import { jpg } from '../platform/files/sample-files.ts'
import type { Page, TestPortal } from '../support/portal.ts'
import { bringInTaxBooks } from '../support/tax-books.ts'

/** In every text that is Anna's and nobody else's. */
export const mark = 'Vízjel'
const fileMark = 'VIZJEL-BYTES'

export interface AnnasMatters {
  accountId: string
  lineageId: string
  draftId: string
  parkedId: string
  draftFileId: string
  submissionId: string
  submissionFileId: string
  caseId: string
  closedCaseId: string
  arrivalNumber: string
  fileNumber: string
  /** the codes on a paper of hers */
  paper: string[]
  /** what would lead a list on from Anna's case */
  rowKey: string
  /** texts and ids that nobody else may read */
  secrets: string[]
}

export async function makeAnnasMatters(portal: TestPortal): Promise<AnnasMatters> {
  const { accountId, lineageId } = await portal.session(anna)
  const settings = { telepules: 'Újhartyán', email: 'vizjel.anna@example.hu', telefon: '+36 30 765 4321', nyelv: 'hu' }
  expectStatus(await portal.post('/sajat/beallitasok', settings, { as: anna }), 303)
  const form = atTheForm(portal, anna)

  async function filledIn(what: string): Promise<string> {
    const draft = await form.begin()
    await form.savePage(draft, 'bekuldo', { 'sender-phone': '+36 30 765 4321', 'earlier-document': `${mark} ${what}` })
    await form.savePage(draft, 'cim', { 'sender-home-address.street': `${mark} ${what}` })
    await form.savePage(draft, 'kerelem', { subject: `${mark} tárgy ${what}`, body: `${mark} szöveg ${what}` })
    const name = `${mark} ${what}.jpg`
    const bytes = Buffer.concat([jpg(), Buffer.from(`${fileMark} ${what}`)])
    expectStatus(await form.upload(draft, [{ name, type: 'image/jpeg', bytes }]), 303)
    expectStatus(await form.savePage(draft, 'nyilatkozat', { 'declared-at': mark }), 303)
    return draft
  }

  const draftId = await filledIn('piszkozat')
  const sent = await filledIn('folyamatban')
  const closed = await filledIn('lezárva')
  await scanAll(portal)
  const [submissionId, closedId] = [await submit(sent), await submit(closed)]
  const caseId = await caseOf(submissionId)
  const closedCaseId = await caseOf(closedId)

  const denesId = (await one<{ id: string }>('select id from clerks where subject = $1', [denes.subject])).id
  for (const id of [caseId, closedCaseId]) {
    const at = `/hivatal/ujhartyan/ugyek/${id}`
    expectStatus(await portal.post(`${at}/erkeztetes`, {}, { as: cecilia }), 303)
    expectStatus(await portal.post(`${at}/iktatas`, {}, { as: cecilia }), 303)
    const assignment = { ugyintezo: denesId, helyett: '', utasitas: `${mark} utasítás` }
    expectStatus(await portal.post(`${at}/szignalas`, assignment, { as: cecilia }), 303)
    expectStatus(await portal.post(`${at}/megkezdes`, {}, { as: denes }), 303)
  }
  // What she sent on paper hangs on no account, but it is as much hers.
  const paper = printedPaper({ subject: `${mark} papíron`, body: `${mark} papíron` })
  expectStatus(await takeOverPaper(portal, paper, { as: cecilia, office: 'ujhartyan', change: { kuldo: mark } }), 303)

  const answer = { valasz: `${mark}: a kérelmet teljesítettük, a kátyút kijavítottuk.` }
  expectStatus(await portal.post(`/hivatal/ujhartyan/ugyek/${closedCaseId}/lezaras`, answer, { as: denes }), 303)

  const mother = `${anna.identity.motherFamilyName} ${anna.identity.motherGivenName}`
  const matter = await one<{ arrival_number: string; file_number: string; key: string }>(
    `select arrival_number, file_number, (extract(epoch from submitted_at) * 1000000)::bigint || '-' || id as key
       from cases where id = $1`,
    [caseId],
  )
  const files = await portal.admin<{ id: string; draft_id: string | null; submission_id: string | null }>(
    'select id, draft_id, submission_id from attachments where party_id = $1',
    [accountId],
  )
  const draftFileId = files.find((file) => file.draft_id === draftId)?.id ?? ''
  const submissionFileId = files.find((file) => file.submission_id === submissionId)?.id ?? ''
  const parkedId = await parkSomething()
  // on its way into an object store
  await portal.admin('insert into stored_objects (key, settlement_id, party_id) values (gen_random_uuid(), $1, $2)', [
    6293,
    accountId,
  ])
  return {
    accountId,
    lineageId,
    draftId,
    draftFileId,
    parkedId,
    submissionId,
    submissionFileId,
    caseId,
    closedCaseId,
    arrivalNumber: matter.arrival_number,
    fileNumber: matter.file_number,
    paper,
    rowKey: matter.key,
    secrets: [mark, fileMark, 'vizjel.anna', '765 4321', anna.name, mother, accountId],
  }

  /** Something she typed while her session could not act. */
  async function parkSomething(): Promise<string> {
    await portal.portal.parkedWork.parkPosted({
      kind: 'save',
      autosave: false,
      rendering: 'kerelem',
      ticket: {
        accountId,
        lineage: 'an earlier one',
        settlement: 'ujhartyan',
        party: 'sajat',
        draftId,
        step: 'kerelem',
        form: { code: 'altalanos-kerelem', version: 1 },
        revision: 1,
        issuedAt: new Date(),
      },
      fields: { subject: mark, body: mark },
      refusedFiles: [],
    })
    return (await one<{ id: string }>('select id from parked_work where account_id = $1', [accountId])).id
  }

  async function submit(draft: string): Promise<string> {
    const answer = await form.send(draft)
    expectStatus(answer, 303)
    return answer.location.split('/').at(-1) ?? ''
  }

  async function caseOf(submission: string): Promise<string> {
    return (await one<{ id: string }>('select id from cases where submission_id = $1', [submission])).id
  }

  async function one<Row extends object>(statement: string, values: unknown[]): Promise<Row> {
    const [row] = await portal.admin<Row & Record<string, unknown>>(statement, values)
    if (row === undefined) throw new Error(`nothing found: ${statement}`)
    return row
  }
}

/** A company only Anna acts for, with a form being filled in and a case. */
export interface AnnasCompany {
  label: string
  partyId: string
  /** how its mandate names her */
  representativeMark: string
  draftId: string
  submissionId: string
  caseId: string
}

export async function makeAnnasCompany(portal: TestPortal): Promise<AnnasCompany> {
  const [representativeMark = ''] = portal.portal.representation.marksOf(anna)
  const label = 'vizjel'.padEnd(26, 'a')
  const [party] = await portal.admin<{ id: string }>(
    `with party as (
       insert into represented_parties (settlement_id, label, kind, name, tax_number)
       values (6293, $1, 'company', $2, '99999937213') returning id)
     insert into mandates (settlement_id, party_id, registry_key, representative_mark, kind, everything, valid_from)
     select 6293, id, 'vizjel', $3, 'statutory', true, '2024-01-01' from party returning party_id as id`,
    [label, `${mark} Kft.`, representativeMark],
  )
  const form = atTheForm(portal, anna, 'ujhartyan', label)
  const draftId = await form.begin()
  // nothing is registered of its seat, so the form asks for it
  const filledIn = async () => {
    const draft = await form.begin()
    await form.savePage(draft, 'bekuldo')
    const page = await form.page(draft, 'kepviselet')
    const _jegy = page.html.querySelector('input[name="_jegy"]')?.getAttribute('value') ?? ''
    expectStatus(await form.post(draft, 'kepviselet', { _jegy, 'represented-address': `${mark} utca 1.` }), 303)
    for (const name of ['cim', 'kerelem', 'csatolmanyok', 'nyilatkozat']) {
      expectStatus(await form.savePage(draft, name, name === 'kerelem' ? { subject: `${mark} cég` } : {}), 303)
    }
    return draft
  }
  const sent = await form.send(await filledIn())
  expectStatus(sent, 303)
  const submissionId = sent.location.split('/').at(-1) ?? ''
  const [matter] = await portal.admin<{ id: string }>('select id from cases where submission_id = $1', [submissionId])
  return { label, partyId: party?.id ?? '', representativeMark, draftId, submissionId, caseId: matter?.id ?? '' }
}

/** What goes on around Anna's case and her taxes: a call she is answering, messages, mandates she gave, her accounts. */
export interface AnnasAffairs {
  /** her answer to the call, not sent yet */
  completionId: string
  /** herself as a party that others act for */
  party: { id: string; label: string }
  /** given by her here, and recorded by the office from paper */
  onlineMandateId: string
  paperMandateId: string
  /** in the tax register of Újhartyán */
  taxpayerId: string
  rememberedId: string
}

/** Made with Hanna as the one who may act for her. */
export async function makeAnnasAffairs(
  portal: TestPortal,
  { accountId, caseId, secrets }: AnnasMatters,
): Promise<AnnasAffairs> {
  await bringInTaxBooks(portal.database.ownerUrl, portal.portal.config.personKeys)
  const followed = `/ujhartyan/sajat/ugyek/${caseId}`
  const desk = `/hivatal/ujhartyan/ugyek/${caseId}`
  const asAnna = (path: string, fields: Record<string, string | string[]>) => portal.post(path, fields, { as: anna })
  const asDenes = (path: string, fields: Record<string, string | string[]>) => portal.post(path, fields, { as: denes })
  const key = () => crypto.randomUUID()
  const only = async (statement: string, values: unknown[] = []) => {
    const [row, ...others] = await portal.admin<{ id: string; label: string }>(statement, values)
    if (row === undefined || others.length > 0) throw new Error(`not one row: ${statement}`)
    return row
  }

  const missing = { kerdes: ['subject', 'body'], leiras: `${mark} hiányzik`, napok: '15' }
  expectStatus(await asDenes(`${desk}/hianypotlas`, missing), 303)
  expectStatus(await portal.visit(followed, { as: anna }), 200)
  const begun = await asAnna(`${followed}/hianypotlas`, {})
  expectStatus(begun, 303)
  const _jegy = valueOf(await portal.visit(begun.location, { as: anna }), '_jegy')
  expectStatus(await asAnna(begun.location, { _jegy, subject: `${mark} pótlás`, body: `${mark} pótlás` }), 303)
  expectStatus(await asAnna(`${followed}/uzenetek`, { kulcs: key(), uzenet: `${mark} kérdés` }), 303)
  for (const fajta of ['from-office', 'note']) {
    expectStatus(await asDenes(`${desk}/uzenetek`, { kulcs: key(), fajta, szoveg: `${mark} ${fajta}` }), 303)
  }

  expectStatus(await asAnna('/ujhartyan/sajat/ado', { azonosito: anna.taxId }), 303)
  expectStatus(
    await asAnna('/sajat/meghatalmazasok/uj', { ...mandateTo(hanna), kulcs: key(), telepules: 'ujhartyan' }),
    303,
  )
  const onPaper = { ...mandateTo(hanna), kulcs: key(), ugy: caseId }
  expectStatus(await asDenes('/hivatal/ujhartyan/meghatalmazasok/uj', onPaper), 303)
  const party = await only(
    `select id, label from represented_parties where settlement_id = 6293 and tax_number = '${anna.taxId}'`,
  )
  const mandate = (source: string) =>
    only('select id from mandates where party_id = $1 and source = $2', [party.id, source])
  const taxpayerId = (await only("select id from taxpayers where register_key = 'UH-1001'")).id
  const affairs = {
    completionId: begun.location.split('/').at(-1) ?? '',
    party,
    onlineMandateId: (await mandate('online')).id,
    paperMandateId: (await mandate('paper')).id,
    taxpayerId,
    rememberedId: (await only('select id from remembered_tax_numbers where account_id = $1', [accountId])).id,
  }
  secrets.push(...[party.id, party.label, taxpayerId, anna.taxId, affairs.onlineMandateId, affairs.paperMandateId])
  secrets.push('UH-1001', 'KO-77')
  return affairs
}

/** What is typed of a mandate to read Anna's balance, on her own page and on a clerk's. */
export function mandateTo({ name, identity }: CastPerson): Record<string, string> {
  const [year = '', month = '', day = ''] = identity.birthDate.split('-')
  return {
    'kepviselt-fajta': 'person',
    'kepviselt-nev': anna.name,
    'kepviselt-szam': anna.taxId,
    minoseg: 'permanent',
    nev: name,
    'szuletesi-csaladi-nev': identity.birthFamilyName,
    'szuletesi-utonev': identity.birthGivenName,
    'anyja-csaladi-neve': identity.motherFamilyName,
    'anyja-utoneve': identity.motherGivenName,
    'szuletesi-hely': identity.birthPlace,
    'szuletesi-datum.year': year,
    'szuletesi-datum.month': month,
    'szuletesi-datum.day': day,
    jogok: 'egyenleg',
    adok: 'minden',
  }
}

/** The worker with a scanner that finds nothing, or what it is told to find. */
export async function scanAll(portal: TestPortal, verdict: 'clean' | 'infected' = 'clean'): Promise<void> {
  const virusScanner: VirusScanner = {
    async scan(bytes: Readable) {
      for await (const _piece of bytes) continue
      return verdict
    },
  }
  const scan = submissionJobs({ ...portal.portal, virusScanner })['scan-attachment']
  const waiting = await portal.admin<{ id: string; settlement_id: number }>(
    "select id, settlement_id from attachments where scan = 'pending'",
  )
  for (const { id, settlement_id } of waiting) await scan?.({ attachmentId: id, settlementId: settlement_id })
}

function expectStatus(page: Page, status: number): void {
  if (page.status !== status) throw new Error(`${String(page.status)}: ${page.text.slice(0, 400)}`)
}
