/** What Újhartyán of the cast delivers, as a step of docker-compose.yml. */
import { readTaxImportConfig } from '../../src/config.ts'
import { importDemoTaxBooks } from './tax-books.ts'

const { ownerUrl, personKeys } = readTaxImportConfig(process.env)
await importDemoTaxBooks(ownerUrl, personKeys)
