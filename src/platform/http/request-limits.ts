import { createHash } from 'node:crypto'
import { eq, sql } from 'drizzle-orm'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type Db, inOneFlush, inScope, prepared, type Tx } from '../database.ts'
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
  interface FastifyRequest {
    /** how many pages the person has opened, where that was counted while looking who is there */
    pageCount: Count | undefined
  }
}

export interface Count {
  count: number
  secondsLeft: number
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
  if (!app.hasRequestDecorator('pageCount')) app.decorateRequest('pageCount', undefined)
  app.addHook('preParsing', async (request) => {
    const person = personOf(request)
    const limits = request.routeOptions.config.limit ?? (person === undefined ? [] : perPerson)
    for (const limit of [limits].flat()) {
      const source = (limit.by === 'person' ? person : undefined) ?? networkOf(request.ip)
      const counted =
        (limit === perPerson && request.pageCount) || (await countUnlessAway(keyOf(limit.name, source), limit))
      if (counted !== undefined && counted.count > limit.max * factor) throw new TooMany(counted.secondsLeft)
    }
  })

  async function countUnlessAway(key: string, { minutes }: RequestLimit): Promise<Count | undefined> {
    try {
      return await count(db, key, minutes)
    } catch (error) {
      // Counting must not close the public pages while the database is away.
      if (error instanceof OutsideSystemDown) return undefined
      throw error
    }
  }
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

async function count(db: Db, key: string, minutes: number): Promise<Count> {
  const [row] = await inOneFlush(db, { role: 'door' }, (tx) => countRequest(tx).execute({ key, minutes }))
  return row ?? { count: 0, secondsLeft: 60 }
}

const { windowEndsAt } = requestCounts
const isOver = sql`${windowEndsAt} <= now()`

const orOneMore = {
  target: requestCounts.key,
  set: {
    count: sql`case when ${isOver} then 1 else ${requestCounts.count} + 1 end`,
    windowEndsAt: sql`case when ${isOver} then excluded.window_ends_at else ${windowEndsAt} end`,
  },
}
const counted = {
  count: requestCounts.count,
  secondsLeft: sql<number>`ceil(extract(epoch from ${windowEndsAt} - now()))`.mapWith(Number),
}

const countRequest = prepared((tx) =>
  tx
    .insert(requestCounts)
    .values({
      key: sql.placeholder('key'),
      count: 1,
      windowEndsAt: sql`now() + make_interval(mins => ${sql.placeholder('minutes')}::integer)`,
    })
    .onConflictDoUpdate(orOneMore)
    .returning(counted)
    .prepare('count-request'),
)

const countPageOfAccount = prepared((tx) =>
  tx
    .insert(requestCounts)
    .select(sql`
      select ${`${perPerson.name}:`} || left(translate(encode(sha256(convert_to(account, 'UTF8')), 'base64'), '+/', '-_'), 22), 1,
        now() + make_interval(mins => ${perPerson.minutes}::integer)
      from nullif(current_setting('app.account', true), '') as account where account is not null`)
    .onConflictDoUpdate(orOneMore)
    .returning(counted)
    .prepare('count-page'),
)

/**
 * Counts a page of the account that the flush has just found, as part of that flush and as the door; for `request.pageCount`.
 * Sent before it returns; undefined when nobody was found.
 */
export async function countPage(tx: Tx): Promise<Count | undefined> {
  const [row] = await countPageOfAccount(tx).execute()
  return row
}
