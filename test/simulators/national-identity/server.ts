/**
 * The simulated KAÜ as a process.
 *
 *   KAU_SIMULATOR_PORT, _HOST          where it listens; 0 (the default) is any free port, host 127.0.0.1
 *   KAU_SIMULATOR_CONTROL_PORT         where it is steered from, on the loopback; unset: not at all
 *   KAU_ISSUER                         its name and public address; http://localhost:<port> unless set
 *   KAU_CLIENT_ID, KAU_CLIENT_SECRET   the portal's registration
 *   KAU_REDIRECT_URIS, KAU_POST_LOGOUT_REDIRECT_URIS   separated by commas
 *   KAU_BACKCHANNEL_LOGOUT_URI         /kau/kijelentkeztetes beside the first redirect address unless set
 *   KAU_SESSION_SECONDS                14400 unless set
 *   KAU_KEY_SEED                       keeps the signing key over restarts; random unless set
 *   KAU_PUSHED_REQUESTS                1 offers pushed authorization requests
 */
import { createServer } from 'node:http'
import { close, listen } from '../listen.ts'
import { listed, port, required, runSimulator } from '../process.ts'
import { clock } from './clock.ts'
import { controlServer } from './control.ts'
import { nationalIdentityAgent, randomSeed, reportAddress } from './provider.ts'

await runSimulator('national-identity', async () => {
  const env = process.env
  const redirectUris = listed(required('KAU_REDIRECT_URIS'))
  const [first] = redirectUris
  if (first === undefined) throw new Error('KAU_REDIRECT_URIS names no address')

  const server = createServer()
  const listening = await listen(server, port('KAU_SIMULATOR_PORT'), env.KAU_SIMULATOR_HOST)
  const issuer = env.KAU_ISSUER ?? `http://localhost:${listening}`
  const agent = nationalIdentityAgent(
    {
      issuer,
      clientId: required('KAU_CLIENT_ID'),
      clientSecret: required('KAU_CLIENT_SECRET'),
      redirectUris,
      postLogoutRedirectUris: listed(required('KAU_POST_LOGOUT_REDIRECT_URIS')),
      backchannelLogoutUri: env.KAU_BACKCHANNEL_LOGOUT_URI ?? reportAddress(first),
      sessionSeconds: Number(env.KAU_SESSION_SECONDS ?? 14_400),
      keySeed: env.KAU_KEY_SEED ?? randomSeed(),
      pushedRequests: env.KAU_PUSHED_REQUESTS === '1',
    },
    () => listening,
  )
  server.on('request', agent.handle)

  const control = controlServer(agent)
  const controlPort =
    env.KAU_SIMULATOR_CONTROL_PORT === undefined ? undefined : await listen(control, port('KAU_SIMULATOR_CONTROL_PORT'))

  return {
    ready: { issuer, port: listening, controlPort },
    async stop() {
      await Promise.all([close(server), controlPort === undefined ? undefined : close(control), clock.stop()])
    },
  }
})
