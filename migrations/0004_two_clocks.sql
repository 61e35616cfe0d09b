-- The one clock that decides: the database's. Tests and the demo replace these two functions by ones that add an offset
-- (schema test_clock), which production refuses to start with.
CREATE FUNCTION app_now() RETURNS timestamp with time zone LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT now() $$;
--> statement-breakpoint
CREATE FUNCTION app_clock() RETURNS timestamp with time zone LANGUAGE sql VOLATILE PARALLEL SAFE
  AS $$ SELECT clock_timestamp() $$;
--> statement-breakpoint
CREATE TABLE "parked_work" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"account_id" uuid NOT NULL,
	"lineage_label" text NOT NULL,
	"contents" "bytea" NOT NULL,
	"parked_at" timestamp with time zone DEFAULT app_now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "ended_kau_sessions" (
	"kau_session" text PRIMARY KEY NOT NULL,
	"ended_at" timestamp with time zone DEFAULT app_now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "used_logout_tokens" (
	"jti_hash" "bytea" PRIMARY KEY NOT NULL,
	"used_at" timestamp with time zone DEFAULT app_now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "clerk_roles" ALTER COLUMN "granted_at" SET DEFAULT app_now();--> statement-breakpoint
ALTER TABLE "settlement_forms" ALTER COLUMN "published_at" SET DEFAULT app_now();--> statement-breakpoint
ALTER TABLE "account_settlements" ALTER COLUMN "added_at" SET DEFAULT app_now();--> statement-breakpoint
ALTER TABLE "accounts" ALTER COLUMN "created_at" SET DEFAULT app_now();--> statement-breakpoint
ALTER TABLE "sign_in_attempts" ALTER COLUMN "started_at" SET DEFAULT app_now();--> statement-breakpoint
ALTER TABLE "attachments" ALTER COLUMN "created_at" SET DEFAULT app_now();--> statement-breakpoint
ALTER TABLE "drafts" ALTER COLUMN "created_at" SET DEFAULT app_now();--> statement-breakpoint
ALTER TABLE "drafts" ALTER COLUMN "changed_at" SET DEFAULT app_now();--> statement-breakpoint
ALTER TABLE "audit_trail" ALTER COLUMN "at" SET DEFAULT app_now();--> statement-breakpoint
ALTER TABLE "accounts" ADD COLUMN "closed_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "sign_in_attempts" ADD COLUMN "kept_fields" "bytea";--> statement-breakpoint
ALTER TABLE "session_epoch" ADD COLUMN "store" text;--> statement-breakpoint
ALTER TABLE "parked_work" ADD CONSTRAINT "parked_work_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "parked_work_account_id_index" ON "parked_work" USING btree ("account_id");
--> statement-breakpoint
ALTER POLICY expired ON drafts USING (kept_until < app_now());
--> statement-breakpoint
ALTER POLICY expired ON sign_in_attempts USING (started_at < app_now() - interval '1 hour');
--> statement-breakpoint
ALTER POLICY expired ON session_lineages USING (identified_at < app_now() - interval '24 hours');
--> statement-breakpoint

ALTER TABLE "parked_work" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "parked_work" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "ended_kau_sessions" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "ended_kau_sessions" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "used_logout_tokens" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "used_logout_tokens" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON parked_work TO portal_citizen;
--> statement-breakpoint
CREATE POLICY own ON parked_work TO portal_citizen
  USING (account_id = app_account()) WITH CHECK (account_id = app_account());
--> statement-breakpoint
GRANT SELECT, INSERT ON ended_kau_sessions, used_logout_tokens TO portal_door;
--> statement-breakpoint
CREATE POLICY door ON ended_kau_sessions TO portal_door USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY door ON used_logout_tokens TO portal_door USING (true) WITH CHECK (true);
--> statement-breakpoint
GRANT SELECT, DELETE ON parked_work, ended_kau_sessions, used_logout_tokens TO portal_worker;
--> statement-breakpoint
CREATE POLICY expired ON parked_work TO portal_worker USING (parked_at < app_now() - interval '24 hours');
--> statement-breakpoint
CREATE POLICY expired ON ended_kau_sessions TO portal_worker USING (ended_at < app_now() - interval '24 hours');
--> statement-breakpoint
CREATE POLICY expired ON used_logout_tokens TO portal_worker USING (used_at < app_now() - interval '24 hours');
