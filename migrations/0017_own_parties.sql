-- Whoever the tax register knows as a party is that party, also where another register named it first; and gives mandates as such.
ALTER TABLE "submissions" DROP CONSTRAINT "submissions_for_others_by_mandate";--> statement-breakpoint
ALTER TABLE "submissions" ADD CONSTRAINT "submissions_for_others_by_mandate" CHECK ((mandate_id is null) = (party_id = author_id) or (mandate_id is null and acting_as = 'sole-trader'));
--> statement-breakpoint
DROP POLICY given ON mandates;
--> statement-breakpoint
DROP POLICY giving ON mandates;
--> statement-breakpoint
DROP POLICY taking_back ON mandates;
--> statement-breakpoint
DROP POLICY oneself ON represented_parties;
--> statement-breakpoint
DROP POLICY oneself_added ON represented_parties;
--> statement-breakpoint
DROP FUNCTION app_own_parties();
--> statement-breakpoint
-- In a subquery, so that the function runs once in a statement and not for each row.
CREATE POLICY oneself ON represented_parties FOR SELECT TO portal_citizen
  USING (id = ANY ((SELECT app_parties_of_person())::uuid[]) OR person_mark = ANY (app_person()));
--> statement-breakpoint
-- One's own number is the one the tax register knows one by, as a person or as a sole trader.
CREATE POLICY oneself_added ON represented_parties FOR INSERT TO portal_citizen
  WITH CHECK (person_mark = ANY (app_person()) AND ((kind = 'person' AND tax_number IS NULL)
    OR (kind IN ('person', 'sole-trader') AND EXISTS (SELECT FROM taxpayers payer
      WHERE payer.person_mark = ANY (app_person()) AND payer.settlement_id = represented_parties.settlement_id
        AND payer.kind = represented_parties.kind AND payer.tax_number = represented_parties.tax_number))));
--> statement-breakpoint
CREATE POLICY given ON mandates FOR SELECT TO portal_citizen
  USING (party_id = ANY ((SELECT app_parties_of_person())::uuid[]));
--> statement-breakpoint
CREATE POLICY giving ON mandates FOR INSERT TO portal_citizen
  WITH CHECK (source = 'online' AND granted_by = app_account() AND revoked_at IS NULL AND recorded_by IS NULL
    AND party_id = ANY ((SELECT app_parties_of_person())::uuid[]));
--> statement-breakpoint
CREATE POLICY taking_back ON mandates FOR UPDATE TO portal_citizen
  USING (party_id = ANY ((SELECT app_parties_of_person())::uuid[]))
  WITH CHECK (source = 'online' AND revoked_at IS NOT NULL AND party_id = ANY ((SELECT app_parties_of_person())::uuid[]));
