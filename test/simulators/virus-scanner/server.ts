/**
 * The simulated virus scanner as a process.
 *
 *   VIRUS_SCANNER_SIMULATOR_PORT   where it listens; 0 (the default) is any free port
 *   VIRUS_SCANNER_SIMULATOR_HOST   127.0.0.1 unless set
 */
import { port, runSimulator } from '../process.ts'
import { startVirusScannerSimulator } from './simulator.ts'

await runSimulator('virus-scanner', async () => {
  const scanner = await startVirusScannerSimulator({
    port: port('VIRUS_SCANNER_SIMULATOR_PORT'),
    host: process.env.VIRUS_SCANNER_SIMULATOR_HOST,
  })
  return { ready: { port: scanner.port }, stop: scanner.stop }
})
