/**
 * What the reports of all test runs say together, the tests that failed by name, and the last line, "N passed, N failed".
 *
 *     node .ci/result.mjs <folder of the reports> <failures that no report knows of>
 *     node .ci/result.mjs --failed-files <report>
 *
 * Files of a run that failed were run once more by themselves (`all-again.json`): what passes then was unsteady, not broken. It is
 * named, and counted as what it was the second time.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const [first = '', second = '0'] = process.argv.slice(2)

if (first === '--failed-files') {
  for (const { name } of failedFiles(read(second))) console.log(name)
} else {
  const reports = ['all', 'node24', 'clamd'].map((name) => {
    const report = read(join(first, `${name}.json`))
    const again = read(join(first, `${name}-again.json`))
    return report && again ? seenAgain(report, again) : report
  })
  const count = { passed: 0, failed: 0, skipped: 0 }
  for (const report of reports) {
    // a run without a report has tested nothing
    if (report === undefined) count.failed += 1
    for (const file of report?.testResults ?? []) {
      const failed = file.assertionResults.filter(({ status }) => status === 'failed')
      for (const { fullName, failureMessages } of failed) tell('failed', file.name, fullName, failureMessages)
      if (file.status === 'failed' && failed.length === 0) tell('failed', file.name, '(the whole file)', [file.message])
      count.failed += file.status === 'failed' ? Math.max(1, failed.length) : failed.length
      count.passed += file.assertionResults.filter(({ status }) => status === 'passed').length
      count.skipped += file.assertionResults.filter(({ status }) => !['passed', 'failed'].includes(status)).length
    }
  }
  if (count.failed === 0) count.failed = Number(second)
  if (count.skipped > 0) console.log(`${count.skipped} tests were skipped`)
  console.log(`${count.passed} passed, ${count.failed} failed`)
  process.exitCode = count.failed > 0 || count.passed === 0 ? 1 : 0
}

function read(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined
}

function failedFiles(report) {
  return (report?.testResults ?? []).filter(({ status }) => status === 'failed')
}

/** The first run, with the files of the second in their places. */
function seenAgain(all, again) {
  const second = new Map(again.testResults.map((file) => [file.name, file]))
  for (const file of failedFiles(all)) {
    const other = second.get(file.name)
    if (other === undefined || other.status === 'failed') continue
    for (const { status, fullName, failureMessages } of file.assertionResults) {
      if (status === 'failed') tell('unsteady, passed when run again', file.name, fullName, failureMessages)
    }
  }
  return { testResults: all.testResults.map((file) => (file.status === 'failed' ? (second.get(file.name) ?? file) : file)) }
}

function tell(verdict, file, test, messages) {
  const reason = (messages?.[0] ?? '').split('\n')[0]?.slice(0, 300)
  console.log(`${verdict}: ${file.slice(file.lastIndexOf('/test/') + 1)}: ${test}: ${reason}`)
}
