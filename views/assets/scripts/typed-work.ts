type Values = ReadonlyMap<string, string>
type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement

const untyped = new Set(['hidden', 'submit', 'button', 'image', 'reset'])

/** What stands in a form's fields by name: now, or as the server wrote it. Files count by their names. */
export function valuesOf(form: HTMLFormElement, when: 'now' | 'served'): Values {
  const values = new Map<string, string>()
  for (const field of form.elements) {
    if (!isField(field) || field.name === '' || untyped.has(field.type)) continue
    values.set(field.name, `${values.get(field.name) ?? ''}\n${valueOf(field, when === 'now')}`)
  }
  return values
}

/** How many fields differ. */
export function differences(one: Values, other: Values): number {
  return [...one].filter(([name, value]) => other.get(name) !== value).length
}

/** How many fields of the page hold what the server has not; a search is no work. */
export function unsavedFields(kept: (form: HTMLFormElement) => Values | undefined): number {
  let count = 0
  for (const form of document.forms) {
    if (form.method === 'post') count += differences(valuesOf(form, 'now'), kept(form) ?? valuesOf(form, 'served'))
  }
  return count
}

function isField(element: Element): element is Field {
  return (
    element instanceof HTMLInputElement ||
    element instanceof HTMLTextAreaElement ||
    element instanceof HTMLSelectElement
  )
}

function valueOf(field: Field, now: boolean): string {
  if (field instanceof HTMLSelectElement) {
    const options = [...field.options]
    const served = options.filter((option) => option.defaultSelected)
    const chosen = now ? [...field.selectedOptions] : served.length > 0 ? served : options.slice(0, 1)
    return chosen.map((option) => option.value).join('\n')
  }
  if (field.type === 'file') {
    return now && field instanceof HTMLInputElement ? [...(field.files ?? [])].map(({ name }) => name).join('\n') : ''
  }
  if (field instanceof HTMLInputElement && (field.type === 'checkbox' || field.type === 'radio')) {
    return (now ? field.checked : field.defaultChecked) ? field.value : ''
  }
  return now ? field.value : field.defaultValue
}
