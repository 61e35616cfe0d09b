-- What the office's administrator decides about a form in a settlement: switched on or off, whom to ask, fee, deadline.
ALTER TABLE "settlement_forms" ADD COLUMN "switched_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "settlement_forms" ADD COLUMN "fee_huf" integer;--> statement-breakpoint
ALTER TABLE "settlement_forms" ADD COLUMN "fee_note" jsonb;--> statement-breakpoint
ALTER TABLE "settlement_forms" ADD COLUMN "fee_valid_from" date;--> statement-breakpoint
ALTER TABLE "settlement_forms" ADD COLUMN "fee_valid_to" date;--> statement-breakpoint
ALTER TABLE "settlement_forms" ADD COLUMN "deadline_days" integer;
--> statement-breakpoint
ALTER TABLE "settlement_forms" ADD CONSTRAINT "settlement_forms_fee_whole"
  CHECK (("fee_huf" IS NULL AND "fee_note" IS NULL AND "fee_valid_from" IS NULL AND "fee_valid_to" IS NULL)
    OR ("fee_huf" >= 0 AND "fee_note" IS NOT NULL AND "fee_valid_from" IS NOT NULL));
--> statement-breakpoint
ALTER TABLE "settlement_forms" ADD CONSTRAINT "settlement_forms_fee_begins_before_it_ends"
  CHECK ("fee_valid_to" >= "fee_valid_from");
--> statement-breakpoint
ALTER TABLE "settlement_forms" ADD CONSTRAINT "settlement_forms_deadline_positive" CHECK ("deadline_days" > 0);
--> statement-breakpoint
GRANT INSERT, UPDATE ON settlement_forms TO portal_clerk;
--> statement-breakpoint
CREATE POLICY office_adds ON settlement_forms FOR INSERT TO portal_clerk
  WITH CHECK (settlement_id = ANY (app_settlements()));
--> statement-breakpoint
CREATE POLICY office_changes ON settlement_forms FOR UPDATE TO portal_clerk
  USING (settlement_id = ANY (app_settlements())) WITH CHECK (settlement_id = ANY (app_settlements()));
