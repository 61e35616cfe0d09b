import { fileURLToPath } from 'node:url'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Portal } from './compose.ts'
import { caseListPages, casePages } from './features/cases/index.ts'
import {
  caseClerksOnly,
  caseWorkPages,
  clerkOfficeChoice,
  clerkOfficeHome,
  clerkOfficePages,
  clerksOnly,
  formAdministratorsOnly,
  formPublishingPages,
  mandateRecordPages,
  recordsClerksOnly,
} from './features/clerk-office/index.ts'
import { dataTrailPages } from './features/data-trail/index.ts'
import { formPages, offeredForms, sectors } from './features/forms/index.ts'
import { helpPages } from './features/help/index.ts'
import {
  accountAlongside,
  accountPages,
  logoutReportPages,
  openAccountOnly,
  ownSessionsPages,
  rememberForSignIn,
  signInPages,
  signInWith,
  signOutPages,
} from './features/identity/index.ts'
import { paperFormPages } from './features/paper-forms/index.ts'
import { givenMandatePages, type Matters, partyScope, rightPages } from './features/representation/index.ts'
import { activeSessionOnly, carriesIdentifier, noticesSessions, sessionPages } from './features/session/index.ts'
import { settlementPages, settlementScope, settlementSearchPages } from './features/settlements/index.ts'
import {
  beginsFromBalance,
  draftListPages,
  parkedListPages,
  resumesWork,
  submissionPages,
} from './features/submissions/index.ts'
import { clientPages, ownTaxPages, taxBalancePages, taxTypes } from './features/tax-balance/index.ts'
import { assetsFolder, assetsPrefix, readAssets } from './platform/assets/manifest.ts'
import { limitsRequestsAtATime } from './platform/http/connections.ts'
import { showFailures } from './platform/http/failures.ts'
import { securityHeaders } from './platform/http/headers.ts'
import { choosesLanguage } from './platform/http/language.ts'
import { ownPagesOnly } from './platform/http/own-pages-only.ts'
import { policyReports } from './platform/http/policy-reports.ts'
import { acceptPostedForms } from './platform/http/posted-form.ts'
import { limitsRequests } from './platform/http/request-limits.ts'
import { createServer, refusesUnreadableAddresses, serveBuiltFiles } from './platform/http/server.ts'
import { refusalPages, showsPages } from './platform/views/index.ts'

/** The web application: plugins in order, then the scopes, and in each the features one reaches through it. */
export async function buildApp(portal: Portal): Promise<FastifyInstance> {
  const { config, log, db, directory, sessions, signIn, tickets, parkedWork } = portal
  const { publicUrl, trustedProxies, connectionsPerAddress } = config.server
  const headers = securityHeaders({ kauOrigin: portal.kau.origin, https: publicUrl.protocol === 'https:' })

  const mattersOfMandates: Matters = {
    sectors,
    forms: (language) => portal.forms.all().map(({ code, title }) => ({ code, title: title[language] })),
    taxTypes: (language) => taxTypes.map(({ code, name }) => ({ code, name: name[language] })),
  }

  const shown = { assets: readAssets(), demo: config.mode === 'demo' }
  const refusalPage = refusalPages(shown)

  const app = await createServer({ log, headers, trustedProxies, connectionsPerAddress, refusalPage })
  await serveBuiltFiles(app, { folder: fileURLToPath(assetsFolder), prefix: assetsPrefix })
  await policyReports(app, log)

  await showsPages(app, shown)
  choosesLanguage(app)
  showFailures(app)
  refusesUnreadableAddresses(app)
  limitsRequestsAtATime(app, { perAddress: connectionsPerAddress, trustedProxies })
  ownPagesOnly(app, publicUrl)
  acceptPostedForms(app)
  await carriesIdentifier(app, { secret: config.session.secret })
  app.decorateRequest('account')
  noticesSessions(app, { sessions, tickets, alongside: accountAlongside })
  limitsRequests(app, { db, factor: config.requestLimitFactor, personOf: accountOf })

  app.register(helpPages, { operator: config.operator, publicUrl })
  app.register(sessionPages)
  const resumeWork = resumesWork({ sessions, submissions: portal.submissions })
  app.register(signInPages, { signIn, endings: portal.endings, seal: portal.seal, resumeWork })
  app.register(logoutReportPages, { logoutReports: portal.logoutReports })
  app.register(signOutPages, { signOut: portal.signOut, seal: portal.seal })
  app.register(settlementSearchPages, { settlements: portal.settlements, ownSettlements })
  app.register(
    async (place) => {
      settlementScope(place, { directory }) // request.settlement, from the address
      place.register(settlementPages, {
        settlements: portal.settlements,
        ownSettlements,
        offeredForms: offeredForms(portal.forms),
        offersTaxBalance,
      })
      place.register(formPages, {
        forms: portal.forms,
        settlements: portal.settlements,
        signInWith: signInWith(signIn, resumeWork),
      })
    },
    { prefix: '/:settlement' },
  )
  app.register(async (people) => {
    // request.person; else continue, identify again, sign in
    activeSessionOnly(people, {
      db,
      sessions,
      tickets,
      park: parkedWork.parkPosted,
      rememberForSignIn: rememberForSignIn(signIn),
    })
    people.register(
      async (own) => {
        openAccountOnly(own, { sessions }) // the terms are accepted; request.account
        own.register(accountPages, {
          accounts: portal.accounts,
          directory,
          officesOf: portal.clerkOffice.officesOf,
          parkedCount: parkedWork.count,
          taxDue,
        })
        own.register(ownSessionsPages, { endings: portal.endings })
        own.register(draftListPages, { submissions: portal.submissions })
        own.register(parkedListPages, { submissions: portal.submissions })
        own.register(rightPages, {
          representation: portal.representation,
          directory,
          matters: mattersOfMandates,
        })
        own.register(givenMandatePages, {
          givenMandates: portal.givenMandates,
          directory,
          matters: mattersOfMandates,
          settlementsOf: joinedOwnSettlements,
        })
        own.register(clientPages, { clientDues: portal.clientDues, representation: portal.representation, directory })
        own.register(ownTaxPages, { taxBalances: portal.taxBalances, representation: portal.representation, directory })
        own.register(dataTrailPages, { dataTrail: portal.dataTrail, directory })
        own.register(caseListPages, { cases: portal.cases, forms: portal.forms, directory })
      },
      { prefix: '/sajat' },
    )
    people.register(
      async (matters) => {
        openAccountOnly(matters, { sessions })
        settlementScope(matters, { directory })
        partyScope(matters, { representation: portal.representation }) // request.party: on whose behalf, from the address
        matters.register(submissionPages, { submissions: portal.submissions, settlements: portal.settlements })
        matters.register(casePages, {
          cases: portal.cases,
          forms: portal.forms,
          directory,
          submissions: portal.submissions,
        })
        matters.register(taxBalancePages, {
          taxBalances: portal.taxBalances,
          representation: portal.representation,
          acceptedForms,
          beginForm: beginsFromBalance(portal.submissions),
        })
      },
      { prefix: '/:settlement/:party' },
    )
    people.register(clerkOfficeChoice, { prefix: '/hivatal', clerkOffice: portal.clerkOffice })
    people.register(
      async (office) => {
        clerksOnly(office, { db }) // request.clerk: role and office, read from the database each time
        office.register(clerkOfficeHome)
        office.register(async (desk) => {
          caseClerksOnly(desk)
          desk.register(clerkOfficePages, { clerkOffice: portal.clerkOffice, forms: portal.forms, directory })
          desk.register(caseWorkPages, {
            clerkOffice: portal.clerkOffice,
            caseWorking: portal.caseWorking,
            forms: portal.forms,
            directory,
          })
          desk.register(mandateRecordPages, {
            mandateRecords: portal.mandateRecords,
            forms: portal.forms,
            directory,
            matters: mattersOfMandates,
          })
        })
        office.register(async (arriving) => {
          recordsClerksOnly(arriving)
          arriving.register(paperFormPages, { paperForms: portal.paperForms })
        })
        office.register(async (publishing) => {
          formAdministratorsOnly(publishing)
          publishing.register(formPublishingPages, { formPublishing: portal.formPublishing, directory })
        })
      },
      { prefix: '/hivatal/:office' },
    )
  })
  return app

  async function joinedOwnSettlements(request: FastifyRequest) {
    const own = await ownSettlements(request)
    const joined = await portal.settlements.joinedAmong(own.map(({ id }) => id))
    return own.filter(({ id }) => joined?.has(id))
  }

  async function offersTaxBalance(settlementId: number): Promise<boolean> {
    return (await portal.taxBalances.offering([settlementId])).has(settlementId)
  }

  function taxDue({ person, id }: FastifyRequest): Promise<number | undefined> {
    const marks = portal.representation.marksOf(person)
    return portal.taxBalances.dueNow({ asker: person, requestId: id }, marks)
  }

  async function acceptedForms(settlementId: number): Promise<ReadonlySet<string>> {
    const offered = await portal.submissions.offered(settlementId)
    return new Set(offered.flatMap(({ forms }) => forms.map(({ definition }) => definition.code)))
  }

  async function ownSettlements({ presence, account }: FastifyRequest) {
    if (presence?.state !== 'active') return []
    return account.ownSettlementIds.flatMap((id) => directory.byId(id) ?? [])
  }
}

function accountOf({ presence }: FastifyRequest): string | undefined {
  return presence?.lineage?.accountId
}
