CREATE TABLE "case_events" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "case_events_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"case_id" uuid NOT NULL,
	"settlement_id" integer NOT NULL,
	"party_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"visible" boolean DEFAULT true NOT NULL,
	"office_name" text,
	"clerk_id" uuid,
	"clerk_name" text,
	"detail" jsonb DEFAULT '{}'::jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "cases" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"settlement_id" integer NOT NULL,
	"party_id" uuid NOT NULL,
	"author_id" uuid NOT NULL,
	"client_name" text NOT NULL,
	"submission_id" uuid NOT NULL,
	"state" text NOT NULL,
	"sector" text NOT NULL,
	"form_code" text NOT NULL,
	"form_version" integer NOT NULL,
	"subject" text,
	"arrival_number" text NOT NULL,
	"file_number" text,
	"submitted_at" timestamp with time zone NOT NULL,
	"changed_at" timestamp with time zone NOT NULL,
	"clean_due_on" date,
	"due_on" date,
	"assigned_to" uuid,
	"routed_to" text,
	"specialist_reference" text,
	"closed_at" timestamp with time zone,
	"answer" text,
	CONSTRAINT "cases_submissionId_unique" UNIQUE("submission_id")
);
--> statement-breakpoint
CREATE TABLE "clerk_roles" (
	"clerk_id" uuid NOT NULL,
	"role" text NOT NULL,
	"granted_at" timestamp with time zone DEFAULT now() NOT NULL,
	"revoked_at" timestamp with time zone,
	CONSTRAINT "clerk_roles_clerk_id_role_granted_at_pk" PRIMARY KEY("clerk_id","role","granted_at")
);
--> statement-breakpoint
CREATE TABLE "clerks" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"office_id" uuid NOT NULL,
	"issuer" text NOT NULL,
	"subject" text NOT NULL,
	"name" text NOT NULL,
	"valid_from" date NOT NULL,
	"valid_to" date,
	CONSTRAINT "clerks_officeId_issuer_subject_unique" UNIQUE("office_id","issuer","subject")
);
--> statement-breakpoint
CREATE TABLE "settlement_forms" (
	"settlement_id" integer NOT NULL,
	"form_code" text NOT NULL,
	"published_at" timestamp with time zone DEFAULT now() NOT NULL,
	"closed_at" timestamp with time zone,
	"contact" text,
	CONSTRAINT "settlement_forms_settlement_id_form_code_pk" PRIMARY KEY("settlement_id","form_code")
);
--> statement-breakpoint
CREATE TABLE "account_settlements" (
	"account_id" uuid NOT NULL,
	"settlement_id" integer NOT NULL,
	"added_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "account_settlements_account_id_settlement_id_pk" PRIMARY KEY("account_id","settlement_id")
);
--> statement-breakpoint
CREATE TABLE "accounts" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"issuer" text NOT NULL,
	"subject" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"terms_accepted_at" timestamp with time zone,
	"terms_version" text,
	"default_settlement_id" integer,
	"language" text DEFAULT 'hu' NOT NULL,
	"contact_email" text,
	"contact_phone" text,
	"notices_by_email" boolean DEFAULT true NOT NULL,
	CONSTRAINT "accounts_issuer_subject_unique" UNIQUE("issuer","subject")
);
--> statement-breakpoint
CREATE TABLE "sign_in_attempts" (
	"state_hash" "bytea" PRIMARY KEY NOT NULL,
	"browser_hash" "bytea" NOT NULL,
	"kind" text NOT NULL,
	"secrets" "bytea" NOT NULL,
	"started_at" timestamp with time zone DEFAULT now() NOT NULL,
	"target" text,
	"lineage_id" uuid,
	"retried" boolean DEFAULT false NOT NULL
);
--> statement-breakpoint
CREATE TABLE "arrivals" (
	"submission_id" uuid PRIMARY KEY NOT NULL,
	"settlement_id" integer NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	"received_by" uuid NOT NULL
);
--> statement-breakpoint
CREATE TABLE "register_entries" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"settlement_id" integer NOT NULL,
	"register_id" uuid NOT NULL,
	"main_number" integer NOT NULL,
	"sub_number" integer NOT NULL,
	"submission_id" uuid,
	"subject" text NOT NULL,
	"registered_at" timestamp with time zone NOT NULL,
	"registered_by" uuid NOT NULL,
	"voided_at" timestamp with time zone,
	"voided_by" uuid,
	"void_reason" text,
	CONSTRAINT "register_entries_submissionId_unique" UNIQUE("submission_id"),
	CONSTRAINT "register_entries_registerId_mainNumber_subNumber_unique" UNIQUE("register_id","main_number","sub_number")
);
--> statement-breakpoint
CREATE TABLE "registers" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"settlement_id" integer NOT NULL,
	"year" integer NOT NULL,
	"prefix" text NOT NULL,
	"last_main_number" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "registers_settlementId_year_unique" UNIQUE("settlement_id","year")
);
--> statement-breakpoint
CREATE TABLE "former_identifiers" (
	"identifier_hash" "bytea" PRIMARY KEY NOT NULL,
	"lineage_id" uuid NOT NULL
);
--> statement-breakpoint
CREATE TABLE "session_epoch" (
	"id" integer PRIMARY KEY DEFAULT 1 NOT NULL,
	"epoch" integer DEFAULT 1 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "session_lineages" (
	"id" uuid PRIMARY KEY NOT NULL,
	"label" text NOT NULL,
	"account_id" uuid NOT NULL,
	"identifier_hash" "bytea" NOT NULL,
	"identified_at" timestamp with time zone NOT NULL,
	"active_at" timestamp with time zone NOT NULL,
	"last_seen_at" timestamp with time zone NOT NULL,
	"kau_session" text,
	"csrf_secret" "bytea" NOT NULL,
	"id_token" "bytea" NOT NULL,
	"identity" "bytea" NOT NULL,
	"assurance" text NOT NULL,
	"epoch" integer NOT NULL,
	"must_reidentify" boolean DEFAULT false NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	"end_reason" text,
	"target" text,
	"device" text NOT NULL,
	CONSTRAINT "session_lineages_label_unique" UNIQUE("label"),
	CONSTRAINT "session_lineages_identifierHash_unique" UNIQUE("identifier_hash")
);
--> statement-breakpoint
CREATE TABLE "office_settlements" (
	"office_id" uuid NOT NULL,
	"settlement_id" integer NOT NULL,
	"valid_from" date NOT NULL,
	"valid_to" date,
	CONSTRAINT "office_settlements_settlement_id_office_id_valid_from_pk" PRIMARY KEY("settlement_id","office_id","valid_from")
);
--> statement-breakpoint
CREATE TABLE "offices" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"slug" text NOT NULL,
	"name" text NOT NULL,
	"postal_code" text NOT NULL,
	"city" text NOT NULL,
	"street_address" text NOT NULL,
	"phone" text,
	"email" text,
	"opening_hours" jsonb NOT NULL,
	"note" jsonb,
	CONSTRAINT "offices_slug_unique" UNIQUE("slug")
);
--> statement-breakpoint
CREATE TABLE "settlement_profiles" (
	"settlement_id" integer PRIMARY KEY NOT NULL,
	"joined_on" date NOT NULL,
	"register_prefix" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "settlement_systems" (
	"settlement_id" integer NOT NULL,
	"system" text NOT NULL,
	"introduced_on" date NOT NULL,
	CONSTRAINT "settlement_systems_settlement_id_system_pk" PRIMARY KEY("settlement_id","system")
);
--> statement-breakpoint
CREATE TABLE "settlements" (
	"id" integer PRIMARY KEY NOT NULL,
	"ksh_code" text NOT NULL,
	"name" text NOT NULL,
	"slug" text NOT NULL,
	"county" text NOT NULL,
	CONSTRAINT "settlements_kshCode_unique" UNIQUE("ksh_code"),
	CONSTRAINT "settlements_slug_unique" UNIQUE("slug")
);
--> statement-breakpoint
CREATE TABLE "attachment_chunks" (
	"attachment_id" uuid NOT NULL,
	"sequence" integer NOT NULL,
	"settlement_id" integer NOT NULL,
	"party_id" uuid NOT NULL,
	"bytes" "bytea" NOT NULL,
	CONSTRAINT "attachment_chunks_attachment_id_sequence_pk" PRIMARY KEY("attachment_id","sequence")
);
--> statement-breakpoint
CREATE TABLE "attachments" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"settlement_id" integer NOT NULL,
	"party_id" uuid NOT NULL,
	"draft_id" uuid,
	"submission_id" uuid,
	"field_id" text NOT NULL,
	"file_name" text NOT NULL,
	"media_type" text NOT NULL,
	"size_bytes" integer NOT NULL,
	"sha256" text NOT NULL,
	"scan" text DEFAULT 'pending' NOT NULL,
	"scanned_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "drafts" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"settlement_id" integer NOT NULL,
	"party_id" uuid NOT NULL,
	"author_id" uuid NOT NULL,
	"form_code" text NOT NULL,
	"form_version" integer NOT NULL,
	"acting_as" text NOT NULL,
	"answers" jsonb NOT NULL,
	"visited_pages" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"revision" integer DEFAULT 1 NOT NULL,
	"submission_key" uuid DEFAULT gen_random_uuid() NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"changed_at" timestamp with time zone DEFAULT now() NOT NULL,
	"kept_until" timestamp with time zone NOT NULL,
	CONSTRAINT "drafts_submissionKey_unique" UNIQUE("submission_key")
);
--> statement-breakpoint
CREATE TABLE "submissions" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"settlement_id" integer NOT NULL,
	"party_id" uuid NOT NULL,
	"author_id" uuid NOT NULL,
	"draft_id" uuid NOT NULL,
	"submission_key" uuid NOT NULL,
	"arrival_number" text NOT NULL,
	"form_code" text NOT NULL,
	"form_version" integer NOT NULL,
	"acting_as" text NOT NULL,
	"answers" jsonb NOT NULL,
	"sender" jsonb NOT NULL,
	"content_sha256" text NOT NULL,
	"submitted_at" timestamp with time zone NOT NULL,
	CONSTRAINT "submissions_draftId_unique" UNIQUE("draft_id"),
	CONSTRAINT "submissions_submissionKey_unique" UNIQUE("submission_key"),
	CONSTRAINT "submissions_arrivalNumber_unique" UNIQUE("arrival_number")
);
--> statement-breakpoint
CREATE TABLE "audit_trail" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "audit_trail_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"action" text NOT NULL,
	"actor_kind" text NOT NULL,
	"actor_id" text,
	"settlement_id" integer,
	"object_kind" text NOT NULL,
	"object_id" text NOT NULL,
	"detail" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"request_id" text
);
--> statement-breakpoint
CREATE TABLE "request_counts" (
	"key" text PRIMARY KEY NOT NULL,
	"count" integer NOT NULL,
	"window_ends_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "case_events" ADD CONSTRAINT "case_events_case_id_cases_id_fk" FOREIGN KEY ("case_id") REFERENCES "public"."cases"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cases" ADD CONSTRAINT "cases_settlement_id_settlements_id_fk" FOREIGN KEY ("settlement_id") REFERENCES "public"."settlements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cases" ADD CONSTRAINT "cases_submission_id_submissions_id_fk" FOREIGN KEY ("submission_id") REFERENCES "public"."submissions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "clerk_roles" ADD CONSTRAINT "clerk_roles_clerk_id_clerks_id_fk" FOREIGN KEY ("clerk_id") REFERENCES "public"."clerks"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "clerks" ADD CONSTRAINT "clerks_office_id_offices_id_fk" FOREIGN KEY ("office_id") REFERENCES "public"."offices"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "settlement_forms" ADD CONSTRAINT "settlement_forms_settlement_id_settlements_id_fk" FOREIGN KEY ("settlement_id") REFERENCES "public"."settlements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "account_settlements" ADD CONSTRAINT "account_settlements_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "account_settlements" ADD CONSTRAINT "account_settlements_settlement_id_settlements_id_fk" FOREIGN KEY ("settlement_id") REFERENCES "public"."settlements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "accounts" ADD CONSTRAINT "accounts_default_settlement_id_settlements_id_fk" FOREIGN KEY ("default_settlement_id") REFERENCES "public"."settlements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "arrivals" ADD CONSTRAINT "arrivals_submission_id_submissions_id_fk" FOREIGN KEY ("submission_id") REFERENCES "public"."submissions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "arrivals" ADD CONSTRAINT "arrivals_settlement_id_settlements_id_fk" FOREIGN KEY ("settlement_id") REFERENCES "public"."settlements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "register_entries" ADD CONSTRAINT "register_entries_settlement_id_settlements_id_fk" FOREIGN KEY ("settlement_id") REFERENCES "public"."settlements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "register_entries" ADD CONSTRAINT "register_entries_register_id_registers_id_fk" FOREIGN KEY ("register_id") REFERENCES "public"."registers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "register_entries" ADD CONSTRAINT "register_entries_submission_id_submissions_id_fk" FOREIGN KEY ("submission_id") REFERENCES "public"."submissions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "registers" ADD CONSTRAINT "registers_settlement_id_settlements_id_fk" FOREIGN KEY ("settlement_id") REFERENCES "public"."settlements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "former_identifiers" ADD CONSTRAINT "former_identifiers_lineage_id_session_lineages_id_fk" FOREIGN KEY ("lineage_id") REFERENCES "public"."session_lineages"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "office_settlements" ADD CONSTRAINT "office_settlements_office_id_offices_id_fk" FOREIGN KEY ("office_id") REFERENCES "public"."offices"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "office_settlements" ADD CONSTRAINT "office_settlements_settlement_id_settlements_id_fk" FOREIGN KEY ("settlement_id") REFERENCES "public"."settlements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "settlement_profiles" ADD CONSTRAINT "settlement_profiles_settlement_id_settlements_id_fk" FOREIGN KEY ("settlement_id") REFERENCES "public"."settlements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "settlement_systems" ADD CONSTRAINT "settlement_systems_settlement_id_settlements_id_fk" FOREIGN KEY ("settlement_id") REFERENCES "public"."settlements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "attachment_chunks" ADD CONSTRAINT "attachment_chunks_attachment_id_attachments_id_fk" FOREIGN KEY ("attachment_id") REFERENCES "public"."attachments"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "attachments" ADD CONSTRAINT "attachments_settlement_id_settlements_id_fk" FOREIGN KEY ("settlement_id") REFERENCES "public"."settlements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "attachments" ADD CONSTRAINT "attachments_submission_id_submissions_id_fk" FOREIGN KEY ("submission_id") REFERENCES "public"."submissions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "drafts" ADD CONSTRAINT "drafts_settlement_id_settlements_id_fk" FOREIGN KEY ("settlement_id") REFERENCES "public"."settlements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "drafts" ADD CONSTRAINT "drafts_author_id_accounts_id_fk" FOREIGN KEY ("author_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "submissions" ADD CONSTRAINT "submissions_settlement_id_settlements_id_fk" FOREIGN KEY ("settlement_id") REFERENCES "public"."settlements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "submissions" ADD CONSTRAINT "submissions_author_id_accounts_id_fk" FOREIGN KEY ("author_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "case_events_case_id_id_index" ON "case_events" USING btree ("case_id","id");--> statement-breakpoint
CREATE INDEX "cases_party_id_changed_at_id_index" ON "cases" USING btree ("party_id","changed_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "cases_settlement_id_state_submitted_at_id_index" ON "cases" USING btree ("settlement_id","state","submitted_at","id");--> statement-breakpoint
CREATE INDEX "cases_settlement_id_state_form_code_submitted_at_id_index" ON "cases" USING btree ("settlement_id","state","form_code","submitted_at","id");--> statement-breakpoint
CREATE INDEX "cases_settlement_id_submitted_at_id_index" ON "cases" USING btree ("settlement_id","submitted_at","id");--> statement-breakpoint
CREATE INDEX "cases_settlement_id_arrival_number_index" ON "cases" USING btree ("settlement_id","arrival_number");--> statement-breakpoint
CREATE INDEX "cases_assigned_to_state_submitted_at_id_index" ON "cases" USING btree ("assigned_to","state","submitted_at","id");--> statement-breakpoint
CREATE UNIQUE INDEX "clerk_roles_clerk_id_role_index" ON "clerk_roles" USING btree ("clerk_id","role") WHERE revoked_at is null;--> statement-breakpoint
CREATE INDEX "clerks_issuer_subject_index" ON "clerks" USING btree ("issuer","subject");--> statement-breakpoint
CREATE INDEX "sign_in_attempts_browser_hash_index" ON "sign_in_attempts" USING btree ("browser_hash");--> statement-breakpoint
CREATE INDEX "register_entries_settlement_id_registered_at_index" ON "register_entries" USING btree ("settlement_id","registered_at");--> statement-breakpoint
CREATE INDEX "session_lineages_account_id_index" ON "session_lineages" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "attachments_draft_id_index" ON "attachments" USING btree ("draft_id");--> statement-breakpoint
CREATE INDEX "attachments_submission_id_index" ON "attachments" USING btree ("submission_id");--> statement-breakpoint
CREATE INDEX "drafts_author_id_changed_at_index" ON "drafts" USING btree ("author_id","changed_at");--> statement-breakpoint
CREATE INDEX "drafts_kept_until_index" ON "drafts" USING btree ("kept_until");--> statement-breakpoint
CREATE INDEX "submissions_party_id_submitted_at_index" ON "submissions" USING btree ("party_id","submitted_at");--> statement-breakpoint
CREATE INDEX "submissions_settlement_id_submitted_at_index" ON "submissions" USING btree ("settlement_id","submitted_at");--> statement-breakpoint
CREATE INDEX "audit_trail_object_kind_object_id_index" ON "audit_trail" USING btree ("object_kind","object_id");--> statement-breakpoint
CREATE INDEX "audit_trail_settlement_id_at_index" ON "audit_trail" USING btree ("settlement_id","at");