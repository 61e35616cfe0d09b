CREATE INDEX "session_lineages_kau_session_index" ON "session_lineages" USING btree ("kau_session");--> statement-breakpoint
GRANT UPDATE ON ended_kau_sessions TO portal_door;
