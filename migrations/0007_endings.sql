-- What may be there proves nothing without the token's own fingerprint; the same report may come again.
TRUNCATE "used_logout_tokens";
--> statement-breakpoint
ALTER TABLE "used_logout_tokens" ADD COLUMN "token_hash" "bytea" NOT NULL;
--> statement-breakpoint
-- Which cluster this is, and on which timeline: a restored dump is in another cluster, a promoted standby on another timeline.
-- A standby that was not promoted cannot answer: sessions are read from the primary only.
CREATE FUNCTION app_store() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT (pg_control_system()).system_identifier || '/' || left(pg_walfile_name(pg_current_wal_lsn()), 8) $$;
--> statement-breakpoint
-- The operator's commands: closing an account ends its sessions.
CREATE POLICY operator ON accounts TO portal_owner USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY operator ON session_lineages TO portal_owner USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY operator ON audit_trail FOR INSERT TO portal_owner
  WITH CHECK (actor_kind = 'system' AND settlement_id IS NULL);
