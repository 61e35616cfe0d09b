import { parseArgs } from 'node:util'
import { Client } from 'pg'
import { composeTaxImport } from './compose.ts'
import { readTaxImportConfig } from './config.ts'
import type { TaxImportProgress } from './features/tax-balance/index.ts'

/** The operator's command: takes a settlement's delivered tax register over, all of the file or nothing of it. */
try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { settlement: { type: 'string' }, anyway: { type: 'boolean', default: false } },
  })
  const [path, ...more] = positionals
  if (values.settlement === undefined || path === undefined || more.length > 0) {
    throw new Error('name a settlement and one file: --settlement 06293 books.csv (or .jsonl, or either with .gz)')
  }
  const { ownerUrl, personKeys } = readTaxImportConfig(process.env)
  const { directory, marksOf, taxFileAt, importTaxFile } = composeTaxImport({ personKeys })
  const settlement = directory.all.find(({ kshCode, slug }) => [kshCode, slug].includes(values.settlement ?? ''))
  if (settlement === undefined) throw new Error('there is no such settlement')
  const file = await taxFileAt(path)
  const client = new Client({ connectionString: ownerUrl })
  await client.connect()
  try {
    const shown = progressLine(file.sizeBytes)
    const taken = await importTaxFile(client, {
      settlementCode: settlement.kshCode,
      file,
      marksOf,
      anyway: values.anyway,
      onProgress: shown.show,
    }).finally(shown.end)
    const { outcome, taxpayers, accounts, bookings, mandates } = taken
    process.stdout.write(
      outcome === 'same-file'
        ? `${settlement.name}: the same file as the last one, nothing to change\n`
        : `${settlement.name}: taxpayers ${taxpayers}, accounts ${accounts}, bookings ${bookings}, mandates ${mandates}\n`,
    )
  } finally {
    await client.end()
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : 'unknown'}\n`)
  process.exitCode = 1
}

/** A bar that is drawn over itself, where somebody watches. */
function progressLine(sizeBytes: number) {
  const watched = process.stderr.isTTY
  let drawnAt = 0
  return {
    show({ step, readBytes, bookings }: TaxImportProgress): void {
      if (!watched || (step === 'reading' && performance.now() - drawnAt < 200)) return
      drawnAt = performance.now()
      const part = sizeBytes === 0 ? 1 : Math.min(1, readBytes / sizeBytes)
      const bar = '#'.repeat(Math.round(part * 30)).padEnd(30, '-')
      process.stderr.write(`\r[${bar}] ${String(Math.floor(part * 100)).padStart(3)} %  ${bookings} bookings, ${step} `)
    },
    end(): void {
      if (watched && drawnAt > 0) process.stderr.write('\n')
    },
  }
}
