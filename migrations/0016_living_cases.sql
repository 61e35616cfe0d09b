CREATE TABLE "case_calls" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"case_id" uuid NOT NULL,
	"settlement_id" integer NOT NULL,
	"party_id" uuid NOT NULL,
	"fields" text[] NOT NULL,
	"text" text NOT NULL,
	"answer_by" date NOT NULL,
	"sent_at" timestamp with time zone NOT NULL,
	"clerk_id" uuid NOT NULL,
	"clerk_name" text NOT NULL,
	"office_name" text NOT NULL,
	"opened_at" timestamp with time zone,
	"ended_at" timestamp with time zone,
	"outcome" text,
	"answer_id" uuid
);
--> statement-breakpoint
CREATE TABLE "case_messages" (
	"id" uuid PRIMARY KEY NOT NULL,
	"case_id" uuid NOT NULL,
	"settlement_id" integer NOT NULL,
	"party_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"writer_id" uuid NOT NULL,
	"writer_name" text NOT NULL,
	"office_name" text,
	"text" text NOT NULL,
	"wants_answer" boolean NOT NULL,
	"written_at" timestamp with time zone NOT NULL,
	"read_at" timestamp with time zone,
	"settled_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "case_visits" (
	"case_id" uuid NOT NULL,
	"account_id" uuid NOT NULL,
	"settlement_id" integer NOT NULL,
	"party_id" uuid NOT NULL,
	"visited_at" timestamp with time zone NOT NULL,
	CONSTRAINT "case_visits_account_id_case_id_pk" PRIMARY KEY("account_id","case_id")
);
--> statement-breakpoint
CREATE TABLE "clock_stops" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "clock_stops_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"case_id" uuid NOT NULL,
	"settlement_id" integer NOT NULL,
	"party_id" uuid NOT NULL,
	"ground" text NOT NULL,
	"from_on" date NOT NULL,
	"until_on" date
);
--> statement-breakpoint
ALTER TABLE "drafts" ADD COLUMN "completes" uuid;--> statement-breakpoint
ALTER TABLE "drafts" ADD COLUMN "call_id" uuid;--> statement-breakpoint
ALTER TABLE "drafts" ADD COLUMN "asked" jsonb;--> statement-breakpoint
ALTER TABLE "submissions" ADD COLUMN "completes" uuid;--> statement-breakpoint
ALTER TABLE "submissions" ADD COLUMN "call_id" uuid;--> statement-breakpoint
ALTER TABLE "submissions" ADD COLUMN "asked" jsonb;--> statement-breakpoint
ALTER TABLE "case_calls" ADD CONSTRAINT "case_calls_case_fk" FOREIGN KEY ("case_id","settlement_id","party_id") REFERENCES "public"."cases"("id","settlement_id","party_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "case_calls" ADD CONSTRAINT "case_calls_answer_fk" FOREIGN KEY ("answer_id","settlement_id","party_id") REFERENCES "public"."submissions"("id","settlement_id","party_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "case_messages" ADD CONSTRAINT "case_messages_case_fk" FOREIGN KEY ("case_id","settlement_id","party_id") REFERENCES "public"."cases"("id","settlement_id","party_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "case_visits" ADD CONSTRAINT "case_visits_case_fk" FOREIGN KEY ("case_id","settlement_id","party_id") REFERENCES "public"."cases"("id","settlement_id","party_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "clock_stops" ADD CONSTRAINT "clock_stops_case_fk" FOREIGN KEY ("case_id","settlement_id","party_id") REFERENCES "public"."cases"("id","settlement_id","party_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "case_calls_case_id_sent_at_index" ON "case_calls" USING btree ("case_id","sent_at");--> statement-breakpoint
CREATE UNIQUE INDEX "case_calls_one_open" ON "case_calls" USING btree ("case_id") WHERE ended_at is null;--> statement-breakpoint
CREATE INDEX "case_calls_to_lapse" ON "case_calls" USING btree ("answer_by") WHERE ended_at is null;--> statement-breakpoint
CREATE INDEX "case_messages_case_id_written_at_index" ON "case_messages" USING btree ("case_id","written_at");--> statement-breakpoint
CREATE INDEX "clock_stops_case_id_id_index" ON "clock_stops" USING btree ("case_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "clock_stops_one_open" ON "clock_stops" USING btree ("case_id") WHERE until_on is null;--> statement-breakpoint
ALTER TABLE "submissions" ADD CONSTRAINT "submissions_completes_fk" FOREIGN KEY ("completes","settlement_id","party_id") REFERENCES "public"."submissions"("id","settlement_id","party_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "submissions_completing" ON "submissions" USING btree ("completes") WHERE completes is not null;--> statement-breakpoint
ALTER TABLE "drafts" ADD CONSTRAINT "drafts_one_answer" UNIQUE("call_id","author_id");--> statement-breakpoint
ALTER TABLE "submissions" ADD CONSTRAINT "submissions_callId_unique" UNIQUE("call_id");--> statement-breakpoint
ALTER TABLE "drafts" ADD CONSTRAINT "drafts_complete_for_a_call" CHECK (num_nonnulls(completes, call_id, asked) in (0, 3));--> statement-breakpoint
ALTER TABLE "submissions" ADD CONSTRAINT "submissions_complete_for_a_call" CHECK (num_nonnulls(completes, call_id, asked) in (0, 3));
--> statement-breakpoint
ALTER TABLE "case_calls" ADD CONSTRAINT "case_calls_ask_for_something" CHECK (cardinality("fields") > 0 OR char_length("text") > 0);
--> statement-breakpoint
ALTER TABLE "case_calls" ADD CONSTRAINT "case_calls_ended_somehow" CHECK (
  ("ended_at" IS NULL) = ("outcome" IS NULL) AND ("answer_id" IS NOT NULL) = (coalesce("outcome", '') = 'answered'));
--> statement-breakpoint
ALTER TABLE "case_calls" ADD CONSTRAINT "case_calls_outcome_known" CHECK ("outcome" IN ('answered', 'lapsed', 'dropped'));
--> statement-breakpoint
ALTER TABLE "clock_stops" ADD CONSTRAINT "clock_stops_ground_known" CHECK ("ground" IN ('call', 'suspension'));
--> statement-breakpoint
ALTER TABLE "clock_stops" ADD CONSTRAINT "clock_stops_in_order" CHECK ("until_on" >= "from_on");
--> statement-breakpoint
ALTER TABLE "case_messages" ADD CONSTRAINT "case_messages_kind_known" CHECK ("kind" IN ('from-client', 'from-office', 'note'));
--> statement-breakpoint
ALTER TABLE "case_messages" ADD CONSTRAINT "case_messages_text_length" CHECK (char_length("text") BETWEEN 1 AND 10000);
--> statement-breakpoint
ALTER TABLE "case_messages" ADD CONSTRAINT "case_messages_notes_ask_nobody" CHECK (NOT ("kind" = 'note' AND "wants_answer"));
--> statement-breakpoint

DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['clock_stops', 'case_calls', 'case_messages', 'case_visits'] LOOP
    EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE public.%I FORCE ROW LEVEL SECURITY', name);
  END LOOP;
  FOREACH name IN ARRAY ARRAY['clock_stops', 'case_calls', 'case_messages'] LOOP
    EXECUTE format('GRANT SELECT, INSERT ON public.%I TO portal_clerk', name);
    EXECUTE format('CREATE POLICY office ON public.%I TO portal_clerk
      USING (settlement_id = ANY (app_settlements())) WITH CHECK (settlement_id = ANY (app_settlements()))', name);
    EXECUTE format('GRANT SELECT ON public.%I TO portal_citizen, portal_worker', name);
    EXECUTE format('CREATE POLICY item ON public.%I TO portal_worker
      USING (settlement_id = ANY (app_settlements())) WITH CHECK (settlement_id = ANY (app_settlements()))', name);
  END LOOP;
END $$;
--> statement-breakpoint
-- A stop is ended, never moved; a call is answered or ended, never rewritten; a message is read and settled, never changed.
GRANT UPDATE ("until_on") ON clock_stops TO portal_citizen, portal_clerk, portal_worker;
--> statement-breakpoint
CREATE POLICY own ON clock_stops TO portal_citizen
  USING (party_id = ANY (app_parties())) WITH CHECK (party_id = ANY (app_parties()));
--> statement-breakpoint
GRANT UPDATE ("opened_at", "ended_at", "outcome", "answer_id") ON case_calls TO portal_citizen;
--> statement-breakpoint
GRANT UPDATE ("ended_at", "outcome") ON case_calls TO portal_clerk, portal_worker;
--> statement-breakpoint
CREATE POLICY own ON case_calls TO portal_citizen
  USING (party_id = ANY (app_parties())) WITH CHECK (party_id = ANY (app_parties()));
--> statement-breakpoint
-- What the worker's timetable looks for: calls whose last day is over.
CREATE POLICY lapsed ON case_calls FOR SELECT TO portal_worker
  USING (ended_at IS NULL AND answer_by < (app_now() AT TIME ZONE 'Europe/Budapest')::date);
--> statement-breakpoint
GRANT INSERT, UPDATE ("read_at", "settled_at") ON case_messages TO portal_citizen;
--> statement-breakpoint
GRANT UPDATE ("read_at", "settled_at") ON case_messages TO portal_clerk;
--> statement-breakpoint
CREATE POLICY own ON case_messages FOR SELECT TO portal_citizen
  USING (party_id = ANY (app_parties()) AND kind <> 'note');
--> statement-breakpoint
CREATE POLICY own_reads ON case_messages FOR UPDATE TO portal_citizen
  USING (party_id = ANY (app_parties()) AND kind = 'from-office') WITH CHECK (party_id = ANY (app_parties()));
--> statement-breakpoint
CREATE POLICY own_writes ON case_messages FOR INSERT TO portal_citizen
  WITH CHECK (party_id = ANY (app_parties()) AND kind = 'from-client' AND writer_id = app_account());
--> statement-breakpoint
CREATE POLICY office_writes ON case_messages AS RESTRICTIVE FOR INSERT TO portal_clerk WITH CHECK (kind <> 'from-client');
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE ON case_visits TO portal_citizen;
--> statement-breakpoint
CREATE POLICY own ON case_visits TO portal_citizen
  USING (account_id = app_account()) WITH CHECK (account_id = app_account() AND party_id = ANY (app_parties()));
--> statement-breakpoint

-- What the client does to a case: answers a call, or withdraws. The table of states is the program's; these two are held here too.
GRANT UPDATE ("state", "changed_at", "closed_at", "due_on") ON cases TO portal_citizen;
--> statement-breakpoint
GRANT UPDATE ("due_on") ON cases TO portal_clerk, portal_worker;
--> statement-breakpoint
CREATE POLICY own_steps ON cases FOR UPDATE TO portal_citizen
  USING (party_id = ANY (app_parties())) WITH CHECK (party_id = ANY (app_parties()));
--> statement-breakpoint
CREATE FUNCTION refuse_other_steps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.state = 'withdrawn' AND OLD.closed_at IS NULL AND OLD.state NOT IN ('decided', 'delivered'))
    OR (OLD.state = 'waiting_client' AND NEW.state = 'in_progress') THEN RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a client cannot take a case from % to %', OLD.state, NEW.state;
END $$;
--> statement-breakpoint
CREATE TRIGGER client_steps BEFORE UPDATE ON cases
  FOR EACH ROW WHEN (current_user = 'portal_citizen') EXECUTE FUNCTION refuse_other_steps();
--> statement-breakpoint

-- Verifying a receipt (nyugta ellenőrzése): what is no secret of it, of the one that the transaction names.
GRANT SELECT ("arrival_number", "settlement_id", "submitted_at", "form_code", "form_version", "content_sha256")
  ON submissions TO portal_door;
--> statement-breakpoint
CREATE POLICY verifying ON submissions FOR SELECT TO portal_door
  USING (arrival_number = current_setting('app.arrival_number', true));
