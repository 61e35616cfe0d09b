/** A clerk reads a paper and takes it over, over HTTP. */
import { parse } from 'node-html-parser'
import type { CastPerson } from '../../cast/people.ts'
import type { Page, TestPortal } from '../../support/portal.ts'

/** Reads and takes over a paper; where that leads. */
export async function takeOverPaper(
  portal: TestPortal,
  codes: readonly string[],
  { as, office, change = {} }: { as: CastPerson; office: string; change?: Record<string, string> },
): Promise<Page> {
  const read = await portal.post(`/hivatal/${office}/papir`, { kodok: codes.join('\n') }, { as })
  return portal.post(`/hivatal/${office}/papir/atvetel`, { ...takingOver(read), ...change }, { as })
}

/** What the page on which a paper was read would post. */
export function takingOver(page: Page): Record<string, string> {
  const fields: Record<string, string> = {}
  for (const input of page.html.querySelectorAll('form[action$="/papir/atvetel"] input')) {
    const name = input.getAttribute('name')
    if (name !== undefined && name !== '_csrf') fields[name] = decoded(input.getAttribute('value') ?? '')
  }
  if (fields['kodok'] === undefined) throw new Error(`no paper on the page: ${page.text.slice(0, 400)}`)
  return fields
}

export function decoded(text: string): string {
  return parse(`<p>${text}</p>`).text
}
