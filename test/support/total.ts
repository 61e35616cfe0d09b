import type { Reporter, TestModule } from 'vitest/node'

/** Closes a test run with one plain line. */
export default class Total implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const count = { passed: 0, failed: errors.length, skipped: 0 }
    for (const module of modules) {
      let failedTests = 0
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        if (state === 'passed') count.passed += 1
        else if (state === 'failed') failedTests += 1
        else count.skipped += 1
      }
      // a file that cannot be loaded, or whose preparation fails, has no failed test to count
      count.failed += failedTests === 0 && module.state() === 'failed' ? 1 : failedTests
    }
    const skipped = count.skipped === 0 ? '' : `, ${count.skipped} skipped`
    process.stdout.write(`\n${count.passed} passed, ${count.failed} failed${skipped}\n`)
  }
}
