import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Journeys that move the time, or start and kill portals of their own: the others have another portal, and do not notice. */
const apart = [
  'test/journeys/{session,parked-work,uploads}.spec.ts',
  'test/demo/**/*.spec.ts',
  'test/crashes/**/*.spec.ts',
  'test/support/**/*.spec.ts',
]

/** People in a browser; each of the two projects has a portal, with a clock, of its own. */
const journeys = {
  globalSetup: ['test/support/portal-for-journeys.ts'],
  testTimeout: 240_000,
  hookTimeout: 240_000,
  maxWorkers: 1,
  isolate: false,
  sequence: { groupOrder: 2 },
}

/**
 * Pure rules and all that needs a database, then people in a browser. Files share what they import (`isolate`), which spares minutes.
 * The times allowed are there to end what hangs, not to judge: a busy machine may need many times what a quiet one does.
 */
export default defineConfig({
  root,
  test: {
    reporters: ['default', './test/support/total.ts'],
    env: { PORTAL_MODE: 'test' },
    expect: { poll: { timeout: 60_000, interval: 50 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'pure',
          setupFiles: ['test/support/same-properties.ts'],
          include: ['test/**/*.test.ts'],
          exclude: ['**/*.db.test.ts'],
          testTimeout: 120_000,
          maxWorkers: 2,
          isolate: false,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'db',
          setupFiles: ['test/support/same-properties.ts'],
          include: ['test/**/*.db.test.ts'],
          globalSetup: ['test/support/assets-for-tests.ts', 'test/support/postgres-for-tests.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
          isolate: false,
          sequence: { groupOrder: 1 },
        },
      },
      { extends: true, test: { ...journeys, name: 'journeys', include: ['test/**/*.spec.ts'], exclude: apart } },
      { extends: true, test: { ...journeys, name: 'journeys-apart', include: apart } },
    ],
  },
})
