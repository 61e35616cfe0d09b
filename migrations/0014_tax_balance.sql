-- Tax balances: what the tax registers of settlements say of taxpayers; and whom one may read and send for, by which source.
CREATE TABLE "remembered_tax_numbers" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"account_id" uuid NOT NULL,
	"number_mark" text NOT NULL,
	"sealed" "bytea" NOT NULL,
	"masked" text NOT NULL,
	"used_at" timestamp with time zone DEFAULT app_now() NOT NULL,
	CONSTRAINT "remembered_tax_numbers_once" UNIQUE("account_id","number_mark")
);
--> statement-breakpoint
CREATE TABLE "tax_accounts" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"settlement_id" integer NOT NULL,
	"taxpayer_id" uuid NOT NULL,
	"tax_type" text NOT NULL,
	"bank_account" text NOT NULL,
	"payee" text,
	"bic" text,
	"balance_huf" bigint NOT NULL,
	"open_items" jsonb NOT NULL,
	"interest_booked_until" date,
	CONSTRAINT "tax_accounts_of_taxpayer" UNIQUE("taxpayer_id","tax_type"),
	CONSTRAINT "tax_accounts_owned" UNIQUE("id","taxpayer_id","settlement_id")
);
--> statement-breakpoint
CREATE TABLE "tax_bookings" (
	"account_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"settlement_id" integer NOT NULL,
	"taxpayer_id" uuid NOT NULL,
	"booked_on" date NOT NULL,
	"due_on" date,
	"value_on" date,
	"title" text NOT NULL,
	"document" text NOT NULL,
	"tax_year" smallint NOT NULL,
	"amount_huf" bigint NOT NULL,
	CONSTRAINT "tax_bookings_in_order" UNIQUE("account_id","position")
);
--> statement-breakpoint
CREATE TABLE "tax_sources" (
	"settlement_id" integer PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"as_of" timestamp with time zone,
	"taken_at" timestamp with time zone,
	"file_sha256" text
);
--> statement-breakpoint
CREATE TABLE "taxpayers" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"settlement_id" integer NOT NULL,
	"register_key" text NOT NULL,
	"kind" text NOT NULL,
	"name" text NOT NULL,
	"address" text NOT NULL,
	"tax_number" text,
	"tax_key" text GENERATED ALWAYS AS (settlement_id::text || ':' || tax_number) STORED,
	"person_mark" text,
	"as_of" timestamp with time zone NOT NULL,
	"taken_at" timestamp with time zone DEFAULT app_now() NOT NULL,
	CONSTRAINT "taxpayers_of_register" UNIQUE("settlement_id","register_key"),
	CONSTRAINT "taxpayers_owned" UNIQUE("id","settlement_id")
);
--> statement-breakpoint
ALTER TABLE "represented_parties" DROP CONSTRAINT "represented_parties_of_register";--> statement-breakpoint
DROP INDEX "mandates_settlement_id_registry_key_index";--> statement-breakpoint
ALTER TABLE "represented_parties" ALTER COLUMN "tax_number" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "mandates" ADD COLUMN "source" text DEFAULT 'office' NOT NULL;--> statement-breakpoint
ALTER TABLE "mandates" ADD COLUMN "rights" text[] DEFAULT '{submit,read-cases}' NOT NULL;--> statement-breakpoint
ALTER TABLE "mandates" ADD COLUMN "tax_types" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "mandates" ADD COLUMN "representative_name" text;--> statement-breakpoint
ALTER TABLE "mandates" ADD COLUMN "granted_by" uuid;--> statement-breakpoint
ALTER TABLE "mandates" ADD COLUMN "recorded_by" uuid;--> statement-breakpoint
ALTER TABLE "mandates" ADD COLUMN "submission_id" uuid;--> statement-breakpoint
ALTER TABLE "represented_parties" ADD COLUMN "person_mark" text;--> statement-breakpoint
ALTER TABLE "remembered_tax_numbers" ADD CONSTRAINT "remembered_tax_numbers_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tax_accounts" ADD CONSTRAINT "tax_accounts_taxpayer_fk" FOREIGN KEY ("taxpayer_id","settlement_id") REFERENCES "public"."taxpayers"("id","settlement_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tax_bookings" ADD CONSTRAINT "tax_bookings_account_fk" FOREIGN KEY ("account_id","taxpayer_id","settlement_id") REFERENCES "public"."tax_accounts"("id","taxpayer_id","settlement_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tax_sources" ADD CONSTRAINT "tax_sources_settlement_id_settlements_id_fk" FOREIGN KEY ("settlement_id") REFERENCES "public"."settlements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "taxpayers" ADD CONSTRAINT "taxpayers_settlement_id_settlements_id_fk" FOREIGN KEY ("settlement_id") REFERENCES "public"."settlements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "tax_accounts_settlement_id_index" ON "tax_accounts" USING btree ("settlement_id");--> statement-breakpoint
CREATE INDEX "taxpayers_tax_key_index" ON "taxpayers" USING btree ("tax_key");--> statement-breakpoint
CREATE INDEX "taxpayers_person_mark_index" ON "taxpayers" USING btree ("person_mark");--> statement-breakpoint
CREATE UNIQUE INDEX "mandates_settlement_id_source_registry_key_index" ON "mandates" USING btree ("settlement_id","source","registry_key") WHERE revoked_at is null;--> statement-breakpoint
CREATE UNIQUE INDEX "represented_parties_by_person" ON "represented_parties" USING btree ("settlement_id","kind","person_mark") WHERE tax_number is null;--> statement-breakpoint
CREATE INDEX "represented_parties_person_mark_index" ON "represented_parties" USING btree ("person_mark");--> statement-breakpoint
ALTER TABLE "represented_parties" DROP COLUMN "registry_key";--> statement-breakpoint
ALTER TABLE "represented_parties" ADD CONSTRAINT "represented_parties_by_number" UNIQUE("settlement_id","kind","tax_number");
--> statement-breakpoint
ALTER TABLE "tax_sources" ADD CONSTRAINT "tax_sources_kind_known" CHECK ("kind" IN ('files', 'system'));
--> statement-breakpoint
ALTER TABLE "taxpayers" ADD CONSTRAINT "taxpayers_kind_known" CHECK ("kind" IN ('person', 'sole-trader', 'company', 'public-body'));
--> statement-breakpoint
ALTER TABLE "tax_accounts" ADD CONSTRAINT "tax_accounts_bank_account_whole" CHECK ("bank_account" ~ '^[0-9]{24}$');
--> statement-breakpoint
ALTER TABLE "tax_bookings" ADD CONSTRAINT "tax_bookings_title_and_sign" CHECK (
  ("title" IN ('assessment', 'transfer-out', 'refund', 'interest') AND "amount_huf" > 0)
  OR ("title" IN ('cancellation', 'payment', 'transfer-in') AND "amount_huf" < 0));
--> statement-breakpoint
ALTER TABLE "mandates" ADD CONSTRAINT "mandates_source_known"
  CHECK ("source" IN ('office', 'assignment', 'tax-system', 'online', 'paper'));
--> statement-breakpoint
ALTER TABLE "mandates" ADD CONSTRAINT "mandates_rights_known"
  CHECK (cardinality("rights") > 0 AND "rights" <@ ARRAY['submit', 'read-cases', 'read-tax']);
--> statement-breakpoint
ALTER TABLE "mandates" ADD CONSTRAINT "mandates_say_who_gave_them"
  CHECK (("granted_by" IS NOT NULL) = ("source" = 'online') AND ("recorded_by" IS NOT NULL) = ("source" = 'paper'));
--> statement-breakpoint
ALTER TABLE "represented_parties" ADD CONSTRAINT "represented_parties_known_by_something"
  CHECK ("tax_number" IS NOT NULL OR ("kind" = 'person' AND "person_mark" IS NOT NULL));
--> statement-breakpoint

-- Settlement and tax number ('6293:8446619903') of whoever a transaction has found it may read tax data for, and the taxpayers
-- it then found; unset means nobody.
CREATE FUNCTION app_tax_keys() RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT string_to_array(nullif(current_setting('app.tax_keys', true), ''), ',') $$;
--> statement-breakpoint
CREATE FUNCTION app_taxpayers() RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT string_to_array(nullif(current_setting('app.taxpayers', true), ''), ',')::uuid[] $$;
--> statement-breakpoint
DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['tax_sources', 'taxpayers', 'tax_accounts', 'tax_bookings', 'remembered_tax_numbers'] LOOP
    EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE public.%I FORCE ROW LEVEL SECURITY', name);
  END LOOP;
  FOREACH name IN ARRAY ARRAY['tax_sources', 'taxpayers', 'tax_accounts', 'tax_bookings'] LOOP
    EXECUTE format('CREATE POLICY owner_writes ON public.%I TO portal_owner USING (true) WITH CHECK (true)', name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON public.%I TO portal_worker', name);
    EXECUTE format('CREATE POLICY item ON public.%I TO portal_worker
      USING (settlement_id = ANY (app_settlements())) WITH CHECK (settlement_id = ANY (app_settlements()))', name);
    EXECUTE format('GRANT SELECT ON public.%I TO portal_citizen', name);
  END LOOP;
END $$;
--> statement-breakpoint
CREATE POLICY public_facts ON tax_sources FOR SELECT TO portal_citizen USING (true);
--> statement-breakpoint
CREATE POLICY own ON taxpayers FOR SELECT TO portal_citizen USING (person_mark = ANY (app_person()));
--> statement-breakpoint
CREATE POLICY may_read ON taxpayers FOR SELECT TO portal_citizen USING (tax_key = ANY (app_tax_keys()));
--> statement-breakpoint
CREATE POLICY may_read ON tax_accounts FOR SELECT TO portal_citizen USING (taxpayer_id = ANY (app_taxpayers()));
--> statement-breakpoint
CREATE POLICY may_read ON tax_bookings FOR SELECT TO portal_citizen USING (taxpayer_id = ANY (app_taxpayers()));
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON remembered_tax_numbers TO portal_citizen;
--> statement-breakpoint
CREATE POLICY own ON remembered_tax_numbers TO portal_citizen
  USING (account_id = app_account()) WITH CHECK (account_id = app_account());
--> statement-breakpoint

-- The parties that are the person of the transaction. By the owner's eyes: the policies of parties and mandates ask each other.
CREATE FUNCTION app_own_parties() RETURNS uuid[] LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
  AS $$ SELECT coalesce(array_agg(id), '{}') FROM represented_parties WHERE person_mark = ANY (app_person()) $$;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION app_own_parties() TO portal_citizen;
--> statement-breakpoint
-- Oneself as a party: one gives mandates as such, sees them all, and can take back each that was given here.
GRANT INSERT ON represented_parties TO portal_citizen;
--> statement-breakpoint
CREATE POLICY oneself ON represented_parties FOR SELECT TO portal_citizen USING (person_mark = ANY (app_person()));
--> statement-breakpoint
CREATE POLICY oneself_added ON represented_parties FOR INSERT TO portal_citizen
  WITH CHECK (person_mark = ANY (app_person()) AND kind = 'person' AND (tax_number IS NULL
    OR settlement_id::text || ':' || tax_number IN (SELECT tax_key FROM taxpayers WHERE person_mark = ANY (app_person()))));
--> statement-breakpoint
GRANT INSERT, UPDATE ("revoked_at") ON mandates TO portal_citizen;
--> statement-breakpoint
CREATE POLICY given ON mandates FOR SELECT TO portal_citizen USING (party_id = ANY (app_own_parties()));
--> statement-breakpoint
CREATE POLICY giving ON mandates FOR INSERT TO portal_citizen
  WITH CHECK (source = 'online' AND granted_by = app_account() AND party_id = ANY (app_own_parties()));
--> statement-breakpoint
CREATE POLICY taking_back ON mandates FOR UPDATE TO portal_citizen
  USING (party_id = ANY (app_own_parties())) WITH CHECK (source = 'online' AND party_id = ANY (app_own_parties()));
--> statement-breakpoint
-- What a clerk records from paper.
GRANT INSERT ON represented_parties TO portal_clerk;
--> statement-breakpoint
GRANT INSERT, UPDATE ("revoked_at") ON mandates TO portal_clerk;
--> statement-breakpoint
CREATE POLICY office_adds ON represented_parties FOR INSERT TO portal_clerk
  WITH CHECK (settlement_id = ANY (app_settlements()));
--> statement-breakpoint
CREATE POLICY office_records ON mandates FOR INSERT TO portal_clerk
  WITH CHECK (settlement_id = ANY (app_settlements()) AND source = 'paper');
--> statement-breakpoint
CREATE POLICY office_ends ON mandates FOR UPDATE TO portal_clerk
  USING (settlement_id = ANY (app_settlements())) WITH CHECK (settlement_id = ANY (app_settlements()) AND source = 'paper');
--> statement-breakpoint
-- What the tax system says of representatives.
GRANT INSERT, UPDATE ON represented_parties, mandates TO portal_worker;
--> statement-breakpoint
CREATE POLICY item_adds ON represented_parties FOR INSERT TO portal_worker WITH CHECK (settlement_id = ANY (app_settlements()));
--> statement-breakpoint
CREATE POLICY item_changes ON represented_parties FOR UPDATE TO portal_worker
  USING (settlement_id = ANY (app_settlements())) WITH CHECK (settlement_id = ANY (app_settlements()));
--> statement-breakpoint
CREATE POLICY item_adds ON mandates FOR INSERT TO portal_worker
  WITH CHECK (settlement_id = ANY (app_settlements()) AND source = 'tax-system');
--> statement-breakpoint
CREATE POLICY item_changes ON mandates FOR UPDATE TO portal_worker
  USING (settlement_id = ANY (app_settlements()) AND source = 'tax-system')
  WITH CHECK (settlement_id = ANY (app_settlements()) AND source = 'tax-system');
