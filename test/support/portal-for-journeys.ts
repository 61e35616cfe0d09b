import { rmSync } from 'node:fs'
import type { TestProject } from 'vitest/node'
import { startPortal } from '../demo/portal.ts'
import './journey-portal.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** Set-up of the journeys: the whole portal as people meet it, one for all of them. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = temporaryFolder()
  const remove = () => rmSync(dataDir, { recursive: true, force: true })
  try {
    // a person in a test is quicker than a person
    const env = { REQUEST_LIMIT_FACTOR: '1000', CONNECTIONS_PER_ADDRESS: '1000' }
    const portal = await startPortal({ dataDir, durable: false, mode: 'test', env })
    const { url, kauUrl, kauControlUrl, mailUrl, specialistUrl, taxSystemUrl, postgres } = portal
    project.provide('journeyPortal', {
      url,
      kauUrl,
      kauControlUrl,
      mailUrl,
      specialistUrl,
      taxSystemUrl,
      adminUrl: postgres.adminUrl(),
    })
    return async () => {
      await portal.stop()
      remove()
    }
  } catch (error) {
    remove()
    throw error
  }
}
