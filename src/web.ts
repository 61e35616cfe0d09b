import { createServer } from 'node:http'
import { buildApp } from './app.ts'
import { composeWeb } from './compose.ts'
import { ConfigurationError, readWebConfig } from './config.ts'
import { requireRealClock } from './platform/clock.ts'
import { requireSeparateTenants } from './platform/database.ts'
import { OutsideSystemDown } from './platform/http/errors.ts'
import { stopsGently } from './platform/stopping.ts'

/** The web process: pages for citizens and clerks. */
try {
  const config = readWebConfig(process.env)
  const portal = composeWeb(config)
  await requireFitDatabase().catch((error: unknown) => {
    // A database that is away may come back and is looked at again; one that is not fit to serve never serves.
    if (!(error instanceof OutsideSystemDown)) throw error
    portal.log.warn({ system: 'database' }, 'started while the database is away')
  })
  const app = await buildApp(portal)
  await app.listen({ host: config.server.host, port: config.server.port })
  const health = config.server.healthPort === undefined ? undefined : answerHealth(config.server.healthPort)
  stopsGently(portal.log, async () => {
    health?.close()
    await app.close()
    await portal.db.pool.end()
  })

  async function requireFitDatabase(): Promise<void> {
    await requireSeparateTenants(portal.db)
    if (config.mode === 'production') await requireRealClock(portal.db)
  }

  /** On a port of its own, for whoever watches the process: alive, and able to serve. */
  function answerHealth(port: number) {
    return createServer((request, response) => {
      const answer = (ok: boolean) =>
        response.writeHead(ok ? 200 : 503, { 'content-type': 'text/plain' }).end(ok ? 'ok' : 'nem')
      if (request.url === '/el') answer(true)
      else if (request.url === '/kesz')
        requireFitDatabase().then(
          () => answer(true),
          () => answer(false),
        )
      else response.writeHead(404).end()
    }).listen(port, config.server.host)
  }
} catch (error) {
  const why = error instanceof ConfigurationError || error instanceof Error ? error.message : 'unknown'
  process.stderr.write(`${why}\n`)
  process.exit(1)
}
