import pg from 'pg'

/** The portal's time stands still and is set by the millisecond, so that what happens at a limit does not depend on the machine. */
export async function freezeClock(ownerUrl: string) {
  const pool = new pg.Pool({ connectionString: ownerUrl, max: 1 })
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  await pool.query(`
    create schema if not exists test_clock;
    create table test_clock.moment (one boolean primary key default true check (one), at timestamptz not null);
    insert into test_clock.moment (at) values (now());
    grant usage on schema test_clock to portal_citizen, portal_clerk, portal_worker, portal_door, portal_sealer;
    grant select on test_clock.moment to portal_citizen, portal_clerk, portal_worker, portal_door, portal_sealer;
    create or replace function app_now() returns timestamptz language sql stable parallel safe
      as $$ select at from test_clock.moment $$;
    create or replace function app_clock() returns timestamptz language sql volatile parallel safe
      as $$ select at from test_clock.moment $$;`)
  return {
    async set(moment: number): Promise<void> {
      await pool.query('update test_clock.moment set at = $1', [new Date(moment)])
    },
    close: () => pool.end(),
  }
}
