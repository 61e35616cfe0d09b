/**
 * What proves the session's rules, apart from what runs with every `npm test`:
 *
 *   npm run test:session                 the session's own tests
 *   npm run test:session -- --long       100,000 histories of the rules and 2,000 of the application, of up to 60 steps, on seeds
 *                                        nobody has seen; PROPERTY_SEED=… repeats one
 *   npm run test:session -- --mutants    breaks one rule after the other in a copy of the tree and shows which test notices;
 *                                        --mutants 3-5 only these
 */
import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Mutant, mutants } from './mutants.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const [wish, which] = process.argv.slice(2)

/** What is run for a mutant until something notices, the quickest first. */
const suites: { project: 'pure' | 'db'; paths: string[] }[] = [
  { project: 'pure', paths: ['test/features/session'] },
  { project: 'db', paths: ['test/features/session'] },
  { project: 'db', paths: ['test/features/identity', 'test/features/parked-work', 'test/features/submissions'] },
]

if (wish === '--mutants') process.exitCode = await killMutants()
else if (wish === '--long') process.exitCode = await runLong()
else process.exitCode = await vitest(root, ['test/features/session', '--project', 'pure', '--project', 'db'])

function runLong(): Promise<number> {
  const seed = process.env['PROPERTY_SEED'] ?? String(Math.floor(Math.random() * 0x7fff_ffff))
  process.stdout.write(`seed ${seed}\n`)
  return vitest(root, ['test/features/session/model', '--project', 'pure', '--project', 'db'], {
    SESSION_HISTORIES: 'long',
    PROPERTY_SEED: seed,
  })
}

/** @returns how many nobody noticed */
async function killMutants(): Promise<number> {
  const copy = mkdtempSync(join(tmpdir(), 'session-mutants-'))
  try {
    const left = new Set(['node_modules', '.git', 'dist'])
    cpSync(root, copy, { recursive: true, filter: (path) => !left.has(relative(root, path)) })
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
    const [first = 1, last = first] = which?.split('-').map(Number) ?? [1, mutants.length]
    for (const mutant of mutants) mutated(readFileSync(join(copy, mutant.file), 'utf8'), mutant)
    let alive = 0
    process.stdout.write('| mutant | killed by |\n|---|---|\n')
    for (const mutant of mutants.slice(first - 1, last)) {
      const killer = await tryMutant(copy, mutant)
      if (killer === undefined) alive += 1
      process.stdout.write(`| ${mutant.what} | ${killer ?? 'NOBODY'} |\n`)
    }
    process.stdout.write(`\n${alive === 0 ? 'all noticed' : `${alive} not noticed`}\n`)
    return alive
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
}

/** @throws Error when the code has changed, so that the mutant would break nothing or too much */
function mutated(text: string, { what, file, find, put }: Mutant): string {
  if (text.split(find).length !== 2) throw new Error(`${what}: what it changes does not stand once in ${file}`)
  return text.replace(find, () => put)
}

async function tryMutant(copy: string, mutant: Mutant): Promise<string | undefined> {
  const path = join(copy, mutant.file)
  const text = readFileSync(path, 'utf8')
  writeFileSync(path, mutated(text, mutant))
  try {
    for (const { project, paths } of suites.slice(mutant.where === 'rules' ? 0 : 1)) {
      const killer = await firstFailure(copy, project, paths)
      if (killer !== undefined) return killer
    }
    return undefined
  } finally {
    writeFileSync(path, text)
  }
}

interface Report {
  numTotalTests: number
  testResults: { message: string; assertionResults: { status: string; title: string; failureMessages?: string[] }[] }[]
}

async function firstFailure(copy: string, project: string, paths: string[]): Promise<string | undefined> {
  const output = join(copy, 'report.json')
  rmSync(output, { force: true })
  const settings = ['--project', project, '--bail', '1', '--reporter', 'json', '--outputFile', output]
  await vitest(copy, [...paths, ...settings], {}, 'ignore')
  const report = JSON.parse(readFileSync(output, 'utf8')) as Report
  const failed = report.testResults.flatMap(({ assertionResults }) =>
    assertionResults.filter(({ status }) => status === 'failed'),
  )
  const [first] = failed
  if (first !== undefined) {
    const because = (first.failureMessages?.[0] ?? '').split('\n', 1)[0]?.replace(/^(\w*Error): /, '')
    return `${project}: ${first.title} (${because})`
  }
  const broken = report.testResults.find(({ message }) => message !== '')
  if (broken !== undefined) throw new Error(`a test file could not be run: ${broken.message}`)
  if (report.numTotalTests === 0) throw new Error('no test was run')
  return undefined
}

function vitest(
  cwd: string,
  more: string[],
  environment: Record<string, string> = {},
  stdio: 'inherit' | 'ignore' = 'inherit',
): Promise<number> {
  const command = join(cwd, 'node_modules/vitest/vitest.mjs')
  const env = { ...process.env, ...environment }
  return new Promise((resolve, reject) => {
    spawn(process.execPath, [command, 'run', '--config', 'test/vitest.config.ts', ...more], { cwd, env, stdio })
      .on('error', reject)
      .on('exit', (code) => resolve(code ?? 1))
  })
}
