import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type ProcessSettings, running, startProcess } from './processes.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'portal-processes-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function program(text: string): Pick<ProcessSettings, 'name' | 'program' | 'env' | 'log'> {
  const path = join(folder, 'program.ts')
  writeFileSync(path, text)
  return { name: 'program', program: path, env: {}, log: join(folder, 'program.log') }
}

test('a process that says where it answers is stopped when asked', async () => {
  const process = await startProcess({
    ...program(`console.log('begun'); console.log(JSON.stringify({ port: 1 })); setInterval(() => {}, 1000)`),
    ready: 'line',
  })
  expect(process.told).toEqual({ port: 1 })
  await process.stop()
  expect(running(process.pid)).toBe(false)
  expect(readFileSync(join(folder, 'program.log'), 'utf8')).toContain('begun')
})

test('a process that ends before it is ready is quoted', async () => {
  await expect(
    startProcess({ ...program(`console.error('PORT: is missing'); process.exit(3)`), ready: 'message' }),
  ).rejects.toThrow(/program ended with 3 before it was ready:\nPORT: is missing/)
})

test('a process ends with the one that started it, however that ended', async () => {
  const inner = program(`process.send?.('ready'); console.log(process.pid); setInterval(() => {}, 1000)`)
  const library = fileURLToPath(new URL('processes.ts', import.meta.url))
  const starter = `
    const { startProcess } = await import(${JSON.stringify(library)})
    const inner = await startProcess({ ...${JSON.stringify(inner)}, ready: 'message' })
    console.log(inner.pid)
    setInterval(() => {}, 1000)`
  const outer = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', starter], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let pid = 0
  for await (const said of outer.stdout) {
    pid = Number(String(said))
    break
  }
  expect(running(pid)).toBe(true)
  outer.kill('SIGKILL')
  for (let waited = 0; running(pid) && waited < 10_000; waited += 50) await pause(50)
  expect(running(pid)).toBe(false)
})
