/** What a form page shows; every sentence already in the reader's language. */
export interface PageView {
  id: string
  title: string
  intro: string[]
  items: ItemView[]
  /** for the error summary */
  errors: { href: string; text: string }[]
}

export type ItemView = { kind: string }
