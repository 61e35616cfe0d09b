import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { anna } from '../../cast/people.ts'
import { openTestPortal, type TestPortal } from '../../support/portal.ts'

let portal: TestPortal

beforeAll(async () => {
  portal = await openTestPortal()
})

afterAll(async () => {
  await portal?.close()
})

const notices: [path: string, hu: string, en: string][] = [
  ['/tajekoztato', 'Tájékoztató a portálról', 'About the portal'],
  ['/munkamenetrol', 'A munkamenetről', 'About sessions'],
  ['/gyik', 'Gyakran ismételt kérdések', 'Frequently asked questions'],
  ['/aszf', 'Általános Szolgáltatási Feltételek', 'General terms of service'],
  ['/adatvedelem', 'Adatkezelési tájékoztató', 'Privacy notice'],
  ['/akadalymentesites', 'Akadálymentesítési nyilatkozat', 'Accessibility statement'],
  ['/adatok', 'Az adatokról', 'About the data'],
]

describe.each(notices)('%s', (path, hu, en) => {
  test('stands in both languages, with the same parts', async () => {
    const [hungarian, english] = [await portal.visit(path), await portal.visit(path, { language: 'en' })]
    expect([hungarian.status, english.status]).toEqual([200, 200])
    expect(hungarian.html.querySelector('h1')?.text).toBe(hu)
    expect(english.html.querySelector('h1')?.text).toBe(en)
    const shape = (page: typeof hungarian) =>
      page.html.querySelectorAll('main :is(h2, h3, table, ul, ol)').map(({ tagName, id }) => `${tagName}#${id}`)
    expect(shape(english)).toEqual(shape(hungarian))
  })

  test('leads only to places that exist', async () => {
    for (const language of ['hu', 'en'] as const) {
      const page = await portal.visit(path, { language })
      const links = page.html.querySelectorAll('main a')
      expect(links).not.toEqual([])
      for (const link of links) {
        const href = link.getAttribute('href') ?? ''
        if (href.startsWith('#')) expect(page.html.querySelector(href), href).not.toBeNull()
        else if (href.startsWith('/sajat/')) expect((await portal.visit(href, { as: anna })).status, href).toBe(200)
        else if (href.startsWith('/')) expect((await portal.visit(href)).status, href).toBe(200)
        else expect(href).toMatch(/^(https:\/\/|mailto:)/)
      }
    }
  })
})

test('the foot of every page leads to the notices', async () => {
  const page = await portal.visit('/')
  const links = page.html.querySelectorAll('footer a').map((link) => link.getAttribute('href'))
  for (const [path] of notices) expect(links).toContain(path)
})

test('the sources of the data are named', async () => {
  const page = await portal.visit('/adatok')
  for (const source of [
    'Központi Statisztikai Hivatal',
    'Magyarország helységnévtára',
    '2026. január 1.',
    'GeoNames',
    'Attribution 4.0',
  ])
    expect(page.text).toContain(source)
})

test('who finds a security problem learns where to write', async () => {
  const { status, headers, body } = await portal.visit('/.well-known/security.txt')
  expect(status).toBe(200)
  expect(headers['content-type']).toBe('text/plain; charset=utf-8')
  expect(body).toContain('Contact: mailto:uzemelteto@example.hu\n')
  expect(body).toContain('Canonical: http://127.0.0.1:8080/.well-known/security.txt\n')
  const expires = new Date(/^Expires: (.+)$/m.exec(body)?.[1] ?? '').getTime()
  expect(expires).toBeGreaterThan(Date.now() + 86_400_000)
  expect(expires).toBeLessThan(Date.now() + 365 * 86_400_000)
})
