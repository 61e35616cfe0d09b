/**
 * Notices (tájékoztatók): about the portal and its sessions, questions, terms, privacy, accessibility, the data; for everybody.
 *
 * Sources: GDPR and 2011. évi CXII. tv. (Infotv.) for privacy; 2018. évi LXXV. tv. and 30/2019. (IX. 4.) ITM rendelet for
 * accessibility; RFC 9116 for security.txt.
 */
export { helpPages } from './routes.ts'
