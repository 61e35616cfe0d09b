import pg from 'pg'

export interface TestClock {
  /** moves the portal's time away from the real one, for every process at once */
  set(offsetSeconds: number): Promise<void>
  /** seconds ahead of the real time */
  read(): Promise<number>
  close(): Promise<void>
}

/**
 * A clock that can be moved: the two functions by which the portal reads the time (migration 0004) are replaced by ones that
 * add an offset; whatever offset it had stays. Only tests and the demo do this, as the owner of the functions; production refuses such a database.
 */
export async function installTestClock(ownerUrl: string): Promise<TestClock> {
  const pool = new pg.Pool({ connectionString: ownerUrl, max: 1 })
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  try {
    await pool.query(install)
  } catch (failure) {
    await pool.end()
    throw failure
  }
  return {
    async set(offsetSeconds) {
      await pool.query('update test_clock.position set seconds = $1', [offsetSeconds])
    },
    async read() {
      const { rows } = await pool.query<{ seconds: number }>('select seconds from test_clock.position')
      return rows[0]?.seconds ?? 0
    },
    close: () => pool.end(),
  }
}

const install = `
  select pg_advisory_xact_lock(720032);
  create schema if not exists test_clock;
  create table if not exists test_clock.position (one boolean primary key default true check (one), seconds double precision not null);
  insert into test_clock.position (seconds) values (0) on conflict do nothing;
  grant usage on schema test_clock to portal_citizen, portal_clerk, portal_worker, portal_door, portal_sealer;
  grant select on test_clock.position to portal_citizen, portal_clerk, portal_worker, portal_door, portal_sealer;
  create or replace function app_now() returns timestamptz language sql stable parallel safe
    as $$ select now() + make_interval(secs => (select seconds from test_clock.position)) $$;
  create or replace function app_clock() returns timestamptz language sql volatile parallel safe
    as $$ select clock_timestamp() + make_interval(secs => (select seconds from test_clock.position)) $$;`
