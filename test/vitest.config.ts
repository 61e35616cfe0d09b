import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Journeys that move the time, or start and kill portals of their own: those beside them must not notice. */
const apart = [
  'test/journeys/{session,parked-work,uploads}.spec.ts',
  'test/demo/**/*.spec.ts',
  'test/crashes/**/*.spec.ts',
  'test/support/**/*.spec.ts',
]

/** People in a browser; each of the two projects has a portal, with a clock, of its own, and uses it one file at a time. */
const journeys = {
  globalSetup: ['test/support/portal-for-journeys.ts'],
  setupFiles: ['test/support/one-at-a-time.ts'],
  testTimeout: 120_000,
  hookTimeout: 600_000,
  maxWorkers: 2,
  sequence: { groupOrder: 2 },
}

/** The longest files first, by turns from each project, so that no worker waits for the other's portal. */
class ByTurns extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const places = new Map<string, number>()
    const place = new Map(
      sorted.map((file) => {
        const next = (places.get(file.project.name) ?? 0) + 1
        places.set(file.project.name, next)
        return [file, next] as const
      }),
    )
    return sorted.toSorted(
      (a, b) =>
        a.project.config.sequence.groupOrder - b.project.config.sequence.groupOrder ||
        (place.get(a) ?? 0) - (place.get(b) ?? 0),
    )
  }
}

/** Pure rules and all that needs a database, whose files share what they import (`isolate`), then people in a browser. */
export default defineConfig({
  root,
  test: {
    reporters: ['default', './test/support/total.ts'],
    env: { PORTAL_MODE: 'test' },
    sequence: { sequencer: ByTurns },
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
          testTimeout: 30_000,
          hookTimeout: 60_000,
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
