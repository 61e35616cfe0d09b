-- Whom somebody may act for (képviselet): represented parties and mandates, as the office of a settlement registers them.
CREATE TABLE "mandates" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"settlement_id" integer NOT NULL,
	"party_id" uuid NOT NULL,
	"registry_key" text NOT NULL,
	"representative_mark" text NOT NULL,
	"kind" text NOT NULL,
	"everything" boolean NOT NULL,
	"sectors" text[] DEFAULT '{}' NOT NULL,
	"form_codes" text[] DEFAULT '{}' NOT NULL,
	"valid_from" date NOT NULL,
	"valid_until" date,
	"registered_at" timestamp with time zone DEFAULT app_now() NOT NULL,
	"revoked_at" timestamp with time zone,
	CONSTRAINT "mandates_owned" UNIQUE("id","settlement_id","party_id")
);
--> statement-breakpoint
CREATE TABLE "represented_parties" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"settlement_id" integer NOT NULL,
	"registry_key" text NOT NULL,
	"label" text NOT NULL,
	"kind" text NOT NULL,
	"name" text NOT NULL,
	"tax_number" text NOT NULL,
	"seat" jsonb,
	CONSTRAINT "represented_parties_label_unique" UNIQUE("label"),
	CONSTRAINT "represented_parties_owned" UNIQUE("id","settlement_id"),
	CONSTRAINT "represented_parties_of_register" UNIQUE("settlement_id","registry_key")
);
--> statement-breakpoint
ALTER TABLE "cases" ADD COLUMN "mandate_id" uuid;--> statement-breakpoint
ALTER TABLE "submissions" ADD COLUMN "mandate_id" uuid;--> statement-breakpoint
ALTER TABLE "mandates" ADD CONSTRAINT "mandates_party_fk" FOREIGN KEY ("party_id","settlement_id") REFERENCES "public"."represented_parties"("id","settlement_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "represented_parties" ADD CONSTRAINT "represented_parties_settlement_id_settlements_id_fk" FOREIGN KEY ("settlement_id") REFERENCES "public"."settlements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "mandates_settlement_id_registry_key_index" ON "mandates" USING btree ("settlement_id","registry_key") WHERE revoked_at is null;--> statement-breakpoint
CREATE INDEX "mandates_representative_mark_index" ON "mandates" USING btree ("representative_mark");--> statement-breakpoint
CREATE INDEX "mandates_party_id_index" ON "mandates" USING btree ("party_id");--> statement-breakpoint
ALTER TABLE "cases" ADD CONSTRAINT "cases_mandate_fk" FOREIGN KEY ("mandate_id","settlement_id","party_id") REFERENCES "public"."mandates"("id","settlement_id","party_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "submissions" ADD CONSTRAINT "submissions_mandate_fk" FOREIGN KEY ("mandate_id","settlement_id","party_id") REFERENCES "public"."mandates"("id","settlement_id","party_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "submissions" ADD CONSTRAINT "submissions_for_others_by_mandate" CHECK ((mandate_id is null) = (party_id = author_id));
--> statement-breakpoint
ALTER TABLE "represented_parties" ADD CONSTRAINT "represented_parties_kind_known"
  CHECK ("kind" IN ('person', 'sole-trader', 'company', 'public-body'));
--> statement-breakpoint
ALTER TABLE "mandates" ADD CONSTRAINT "mandates_kind_known" CHECK ("kind" IN ('statutory', 'permanent', 'single', 'employee'));
--> statement-breakpoint
ALTER TABLE "mandates" ADD CONSTRAINT "mandates_cover_something"
  CHECK ("everything" = (cardinality("sectors") + cardinality("form_codes") = 0));
--> statement-breakpoint
ALTER TABLE "mandates" ADD CONSTRAINT "mandates_begin_before_they_end" CHECK ("valid_until" >= "valid_from");
--> statement-breakpoint
-- A revocation is final.
CREATE FUNCTION refuse_revival() RETURNS trigger LANGUAGE plpgsql
  AS $$ BEGIN RAISE EXCEPTION 'a revoked mandate stays revoked'; END $$;
--> statement-breakpoint
CREATE TRIGGER stays_revoked BEFORE UPDATE ON "mandates" FOR EACH ROW
  WHEN (OLD."revoked_at" IS NOT NULL) EXECUTE FUNCTION refuse_revival();
--> statement-breakpoint

-- How mandates name the person of the transaction: keyed fingerprints in hexadecimal; unset means nobody.
CREATE FUNCTION app_person() RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT string_to_array(nullif(current_setting('app.person', true), ''), ',') $$;
--> statement-breakpoint
ALTER TABLE "represented_parties" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "represented_parties" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "mandates" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "mandates" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY owner_writes ON represented_parties TO portal_owner USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY owner_writes ON mandates TO portal_owner USING (true) WITH CHECK (true);
--> statement-breakpoint
-- To hold a row (FOR SHARE) one must be allowed to change a column of it; the policy lets no change through.
GRANT SELECT, UPDATE ("id") ON mandates TO portal_citizen;
--> statement-breakpoint
CREATE POLICY own ON mandates TO portal_citizen
  USING (representative_mark = ANY (app_person())) WITH CHECK (false);
--> statement-breakpoint
GRANT SELECT ON represented_parties TO portal_citizen;
--> statement-breakpoint
CREATE POLICY represented ON represented_parties FOR SELECT TO portal_citizen
  USING (id IN (SELECT party_id FROM mandates));
--> statement-breakpoint
GRANT SELECT ON represented_parties, mandates TO portal_clerk, portal_worker;
--> statement-breakpoint
CREATE POLICY office ON represented_parties FOR SELECT TO portal_clerk USING (settlement_id = ANY (app_settlements()));
--> statement-breakpoint
CREATE POLICY office ON mandates FOR SELECT TO portal_clerk USING (settlement_id = ANY (app_settlements()));
--> statement-breakpoint
CREATE POLICY item ON represented_parties FOR SELECT TO portal_worker USING (settlement_id = ANY (app_settlements()));
--> statement-breakpoint
CREATE POLICY item ON mandates FOR SELECT TO portal_worker USING (settlement_id = ANY (app_settlements()));
