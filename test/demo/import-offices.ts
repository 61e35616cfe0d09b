/** Brings the offices of the cast into a migrated database: DATABASE_OWNER_URL, KAU_ISSUER. For docker-compose.yml. */
import { importDemoOffices } from './offices.ts'

const { DATABASE_OWNER_URL, KAU_ISSUER } = process.env
if (DATABASE_OWNER_URL === undefined || KAU_ISSUER === undefined) {
  throw new Error('DATABASE_OWNER_URL and KAU_ISSUER are needed')
}
await importDemoOffices(DATABASE_OWNER_URL, KAU_ISSUER)
