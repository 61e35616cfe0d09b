-- Who may see and change which rows. One policy per role and table, each a comparison on an indexed column.
-- The roles exist before the migrations run (src/migrate.ts): portal_app logs in and has no rights of its own; within a
-- transaction it becomes portal_citizen, portal_clerk, portal_worker or portal_door (session, sign-in, roles).

ALTER TABLE "session_lineages" ADD CONSTRAINT "session_lineages_account_id_accounts_id_fk"
  FOREIGN KEY ("account_id") REFERENCES "accounts" ("id");
--> statement-breakpoint
INSERT INTO "session_epoch" ("id", "epoch") VALUES (1, 1);
--> statement-breakpoint
ALTER TABLE "cases" ADD CONSTRAINT "cases_state_known" CHECK ("state" IN (
  'submitted', 'received', 'registered', 'assigned', 'in_progress', 'waiting_client', 'waiting_other', 'suspended',
  'decided', 'delivered', 'closed', 'transferred', 'rejected', 'terminated', 'withdrawn'));
--> statement-breakpoint
ALTER TABLE "cases" ADD CONSTRAINT "cases_closed_at_with_final_state" CHECK (("closed_at" IS NOT NULL) =
  ("state" IN ('closed', 'transferred', 'rejected', 'terminated', 'withdrawn')));
--> statement-breakpoint
ALTER TABLE "cases" ADD CONSTRAINT "cases_answer_length" CHECK (char_length("answer") <= 10000);
--> statement-breakpoint
ALTER TABLE "clerk_roles" ADD CONSTRAINT "clerk_roles_role_known"
  CHECK ("role" IN ('records_clerk', 'case_worker', 'head', 'administrator', 'auditor'));
--> statement-breakpoint
ALTER TABLE "registers" ADD CONSTRAINT "registers_numbers_sound"
  CHECK ("last_main_number" >= 0 AND "year" BETWEEN 1990 AND 2200);
--> statement-breakpoint
ALTER TABLE "register_entries" ADD CONSTRAINT "register_entries_numbers_positive"
  CHECK ("main_number" > 0 AND "sub_number" > 0);
--> statement-breakpoint
ALTER TABLE "attachments" ADD CONSTRAINT "attachments_belong_somewhere"
  CHECK (num_nonnulls("draft_id", "submission_id") = 1);
--> statement-breakpoint
ALTER TABLE "attachments" ADD CONSTRAINT "attachments_draft_id_drafts_id_fk"
  FOREIGN KEY ("draft_id") REFERENCES "drafts" ("id") ON DELETE CASCADE;
--> statement-breakpoint

-- What the transaction may see, set by the application inside the transaction; unset means nothing.
CREATE FUNCTION app_account() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT nullif(current_setting('app.account', true), '')::uuid $$;
--> statement-breakpoint
CREATE FUNCTION app_parties() RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT string_to_array(nullif(current_setting('app.parties', true), ''), ',')::uuid[] $$;
--> statement-breakpoint
CREATE FUNCTION app_settlements() RETURNS integer[] LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT string_to_array(nullif(current_setting('app.settlements', true), ''), ',')::integer[] $$;
--> statement-breakpoint
CREATE FUNCTION app_office() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT nullif(current_setting('app.office', true), '')::uuid $$;
--> statement-breakpoint

DO $$
DECLARE name text;
BEGIN
  FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE public.%I FORCE ROW LEVEL SECURITY', name);
  END LOOP;
END $$;
--> statement-breakpoint
REVOKE ALL ON SCHEMA public FROM PUBLIC;
--> statement-breakpoint
GRANT USAGE ON SCHEMA public TO portal_app, portal_citizen, portal_clerk, portal_worker, portal_door;
--> statement-breakpoint

-- Public facts: readable by every role; written by the owner (settlement data, the office's own import).
DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['settlements', 'offices', 'office_settlements', 'settlement_profiles', 'settlement_systems',
    'settlement_forms'] LOOP
    EXECUTE format('GRANT SELECT ON public.%I TO portal_citizen, portal_clerk, portal_worker, portal_door', name);
    EXECUTE format('CREATE POLICY public_facts ON public.%I FOR SELECT
      TO portal_citizen, portal_clerk, portal_worker, portal_door USING (true)', name);
    EXECUTE format('CREATE POLICY owner_writes ON public.%I TO portal_owner USING (true) WITH CHECK (true)', name);
  END LOOP;
END $$;
--> statement-breakpoint

-- The door: who is there. Nobody else reads sessions and attempts.
GRANT SELECT, INSERT, UPDATE, DELETE ON session_lineages, former_identifiers, sign_in_attempts, request_counts TO portal_door;
--> statement-breakpoint
GRANT SELECT, UPDATE ON session_epoch TO portal_door;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE ON accounts TO portal_door;
--> statement-breakpoint
GRANT SELECT, UPDATE ON clerks, clerk_roles TO portal_door;
--> statement-breakpoint
CREATE POLICY door ON session_lineages TO portal_door USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY door ON former_identifiers TO portal_door USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY door ON sign_in_attempts TO portal_door USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY door ON request_counts TO portal_door USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY door ON session_epoch TO portal_door USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY door ON accounts TO portal_door USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY door ON clerks TO portal_door USING (true) WITH CHECK (false);
--> statement-breakpoint
CREATE POLICY door ON clerk_roles TO portal_door USING (true) WITH CHECK (false);
--> statement-breakpoint

-- Clerks and their roles: the municipality's assignment, brought in by the owner's import.
CREATE POLICY owner_writes ON clerks TO portal_owner USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY owner_writes ON clerk_roles TO portal_owner USING (true) WITH CHECK (true);
--> statement-breakpoint
GRANT SELECT ON clerks, clerk_roles TO portal_clerk;
--> statement-breakpoint
CREATE POLICY same_office ON clerks FOR SELECT TO portal_clerk USING (office_id = app_office());
--> statement-breakpoint
CREATE POLICY same_office ON clerk_roles FOR SELECT TO portal_clerk
  USING (clerk_id IN (SELECT id FROM clerks WHERE office_id = app_office()));
--> statement-breakpoint

-- The citizen: one's own account, and what belongs to the parties one may act for.
GRANT SELECT ON accounts TO portal_citizen;
--> statement-breakpoint
GRANT UPDATE ("terms_accepted_at", "terms_version", "default_settlement_id", "language", "contact_email", "contact_phone",
  "notices_by_email") ON accounts TO portal_citizen;
--> statement-breakpoint
CREATE POLICY own ON accounts TO portal_citizen USING (id = app_account()) WITH CHECK (id = app_account());
--> statement-breakpoint
GRANT SELECT, INSERT, DELETE ON account_settlements TO portal_citizen;
--> statement-breakpoint
CREATE POLICY own ON account_settlements TO portal_citizen
  USING (account_id = app_account()) WITH CHECK (account_id = app_account());
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON drafts TO portal_citizen;
--> statement-breakpoint
CREATE POLICY own ON drafts TO portal_citizen
  USING (author_id = app_account() AND party_id = ANY (app_parties()))
  WITH CHECK (author_id = app_account() AND party_id = ANY (app_parties()));
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON attachments TO portal_citizen;
--> statement-breakpoint
CREATE POLICY own ON attachments TO portal_citizen
  USING (party_id = ANY (app_parties())) WITH CHECK (party_id = ANY (app_parties()));
--> statement-breakpoint
GRANT SELECT, INSERT, DELETE ON attachment_chunks TO portal_citizen;
--> statement-breakpoint
CREATE POLICY own ON attachment_chunks TO portal_citizen
  USING (party_id = ANY (app_parties())) WITH CHECK (party_id = ANY (app_parties()));
--> statement-breakpoint
GRANT SELECT, INSERT ON submissions TO portal_citizen;
--> statement-breakpoint
CREATE POLICY own ON submissions TO portal_citizen
  USING (party_id = ANY (app_parties())) WITH CHECK (party_id = ANY (app_parties()) AND author_id = app_account());
--> statement-breakpoint
GRANT SELECT, INSERT ON cases TO portal_citizen;
--> statement-breakpoint
CREATE POLICY own ON cases TO portal_citizen
  USING (party_id = ANY (app_parties())) WITH CHECK (party_id = ANY (app_parties()) AND state = 'submitted');
--> statement-breakpoint
GRANT SELECT, INSERT ON case_events TO portal_citizen;
--> statement-breakpoint
CREATE POLICY own ON case_events TO portal_citizen
  USING (party_id = ANY (app_parties()) AND visible)
  WITH CHECK (party_id = ANY (app_parties()) AND visible AND clerk_id IS NULL);
--> statement-breakpoint

-- The clerk: the settlements the office serves.
GRANT SELECT ON submissions, attachments, attachment_chunks TO portal_clerk;
--> statement-breakpoint
CREATE POLICY office ON submissions FOR SELECT TO portal_clerk USING (settlement_id = ANY (app_settlements()));
--> statement-breakpoint
CREATE POLICY office ON attachments FOR SELECT TO portal_clerk
  USING (settlement_id = ANY (app_settlements()) AND submission_id IS NOT NULL);
--> statement-breakpoint
CREATE POLICY office ON attachment_chunks FOR SELECT TO portal_clerk
  USING (settlement_id = ANY (app_settlements())
    AND attachment_id IN (SELECT id FROM attachments WHERE submission_id IS NOT NULL AND scan = 'clean'));
--> statement-breakpoint
GRANT SELECT, UPDATE ON cases TO portal_clerk;
--> statement-breakpoint
CREATE POLICY office ON cases TO portal_clerk
  USING (settlement_id = ANY (app_settlements())) WITH CHECK (settlement_id = ANY (app_settlements()));
--> statement-breakpoint
GRANT SELECT, INSERT ON case_events, register_entries, arrivals TO portal_clerk;
--> statement-breakpoint
CREATE POLICY office ON case_events TO portal_clerk
  USING (settlement_id = ANY (app_settlements())) WITH CHECK (settlement_id = ANY (app_settlements()));
--> statement-breakpoint
CREATE POLICY office ON register_entries TO portal_clerk
  USING (settlement_id = ANY (app_settlements())) WITH CHECK (settlement_id = ANY (app_settlements()));
--> statement-breakpoint
CREATE POLICY office ON arrivals TO portal_clerk
  USING (settlement_id = ANY (app_settlements())) WITH CHECK (settlement_id = ANY (app_settlements()));
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE ON registers TO portal_clerk;
--> statement-breakpoint
CREATE POLICY office ON registers TO portal_clerk
  USING (settlement_id = ANY (app_settlements())) WITH CHECK (settlement_id = ANY (app_settlements()));
--> statement-breakpoint

-- The worker: one item at a time, with the item's settlement (and account) set.
GRANT SELECT, UPDATE ON attachments TO portal_worker;
--> statement-breakpoint
CREATE POLICY item ON attachments TO portal_worker
  USING (settlement_id = ANY (app_settlements())) WITH CHECK (settlement_id = ANY (app_settlements()));
--> statement-breakpoint
GRANT SELECT, DELETE ON attachment_chunks TO portal_worker;
--> statement-breakpoint
CREATE POLICY item ON attachment_chunks TO portal_worker USING (settlement_id = ANY (app_settlements()));
--> statement-breakpoint
GRANT SELECT ON submissions TO portal_worker;
--> statement-breakpoint
CREATE POLICY item ON submissions FOR SELECT TO portal_worker USING (settlement_id = ANY (app_settlements()));
--> statement-breakpoint
GRANT SELECT, UPDATE ON cases TO portal_worker;
--> statement-breakpoint
CREATE POLICY item ON cases TO portal_worker
  USING (settlement_id = ANY (app_settlements())) WITH CHECK (settlement_id = ANY (app_settlements()));
--> statement-breakpoint
GRANT SELECT, INSERT ON case_events TO portal_worker;
--> statement-breakpoint
CREATE POLICY item ON case_events TO portal_worker
  USING (settlement_id = ANY (app_settlements())) WITH CHECK (settlement_id = ANY (app_settlements()));
--> statement-breakpoint
GRANT SELECT ON accounts TO portal_worker;
--> statement-breakpoint
CREATE POLICY item ON accounts FOR SELECT TO portal_worker USING (id = app_account());
--> statement-breakpoint

-- What the timetable of the worker cleans away: only what is over.
GRANT SELECT, DELETE ON drafts TO portal_worker;
--> statement-breakpoint
CREATE POLICY expired ON drafts TO portal_worker USING (kept_until < now());
--> statement-breakpoint
GRANT SELECT, DELETE ON sign_in_attempts, session_lineages, request_counts TO portal_worker;
--> statement-breakpoint
CREATE POLICY expired ON sign_in_attempts TO portal_worker USING (started_at < now() - interval '1 hour');
--> statement-breakpoint
CREATE POLICY expired ON session_lineages TO portal_worker USING (identified_at < now() - interval '24 hours');
--> statement-breakpoint
CREATE POLICY expired ON request_counts TO portal_worker USING (window_ends_at < now());
--> statement-breakpoint

-- The audit trail: everyone adds, nobody changes.
GRANT INSERT ON audit_trail TO portal_citizen, portal_clerk, portal_worker, portal_door;
--> statement-breakpoint
CREATE POLICY adding ON audit_trail FOR INSERT TO portal_citizen, portal_worker, portal_door WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY adding_for_own_settlements ON audit_trail FOR INSERT TO portal_clerk
  WITH CHECK (settlement_id = ANY (app_settlements()));
--> statement-breakpoint
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql
  AS $$ BEGIN RAISE EXCEPTION 'rows of % are only ever added', TG_TABLE_NAME; END $$;
--> statement-breakpoint
CREATE TRIGGER only_ever_added BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_trail
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER only_ever_added BEFORE UPDATE OR DELETE OR TRUNCATE ON submissions
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER only_ever_added BEFORE UPDATE OR DELETE OR TRUNCATE ON case_events
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
