-- The office's deadline as it was promised when the submission came: a settlement may change its own later.
ALTER TABLE "submissions" ADD COLUMN "office_days" integer;
--> statement-breakpoint
ALTER TABLE "submissions" ADD CONSTRAINT "submissions_office_days_positive" CHECK ("office_days" > 0);
