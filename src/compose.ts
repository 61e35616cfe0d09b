import type { AttachmentStores } from './adapters/attachment-store/contract.ts'
import { databaseStore } from './adapters/attachment-store/database-client.ts'
import { objectStoreClient } from './adapters/attachment-store/object-client.ts'
import { mailClient } from './adapters/mail/client.ts'
import { nationalIdentityClient } from './adapters/national-identity/client.ts'
import { specialistSystemsClient } from './adapters/specialist-systems/client.ts'
import { taxSystemClient } from './adapters/tax-system/client.ts'
import { virusScannerClient } from './adapters/virus-scanner/client.ts'
import { probedScanner } from './adapters/virus-scanner/probe.ts'
import { cleanUp } from './clean-up.ts'
import type { WebConfig, WorkerConfig } from './config.ts'
import { caseJobs, caseTimetable, caseTracking, takeIn } from './features/cases/index.ts'
import {
  caseWorking,
  clerkOfficeService,
  formPublishingService,
  importClerks,
  mandateRecords,
} from './features/clerk-office/index.ts'
import { dataTrailService } from './features/data-trail/index.ts'
import {
  type FormDefinition,
  formCatalogue,
  publishForms,
  readDefinitions,
  requireKnownMatters,
} from './features/forms/index.ts'
import { accountService, logoutReportService, signInService, signOutService } from './features/identity/index.ts'
import { notificationJobs } from './features/notifications/index.ts'
import { paperFormService } from './features/paper-forms/index.ts'
import { parkedWorkService } from './features/parked-work/index.ts'
import {
  givenMandates,
  isMandateLiving,
  mandateImport,
  personMarks,
  representationService,
} from './features/representation/index.ts'
import { endingService, formTickets, sessionService } from './features/session/index.ts'
import { settlementDirectory, settlementService } from './features/settlements/index.ts'
import {
  findDraftEnd,
  largestUpload,
  submissionJobs,
  submissionService,
  submissionTimetable,
} from './features/submissions/index.ts'
import {
  clientDuesService,
  importTaxFile,
  rememberedNumbers,
  saveTaxSource,
  taxBalanceService,
  taxFileAt,
  taxRefresh,
  wrongTaxNumbers,
} from './features/tax-balance/index.ts'
import { openDatabase } from './platform/database.ts'
import { countedTries } from './platform/http/request-limits.ts'
import { type Log, openLog } from './platform/log.ts'
import { createSeal } from './platform/seal.ts'

export type Portal = ReturnType<typeof composeWeb>

/** Builds everything the web process needs; knows everybody. The forms are those of the program, unless others are given. */
export function composeWeb(
  config: WebConfig,
  log: Log = openLog(config.logLevel),
  definitions: FormDefinition[] = readDefinitions(),
) {
  const db = openDatabase(config.database)
  const seal = createSeal(config.session.dataKeys)
  const directory = settlementDirectory()
  const { publicUrl } = config.server
  const kau = nationalIdentityClient({
    ...config.kau,
    redirectUri: new URL('/kau/visszateres', publicUrl).href,
    postLogoutRedirectUri: new URL('/kijelentkezve', publicUrl).href,
    allowHttp: config.mode !== 'production',
    onRefusal: (failed) => log.warn({ system: 'national identity', failed }, 'an answer was refused'),
  })
  const sessions = sessionService({ db, seal, limits: { idleMinutes: config.session.idleMinutes } })
  const endings = endingService({ db, seal })
  const forms = formCatalogue({ db, definitions })
  const representation = representationService({ db, marksOf: personMarks(config.personKeys) })
  const parkedWork = parkedWorkService({ db, seal })
  const attachmentStores = attachmentStoresOf(config)
  const taxSystem =
    config.taxSystem && taxSystemClient({ ...config.taxSystem, allowHttp: config.mode !== 'production' })
  const taxData = taxRefresh({
    db,
    system: taxSystem,
    marksOf: personMarks(config.personKeys),
    onFailure: ({ settlementId, cause }) =>
      log.warn(
        { system: 'tax system', settlementId, kind: kindOf(cause) },
        'the tax system did not answer as it should',
      ),
  })
  return {
    config,
    log,
    db,
    seal,
    directory,
    kau,
    sessions,
    endings,
    tickets: formTickets(seal),
    parkedWork,
    attachmentStores,
    forms,
    signIn: signInService({ db, seal, kau, sessions }),
    logoutReports: logoutReportService({ db, kau, sessions }),
    signOut: signOutService({ db, seal, kau, sessions, endings }),
    accounts: accountService({ db }),
    representation,
    clientDues: clientDuesService({ db, refreshMandates: taxData.refreshMandates }),
    givenMandates: givenMandates({ db, marksOf: personMarks(config.personKeys) }),
    taxRefresh: taxData,
    taxBalances: taxBalanceService({
      db,
      remembered: rememberedNumbers({ seal, keys: config.personKeys }),
      refresh: taxData.refreshTaxpayer,
      wrongNumbers: countedTries({ db, factor: config.requestLimitFactor }, wrongTaxNumbers),
    }),
    settlements: settlementService({ db, directory }),
    submissions: submissionService({
      db,
      forms,
      directory,
      representation,
      parkedWork,
      attachmentStores,
      onSubmitted: takeIn,
    }),
    dataTrail: dataTrailService({ db, representation }),
    cases: caseTracking({ db, representation }),
    paperForms: paperFormService({ db, forms, directory }),
    clerkOffice: clerkOfficeService({ db, forms, representation, attachmentStores }),
    mandateRecords: mandateRecords({ db, representation }),
    caseWorking: caseWorking({ db, forms, representation }),
    formPublishing: formPublishingService({ db, forms }),
  }
}

/** Builds the jobs of the worker process. */
export function composeWorker(config: WorkerConfig) {
  const log = openLog(config.logLevel)
  const db = openDatabase(config.database)
  const directory = settlementDirectory()
  const specialistSystems = specialistSystemsClient({
    ...config.specialistSystems,
    allowHttp: config.mode !== 'production',
  })
  const virusScanner = probedScanner(virusScannerClient(config.virusScanner), {
    largestBytes: largestUpload().fileBytes,
    onUnfit: (probe) => log.error({ system: 'virus scanner', probe }, 'the virus scanner is not fit: files wait'),
  })
  return {
    log,
    db,
    virusScanner,
    timetable: [{ name: 'clean-up', match: '*/10 * * * *' }, ...submissionTimetable, ...caseTimetable],
    handlers: {
      'clean-up': () => cleanUp(db),
      ...submissionJobs({
        db,
        virusScanner,
        attachmentStores: attachmentStoresOf(config),
      }),
      ...caseJobs({ db, specialistSystems, directory }),
      ...notificationJobs({
        db,
        mailer: mailClient({ ...config.mail, allowPlain: config.mode !== 'production' }),
        publicUrl: config.publicUrl,
        isMandateLiving,
        findDraftEnd,
      }),
    },
  }
}

/** The rooms that keep what an office file says; each writes its own tables. */
export function composeOfficeImport({ personKeys }: { personKeys: readonly Buffer[] }) {
  const importMandates = mandateImport({ marksOf: personMarks(personKeys), requireMatters: requireKnownMatters })
  return { importClerks, publishForms, saveTaxSource, importMandates }
}

/** What taking a delivered tax register over needs. */
export function composeTaxImport({ personKeys }: { personKeys: readonly Buffer[] }) {
  return { directory: settlementDirectory(), marksOf: personMarks(personKeys), taxFileAt, importTaxFile }
}

/** What went wrong, without what was sent or answered. */
function kindOf(failure: unknown): string | undefined {
  const cause = failure instanceof Error && failure.cause instanceof Error ? failure.cause : failure
  return cause instanceof Error ? cause.name : undefined
}

function attachmentStoresOf({ objectStore }: Pick<WebConfig, 'objectStore'>): AttachmentStores {
  return { inDatabase: databaseStore, objects: objectStore && objectStoreClient(objectStore) }
}
