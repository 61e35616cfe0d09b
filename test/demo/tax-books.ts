import pg from 'pg'
import { personMarks } from '../../src/features/representation/index.ts'
import { castRegisters } from '../cast/tax/books.ts'
import { bringIn } from '../support/tax-books.ts'

/** Clients of a book-keeper in the demo: clearly made up, and enough to have to search among them. */
const clients = 300

/** Brings in what Újhartyán delivers, around today; the ids of what was there stay. The other settlements are asked. */
export async function importDemoTaxBooks(ownerUrl: string, personKeys: readonly Buffer[]): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl })
  await client.connect()
  try {
    // the books of the last night: the demo's clock may be ahead, never behind
    const now = new Date(Date.now() - 3_600_000)
    await bringIn(client, castRegisters({ now, clients }).ujhartyan, personMarks(personKeys))
  } finally {
    await client.end()
  }
}
