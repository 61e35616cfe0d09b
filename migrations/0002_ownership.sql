-- Foreign keys are checked without policies. So that nobody can hang a row of their own on a row of somebody else, what refers to
-- a row of a settlement or a party names them too, and the key holds only where they are the same (security requirement 54).
ALTER TABLE "cases" ADD CONSTRAINT "cases_owned" UNIQUE("id","settlement_id","party_id");
--> statement-breakpoint
ALTER TABLE "registers" ADD CONSTRAINT "registers_owned" UNIQUE("id","settlement_id");
--> statement-breakpoint
ALTER TABLE "attachments" ADD CONSTRAINT "attachments_owned" UNIQUE("id","settlement_id","party_id");
--> statement-breakpoint
ALTER TABLE "drafts" ADD CONSTRAINT "drafts_owned" UNIQUE("id","settlement_id","party_id");
--> statement-breakpoint
ALTER TABLE "submissions" ADD CONSTRAINT "submissions_owned" UNIQUE("id","settlement_id","party_id");
--> statement-breakpoint
ALTER TABLE "submissions" ADD CONSTRAINT "submissions_of_settlement" UNIQUE("id","settlement_id");
--> statement-breakpoint
ALTER TABLE "case_events" DROP CONSTRAINT "case_events_case_id_cases_id_fk";
--> statement-breakpoint
ALTER TABLE "cases" DROP CONSTRAINT "cases_submission_id_submissions_id_fk";
--> statement-breakpoint
ALTER TABLE "arrivals" DROP CONSTRAINT "arrivals_submission_id_submissions_id_fk";
--> statement-breakpoint
ALTER TABLE "register_entries" DROP CONSTRAINT "register_entries_register_id_registers_id_fk";
--> statement-breakpoint
ALTER TABLE "register_entries" DROP CONSTRAINT "register_entries_submission_id_submissions_id_fk";
--> statement-breakpoint
ALTER TABLE "attachment_chunks" DROP CONSTRAINT "attachment_chunks_attachment_id_attachments_id_fk";
--> statement-breakpoint
ALTER TABLE "attachments" DROP CONSTRAINT "attachments_submission_id_submissions_id_fk";
--> statement-breakpoint
ALTER TABLE "attachments" DROP CONSTRAINT "attachments_draft_id_drafts_id_fk";
--> statement-breakpoint
ALTER TABLE "case_events" ADD CONSTRAINT "case_events_case_fk" FOREIGN KEY ("case_id","settlement_id","party_id") REFERENCES "public"."cases"("id","settlement_id","party_id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "cases" ADD CONSTRAINT "cases_submission_fk" FOREIGN KEY ("submission_id","settlement_id","party_id") REFERENCES "public"."submissions"("id","settlement_id","party_id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "arrivals" ADD CONSTRAINT "arrivals_submission_fk" FOREIGN KEY ("submission_id","settlement_id") REFERENCES "public"."submissions"("id","settlement_id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "register_entries" ADD CONSTRAINT "register_entries_register_fk" FOREIGN KEY ("register_id","settlement_id") REFERENCES "public"."registers"("id","settlement_id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "register_entries" ADD CONSTRAINT "register_entries_submission_fk" FOREIGN KEY ("submission_id","settlement_id") REFERENCES "public"."submissions"("id","settlement_id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "attachment_chunks" ADD CONSTRAINT "attachment_chunks_attachment_fk" FOREIGN KEY ("attachment_id","settlement_id","party_id") REFERENCES "public"."attachments"("id","settlement_id","party_id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "attachments" ADD CONSTRAINT "attachments_draft_fk" FOREIGN KEY ("draft_id","settlement_id","party_id") REFERENCES "public"."drafts"("id","settlement_id","party_id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "attachments" ADD CONSTRAINT "attachments_submission_fk" FOREIGN KEY ("submission_id","settlement_id","party_id") REFERENCES "public"."submissions"("id","settlement_id","party_id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
-- Into the audit trail everyone writes what they did themselves.
DROP POLICY adding ON audit_trail;
--> statement-breakpoint
CREATE POLICY adding_own_acts ON audit_trail FOR INSERT TO portal_citizen
  WITH CHECK (actor_kind = 'citizen' AND actor_id = app_account()::text);
--> statement-breakpoint
CREATE POLICY adding_for_the_item ON audit_trail FOR INSERT TO portal_worker
  WITH CHECK (actor_kind = 'system' AND settlement_id = ANY (app_settlements()));
--> statement-breakpoint
CREATE POLICY adding_without_settlement ON audit_trail FOR INSERT TO portal_door
  WITH CHECK (actor_kind <> 'clerk' AND settlement_id IS NULL);
--> statement-breakpoint
DROP POLICY adding_for_own_settlements ON audit_trail;
--> statement-breakpoint
CREATE POLICY adding_for_own_settlements ON audit_trail FOR INSERT TO portal_clerk
  WITH CHECK (actor_kind = 'clerk' AND settlement_id = ANY (app_settlements()));
