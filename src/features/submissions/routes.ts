import type { FastifyPluginAsync } from 'fastify'
import type { SettlementService } from '../settlements/index.ts'
import { completionPages } from './completion-routes.ts'
import { copyPages } from './copy-routes.ts'
import { fillingPages } from './filling-routes.ts'
import { parkedPages } from './parked-routes.ts'
import { receiptPages } from './receipt-routes.ts'
import { sendingPages } from './sending-routes.ts'
import type { Submissions } from './service.ts'
import { startPages } from './start-routes.ts'
import { versionPages } from './version-routes.ts'

export interface SubmissionPages {
  submissions: Submissions
  settlements: SettlementService
}

/** Everything between choosing a form and holding its receipt; registered behind `settlementScope` and `partyScope`. */
export const submissionPages: FastifyPluginAsync<SubmissionPages> = async (app, portal) => {
  app.register(startPages, portal)
  app.register(fillingPages, portal)
  app.register(versionPages, portal)
  app.register(sendingPages, portal)
  app.register(receiptPages, portal)
  app.register(copyPages, portal)
  app.register(completionPages, portal)
  app.register(parkedPages, portal)
}
