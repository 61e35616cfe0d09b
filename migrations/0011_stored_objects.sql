-- What lies in the object store, where one is configured. An object outlives its attachment until the worker has deleted it.
CREATE TABLE "stored_objects" (
	"key" uuid PRIMARY KEY NOT NULL,
	"settlement_id" integer NOT NULL,
	"party_id" uuid NOT NULL,
	"attachment_id" uuid,
	"stored_at" timestamp with time zone DEFAULT app_now() NOT NULL,
	"given_up_at" timestamp with time zone,
	CONSTRAINT "stored_objects_one_each" UNIQUE("attachment_id")
);
--> statement-breakpoint
ALTER TABLE "stored_objects" ADD CONSTRAINT "stored_objects_attachment_fk" FOREIGN KEY ("attachment_id","settlement_id","party_id") REFERENCES "public"."attachments"("id","settlement_id","party_id") ON DELETE SET NULL ("attachment_id") ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "stored_objects_of_nobody" ON "stored_objects" USING btree ("stored_at") WHERE attachment_id is null;
--> statement-breakpoint
ALTER TABLE "stored_objects" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "stored_objects" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE (attachment_id) ON stored_objects TO portal_citizen;
--> statement-breakpoint
CREATE POLICY own ON stored_objects TO portal_citizen
  USING (party_id = ANY (app_parties())) WITH CHECK (party_id = ANY (app_parties()) AND given_up_at IS NULL);
--> statement-breakpoint
GRANT SELECT ON stored_objects TO portal_clerk;
--> statement-breakpoint
CREATE POLICY office ON stored_objects FOR SELECT TO portal_clerk
  USING (settlement_id = ANY (app_settlements())
    AND attachment_id IN (SELECT id FROM attachments WHERE submission_id IS NOT NULL AND scan = 'clean'));
--> statement-breakpoint
-- The worker takes the object of an infected file from it, and deletes what is nobody's: at once what was given up, else after an
-- hour, in which an upload has either got its attachment or failed.
GRANT SELECT, UPDATE (attachment_id, given_up_at), DELETE ON stored_objects TO portal_worker;
--> statement-breakpoint
CREATE POLICY item ON stored_objects FOR SELECT TO portal_worker USING (settlement_id = ANY (app_settlements()));
--> statement-breakpoint
CREATE POLICY item_given_up ON stored_objects FOR UPDATE TO portal_worker
  USING (settlement_id = ANY (app_settlements())) WITH CHECK (attachment_id IS NULL AND given_up_at IS NOT NULL);
--> statement-breakpoint
CREATE POLICY of_nobody ON stored_objects TO portal_worker
  USING (attachment_id IS NULL AND (given_up_at IS NOT NULL OR stored_at < app_now() - interval '1 hour'))
  WITH CHECK (attachment_id IS NULL AND given_up_at IS NOT NULL);
