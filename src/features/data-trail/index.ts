/**
 * The trail of one's own data (adatnapló, „Ki nézte meg az adataimat”): which office, in which role, when, what and for which purpose; one's own
 * acts and those of representatives too. Clerks appear by their office and role, never by name.
 *
 * The rows are those of the audit trail that name the person, or somebody the person may act for, and whose action has words.
 *
 * Source: GDPR 15. cikk; 2011. évi CXII. törvény (Infotv.) 25/F. §
 */

export { dataTrailPages } from './routes.ts'
export { type DataTrail, dataTrailService } from './service.ts'
