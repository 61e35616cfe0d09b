-- The audit trail says for whom, from which office, in which role and for which purpose; and its rows are chained.
-- Which cluster wrote a row: in another one, after a restored dump, the numbers of transactions begin anew.
CREATE FUNCTION app_cluster() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT system_identifier FROM pg_control_system() $$;
--> statement-breakpoint
CREATE TABLE "audit_chain" (
	"settlement_id" integer NOT NULL,
	"position" bigint NOT NULL,
	"row_id" bigint NOT NULL,
	"hash" "bytea" NOT NULL,
	CONSTRAINT "audit_chain_settlement_id_position_pk" PRIMARY KEY("settlement_id","position"),
	CONSTRAINT "audit_chain_row_once" UNIQUE("row_id")
);
--> statement-breakpoint
CREATE TABLE "audit_seals" (
	"cluster" bigint PRIMARY KEY NOT NULL,
	"written_in" "xid8" NOT NULL,
	"row_id" bigint NOT NULL
);
--> statement-breakpoint
ALTER TABLE "audit_trail" ADD COLUMN "party_id" uuid;--> statement-breakpoint
ALTER TABLE "audit_trail" ADD COLUMN "office_id" uuid;--> statement-breakpoint
ALTER TABLE "audit_trail" ADD COLUMN "role" text;--> statement-breakpoint
ALTER TABLE "audit_trail" ADD COLUMN "purpose" text;--> statement-breakpoint
ALTER TABLE "audit_trail" ADD COLUMN "mandate_id" uuid;--> statement-breakpoint
ALTER TABLE "audit_trail" ADD COLUMN "cluster" bigint DEFAULT app_cluster() NOT NULL;--> statement-breakpoint
ALTER TABLE "audit_trail" ADD COLUMN "written_in" "xid8" DEFAULT pg_current_xact_id() NOT NULL;--> statement-breakpoint
CREATE INDEX "audit_trail_party_id_at_id_index" ON "audit_trail" USING btree ("party_id","at","id") WHERE party_id is not null;--> statement-breakpoint
CREATE INDEX "audit_trail_in_order" ON "audit_trail" USING btree ("cluster","written_in","id");
--> statement-breakpoint
ALTER TABLE "audit_chain" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "audit_chain" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "audit_seals" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "audit_seals" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
-- When and where a row was written is not for the writer to say.
CREATE POLICY written_now ON audit_trail AS RESTRICTIVE FOR INSERT
  WITH CHECK (at = app_now() AND written_in = pg_current_xact_id() AND cluster = app_cluster());
--> statement-breakpoint
-- A citizen writes of nobody else than whom the transaction may act for.
DROP POLICY adding_own_acts ON audit_trail;
--> statement-breakpoint
CREATE POLICY adding_own_acts ON audit_trail FOR INSERT TO portal_citizen
  WITH CHECK (actor_kind = 'citizen' AND actor_id = app_account()::text
    AND (party_id IS NULL OR party_id = app_account() OR party_id = ANY (app_parties())));
--> statement-breakpoint
-- Who looked at one's data; without what was noted for the operator.
GRANT SELECT ("id", "at", "action", "actor_kind", "actor_id", "settlement_id", "object_kind", "object_id", "party_id", "office_id",
  "role", "purpose", "mandate_id") ON audit_trail TO portal_citizen;
--> statement-breakpoint
CREATE POLICY of_parties ON audit_trail FOR SELECT TO portal_citizen USING (party_id = ANY (app_parties()));
--> statement-breakpoint
-- Every party that is the person of the transaction, also where only the tax register says so. By the owner's eyes: a
-- representative's register names the person by a tax number alone.
CREATE FUNCTION app_parties_of_person() RETURNS uuid[] LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
  AS $$ SELECT coalesce(array_agg(id), '{}') FROM (
    SELECT id FROM represented_parties WHERE person_mark = ANY (app_person())
    UNION
    SELECT party.id FROM represented_parties party JOIN taxpayers payer
      USING (settlement_id, kind, tax_number) WHERE payer.person_mark = ANY (app_person())) own $$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION app_parties_of_person() FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION app_parties_of_person() TO portal_citizen;
--> statement-breakpoint
-- The sealer sees all rows and changes none; the operator verifies.
GRANT USAGE ON SCHEMA public TO portal_sealer;
--> statement-breakpoint
GRANT SELECT ON audit_trail TO portal_sealer;
--> statement-breakpoint
GRANT SELECT, INSERT ON audit_chain TO portal_sealer;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE ON audit_seals TO portal_sealer;
--> statement-breakpoint
CREATE POLICY sealing ON audit_trail FOR SELECT TO portal_sealer, portal_owner USING (true);
--> statement-breakpoint
CREATE POLICY sealing ON audit_chain TO portal_sealer USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY sealing ON audit_seals TO portal_sealer USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY verifying ON audit_chain FOR SELECT TO portal_owner USING (true);
--> statement-breakpoint
CREATE POLICY verifying ON audit_seals FOR SELECT TO portal_owner USING (true);
--> statement-breakpoint
CREATE TRIGGER only_ever_added BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_chain
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
