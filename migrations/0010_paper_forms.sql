-- Forms that came on paper and were read by their codes: submissions and cases without an account behind them.
CREATE TABLE "papers" (
	"submission_id" uuid PRIMARY KEY NOT NULL,
	"settlement_id" integer NOT NULL,
	"party_id" uuid NOT NULL,
	"arrived_on" date NOT NULL,
	"content_sha256" text NOT NULL,
	"copy" integer NOT NULL,
	"taken_by" uuid NOT NULL,
	"taken_at" timestamp with time zone DEFAULT app_now() NOT NULL,
	CONSTRAINT "papers_taken_once" UNIQUE("settlement_id","content_sha256","copy")
);
--> statement-breakpoint
ALTER TABLE "cases" ALTER COLUMN "author_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "submissions" ALTER COLUMN "author_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "submissions" ALTER COLUMN "draft_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "papers" ADD CONSTRAINT "papers_settlement_id_settlements_id_fk" FOREIGN KEY ("settlement_id") REFERENCES "public"."settlements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "papers" ADD CONSTRAINT "papers_submission_fk" FOREIGN KEY ("submission_id","settlement_id","party_id") REFERENCES "public"."submissions"("id","settlement_id","party_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "submissions" ADD CONSTRAINT "submissions_on_paper_of_nobody" CHECK (case when author_id is null then party_id = id and mandate_id is null and draft_id is null else draft_id is not null end);
--> statement-breakpoint
ALTER TABLE "papers" ADD CONSTRAINT "papers_copies_counted" CHECK ("copy" BETWEEN 1 AND 1000);
--> statement-breakpoint
ALTER TABLE "papers" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "papers" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
GRANT SELECT, INSERT ON papers TO portal_clerk;
--> statement-breakpoint
CREATE POLICY office ON papers TO portal_clerk
  USING (settlement_id = ANY (app_settlements())) WITH CHECK (settlement_id = ANY (app_settlements()));
--> statement-breakpoint
-- A clerk brings in what came on paper, and nothing in anybody's name.
GRANT INSERT ON submissions, cases TO portal_clerk;
--> statement-breakpoint
CREATE POLICY on_paper ON submissions FOR INSERT TO portal_clerk
  WITH CHECK (settlement_id = ANY (app_settlements()) AND author_id IS NULL);
--> statement-breakpoint
CREATE POLICY on_paper ON cases AS RESTRICTIVE FOR INSERT TO portal_clerk
  WITH CHECK (author_id IS NULL AND mandate_id IS NULL AND party_id = submission_id AND state = 'submitted');
--> statement-breakpoint
-- Whatever its party may be called, what came on paper is nobody's on the citizens' side.
ALTER POLICY own ON submissions USING (party_id = ANY (app_parties()) AND author_id IS NOT NULL);
--> statement-breakpoint
ALTER POLICY own ON cases USING (party_id = ANY (app_parties()) AND author_id IS NOT NULL);
