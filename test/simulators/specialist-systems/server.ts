/**
 * The simulated specialist systems as a process.
 *
 *   SPECIALIST_SIMULATOR_PORT   where they listen; 0 (the default) is any free port
 *   SPECIALIST_SIMULATOR_HOST   127.0.0.1 unless set
 *   SPECIALIST_SYSTEM_TOKEN     the portal's token
 */
import { port, required, runSimulator } from '../process.ts'
import { startSpecialistSystemsSimulator } from './simulator.ts'

await runSimulator('specialist-systems', async () => {
  const systems = await startSpecialistSystemsSimulator({
    token: required('SPECIALIST_SYSTEM_TOKEN'),
    port: port('SPECIALIST_SIMULATOR_PORT'),
    host: process.env.SPECIALIST_SIMULATOR_HOST,
  })
  return { ready: { url: systems.url, port: systems.port }, stop: systems.stop }
})
