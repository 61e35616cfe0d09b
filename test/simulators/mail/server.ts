/**
 * The simulated mail server as a process.
 *
 *   MAIL_SIMULATOR_PORT       SMTP; 0 (the default) is any free port
 *   MAIL_SIMULATOR_WEB_PORT   the page of letters and /letters.json
 *   MAIL_SIMULATOR_HOST       127.0.0.1 unless set
 */
import { port, runSimulator } from '../process.ts'
import { startMailSimulator } from './simulator.ts'

await runSimulator('mail', async () => {
  const { smtpPort, webPort, smtpUrl, stop } = await startMailSimulator({
    smtpPort: port('MAIL_SIMULATOR_PORT'),
    webPort: port('MAIL_SIMULATOR_WEB_PORT'),
    host: process.env.MAIL_SIMULATOR_HOST,
  })
  return { ready: { smtpUrl, smtpPort, webPort }, stop }
})
