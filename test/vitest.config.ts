import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Pure rules, then all that needs a database, then people in a browser, who have the machine to themselves. */
export default defineConfig({
  root,
  test: {
    reporters: ['default', './test/support/total.ts'],
    env: { PORTAL_MODE: 'test' },
    projects: [
      {
        extends: true,
        test: {
          name: 'pure',
          setupFiles: ['test/support/same-properties.ts'],
          include: ['test/**/*.test.ts'],
          exclude: ['**/*.db.test.ts'],
          testTimeout: 20_000,
          maxWorkers: 2,
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
          testTimeout: 30_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'journeys',
          include: ['test/**/*.spec.ts'],
          globalSetup: ['test/support/portal-for-journeys.ts'],
          testTimeout: 120_000,
          hookTimeout: 180_000,
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
