import { createHash } from 'node:crypto'
import { eq, sql } from 'drizzle-orm'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type Db, inOneFlush, inScope, prepared } from '../database.ts'
import { OutsideSystemDown, TooMany } from './errors.ts'
import { networkOf } from './network.ts'
import { requestCounts } from './tables.ts'

export interface RequestLimit {
  /** routes with the same name share the count */
  name: string
  max: number
  minutes: number
  by: 'address' | 'person'
}

declare module 'fastify' {
  interface FastifyContextConfig {
    limit?: RequestLimit | readonly RequestLimit[]
  }
}

/** What holds for every address that a signed-in person opens and that has no limit of its own. */
const perPerson: RequestLimit = { name: 'pages', max: 120, minutes: 1, by: 'person' }

/**
 * Holds routes to the limit in their configuration, counted in the database so that all processes count together; the
 * answer to one too many is 429 and never a locked account.
 *
 * @param factor multiplies every limit; 1 in production
 * @param personOf who is signed in, if anybody; strangers are counted by address
 */
export function limitsRequests(
  app: FastifyInstance,
  { db, factor, personOf }: { db: Db; factor: number; personOf: (request: FastifyRequest) => string | undefined },
): void {
  app.addHook('preParsing', async (request) => {
    const person = personOf(request)
    const limits = request.routeOptions.config.limit ?? (person === undefined ? [] : perPerson)
    for (const limit of [limits].flat()) {
      const source = (limit.by === 'person' ? person : undefined) ?? networkOf(request.ip)
      const counted = await count(db, keyOf(limit.name, source), limit.minutes).catch((error: unknown) => {
        // Counting must not close the public pages while the database is away.
        if (error instanceof OutsideSystemDown) return undefined
        throw error
      })
      if (counted !== undefined && counted.count > limit.max * factor) throw new TooMany(counted.secondsLeft)
    }
  })
}

export type Tries = ReturnType<typeof countedTries>

/** A limit on what only the handler can judge, for example on wrong numbers; counted like the limits of routes. */
export function countedTries(
  { db, factor }: { db: Db; factor: number },
  { name, max, minutes }: Omit<RequestLimit, 'by'>,
) {
  return {
    /** Before it is known how it ends, so that many at once are not more than one after another. @throws TooMany */
    async take(source: string): Promise<void> {
      const counted = await count(db, keyOf(name, source), minutes)
      if (counted.count > max * factor) throw new TooMany(counted.secondsLeft)
    },

    /** It was none of those that count. */
    async giveBack(source: string): Promise<void> {
      await inScope(db, { role: 'door' }, (tx) =>
        tx
          .update(requestCounts)
          .set({ count: sql`greatest(${requestCounts.count} - 1, 0)` })
          .where(eq(requestCounts.key, keyOf(name, source))),
      )
    },
  }
}

function keyOf(name: string, source: string): string {
  return `${name}:${createHash('sha256').update(source).digest('base64url').slice(0, 22)}`
}

async function count(db: Db, key: string, minutes: number): Promise<{ count: number; secondsLeft: number }> {
  const [row] = await inOneFlush(db, { role: 'door' }, (tx) => countRequest(tx).execute({ key, minutes }))
  return { count: row?.count ?? 0, secondsLeft: Number(row?.secondsLeft ?? 60) }
}

const { windowEndsAt } = requestCounts
const isOver = sql`${windowEndsAt} <= now()`

const countRequest = prepared((tx) =>
  tx
    .insert(requestCounts)
    .values({
      key: sql.placeholder('key'),
      count: 1,
      windowEndsAt: sql`now() + make_interval(mins => ${sql.placeholder('minutes')}::integer)`,
    })
    .onConflictDoUpdate({
      target: requestCounts.key,
      set: {
        count: sql`case when ${isOver} then 1 else ${requestCounts.count} + 1 end`,
        windowEndsAt: sql`case when ${isOver} then excluded.window_ends_at else ${windowEndsAt} end`,
      },
    })
    .returning({
      count: requestCounts.count,
      secondsLeft: sql<string>`ceil(extract(epoch from ${windowEndsAt} - now()))`,
    })
    .prepare('count-request'),
)
