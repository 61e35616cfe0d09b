import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { startSimulatorProcess } from './start-process.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const kau = {
  KAU_CLIENT_ID: 'portal',
  KAU_CLIENT_SECRET: 'a secret of the tests, long enough',
  KAU_REDIRECT_URIS: 'http://127.0.0.1:1/vissza',
  KAU_POST_LOGOUT_REDIRECT_URIS: 'http://127.0.0.1:1/ki',
}

test.each([
  ['national-identity/server.ts', kau, 'port', 'KAU_SIMULATOR_PORT'],
  ['mail/server.ts', {}, 'webPort', 'MAIL_SIMULATOR_WEB_PORT'],
  ['virus-scanner/server.ts', {}, 'port', 'VIRUS_SCANNER_SIMULATOR_PORT'],
  ['tax-system/server.ts', { TAX_SYSTEM_TOKEN: 't' }, 'port', 'TAX_SIMULATOR_PORT'],
  ['specialist-systems/server.ts', { SPECIALIST_SYSTEM_TOKEN: 't' }, 'port', 'SPECIALIST_SIMULATOR_PORT'],
] as const)(
  '%s starts, answers, stops when told, and says when its port is taken',
  async (program, env, port, variable) => {
    const simulator = await startSimulatorProcess(program, env)
    const taken = String(simulator.ready[port])
    try {
      await Promise.all([
        expect(startSimulatorProcess(program, { ...env, [variable]: taken })).rejects.toThrow(`port ${taken} is taken`),
        expect(startSimulatorProcess(program, { ...env, [variable]: 'x' })).rejects.toThrow(
          `${variable} is not a port`,
        ),
      ])
    } finally {
      await simulator.stop()
    }
    expect(alive(simulator.pid)).toBe(false)
  },
)

test('a setting that is missing is named', async () => {
  await expect(startSimulatorProcess('national-identity/server.ts', {})).rejects.toThrow('KAU_REDIRECT_URIS is not set')
  await expect(startSimulatorProcess('specialist-systems/server.ts', {})).rejects.toThrow('SPECIALIST_SYSTEM_TOKEN')
})

test('a simulator does not outlive the process that started it', async () => {
  const program = `
    import { startSimulatorProcess } from './test/simulators/start-process.ts'
    console.log((await startSimulatorProcess('virus-scanner/server.ts', {})).pid)
    setInterval(() => undefined, 1000)`
  const parent = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], { cwd: root })
  const said = await new Promise<string>((resolve) => parent.stdout.once('data', (text) => resolve(String(text))))
  const pid = Number(said)
  expect(alive(pid)).toBe(true)
  parent.kill('SIGKILL')
  await expect.poll(() => alive(pid)).toBe(false)
})

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
