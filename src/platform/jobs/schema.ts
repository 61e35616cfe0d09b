/** What the queue needs beside its own tables: a schema of its own, and the one way in for everybody else. */
export const jobsMigration = {
  schema: `do $$ begin
      if not exists (select from pg_namespace where nspname = 'graphile_worker') then
        grant portal_jobs to current_user;
        execute format('grant create on database %I to portal_jobs', current_database());
        create schema graphile_worker authorization portal_jobs;
      end if;
    end $$`,
  enqueue: `
    create or replace function graphile_worker.portal_enqueue(name text, payload json, key text) returns void
      language sql security definer set search_path = graphile_worker, pg_temp
      as $$ select graphile_worker.add_job(name, payload, job_key => key, max_attempts => 20) $$;
    revoke all on function graphile_worker.portal_enqueue(text, json, text) from public;
    grant usage on schema graphile_worker to portal_citizen, portal_clerk, portal_worker;
    grant execute on function graphile_worker.portal_enqueue(text, json, text)
      to portal_citizen, portal_clerk, portal_worker;`,
}
