/**
 * The simulated tax specialist system as a process.
 *
 *   TAX_SIMULATOR_PORT   where it listens; 0 (the default) is any free port
 *   TAX_SIMULATOR_HOST   127.0.0.1 unless set
 *   TAX_SYSTEM_TOKEN     the portal's token
 */
import { port, required, runSimulator } from '../process.ts'
import { startTaxSystemSimulator } from './simulator.ts'

await runSimulator('tax-system', async () => {
  const system = await startTaxSystemSimulator({
    token: required('TAX_SYSTEM_TOKEN'),
    port: port('TAX_SIMULATOR_PORT'),
    host: process.env.TAX_SIMULATOR_HOST,
  })
  return { ready: { url: system.url, port: system.port }, stop: system.stop }
})
