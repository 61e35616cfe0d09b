-- People are told that a draft ends (once for each end), and each draft says from when.
ALTER TABLE "drafts" ADD COLUMN "warn_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "drafts" ADD COLUMN "warned_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "drafts" NO FORCE ROW LEVEL SECURITY;--> statement-breakpoint
UPDATE "drafts" SET "warn_at" = "kept_until" - interval '7 days';--> statement-breakpoint
ALTER TABLE "drafts" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "drafts" ALTER COLUMN "warn_at" SET NOT NULL;--> statement-breakpoint
CREATE INDEX "drafts_to_warn_of" ON "drafts" USING btree ("warn_at") WHERE warned_at is null;
--> statement-breakpoint
-- The worker sees which drafts end and whose they are, not what they say; it deletes only those past their end, as before.
REVOKE SELECT ON drafts FROM portal_worker;
--> statement-breakpoint
GRANT SELECT ("id", "party_id", "author_id", "kept_until", "warn_at", "warned_at"), UPDATE ("warned_at") ON drafts TO portal_worker;
--> statement-breakpoint
CREATE POLICY ending ON drafts FOR SELECT TO portal_worker USING (warn_at <= app_now());
--> statement-breakpoint
CREATE POLICY ending_told ON drafts FOR UPDATE TO portal_worker USING (warn_at <= app_now()) WITH CHECK (warned_at IS NOT NULL);
