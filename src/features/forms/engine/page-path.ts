import type { FormDefinition, GroupDefinition, PageDefinition } from './definition.ts'

/**
 * What names a page of a form in addresses, tickets and errors: the page's id, and for a row that is filled in on a page of its own
 * the id of the page that lists the rows and the row's number, `tulajdonosok/sor/2`.
 */
export interface PagePlace {
  pageId: string
  /** counted from 0 */
  row: number | undefined
}

/** A path that is none of a page names none: its id fits no page. */
export function readPath(path: string): PagePlace {
  const [, pageId, number] = /^([^/]+)\/sor\/([1-9][0-9]{0,2})$/.exec(path) ?? []
  return pageId === undefined ? { pageId: path, row: undefined } : { pageId, row: Number(number) - 1 }
}

export function rowPath(pageId: string, position: number): string {
  return `${pageId}/sor/${String(position + 1)}`
}

/** The group of a page whose rows have pages of their own; there is one at most. */
export function pagedGroup(page: PageDefinition): GroupDefinition | undefined {
  const group = page.items.find((item) => item.type === 'group' && item.rowPages)
  return group?.type === 'group' ? group : undefined
}

/** The page that lists the rows, for a row's own page; any other is its own. */
export function pageIdOf(path: string): string {
  return readPath(path).pageId
}

/** The page of a path, also where it is hidden now; undefined when the form has no such page. */
export function findPage({ pages }: FormDefinition, path: string): PageDefinition | undefined {
  const { pageId, row } = readPath(path)
  const page = pages.find(({ id }) => id === pageId)
  return page !== undefined && row !== undefined && pagedGroup(page) === undefined ? undefined : page
}
