-- Offices change what becomes of a case, never whose it is, what it is about or how it came: a case without an author would be
-- nobody's on the citizens' side.
REVOKE UPDATE ON cases FROM portal_clerk, portal_worker;
--> statement-breakpoint
GRANT UPDATE (state, changed_at, closed_at, file_number, assigned_to, routed_to, answer) ON cases TO portal_clerk;
--> statement-breakpoint
GRANT UPDATE (state, changed_at, specialist_reference) ON cases TO portal_worker;
