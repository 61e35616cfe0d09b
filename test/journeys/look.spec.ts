/** All components in a real browser, under the portal's own policy: no barrier, nothing cut off, scripts that help and are not needed. */
import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, BrowserContextOptions, Page } from 'playwright'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildAssets } from '../../src/platform/assets/build.ts'
import { assetsFolder, readAssets } from '../../src/platform/assets/manifest.ts'
import { securityHeaders } from '../../src/platform/http/headers.ts'
import { gallery } from '../components/rendered.ts'
import { launchBrowser } from '../support/browser.ts'

const contentTypes: Record<string, string> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
  woff2: 'font/woff2',
}
const signedIn = {
  person: { name: 'Minta Anna' },
  csrf: 'jel',
  clocks: {
    idleUntil: '14:35:07',
    identifiedUntil: '18:05:06',
    idleSeconds: 1_800,
    identifiedSeconds: 12_600,
    idleLimitSeconds: 1_800,
  },
  lineage: 'cimke',
  settlement: { slug: 'ujhartyan', name: 'Újhartyán' },
  languageForm: 'urlap',
  demo: true,
}
const layouts = {
  citizen: {
    ...signedIn,
    errors: [{ href: '#osszeg', text: 'Adja meg az összeget forintban.' }],
    sessionState: 'paused',
  },
  clerk: {
    ...signedIn,
    clerk: {
      name: 'Iktató Cecília',
      officeName: 'Újhartyáni Polgármesteri Hivatal',
      pages: [{ href: '/hivatal/ujhartyan/beerkezett', text: 'Beérkezett' }],
    },
  },
  print: {},
}
const found = [
  { name: 'Újhartyán', slug: 'ujhartyan', county: 'Pest', type: 'város' },
  { name: 'Újszász', slug: 'ujszasz', county: 'Jász-Nagykun-Szolnok', type: 'város' },
]

let browser: Browser
let server: Server
let origin: string
const posted: string[] = []

beforeAll(async () => {
  await buildAssets(assetsFolder)
  const assets = readAssets()
  const headers = securityHeaders({ kauOrigin: 'https://kau.pelda', https: false })
  server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://portal.invalid')
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
    const [, first = '', second = ''] = pathname.split('/')
    const answer = (type: string, content: string | Buffer) => response.setHeader('content-type', type).end(content)
    if (request.method === 'POST') {
      posted.push(pathname)
      // Slow enough for a second click to come before the answer.
      setTimeout(() => answer('text/html; charset=utf-8', '<title>köszönjük</title>'), 300)
    } else if (first === 'assets') {
      void readFile(new URL(second, assetsFolder)).then(
        (content) => answer(contentTypes[second.split('.').at(-1) ?? ''] ?? 'text/plain', content),
        () => response.writeHead(404).end(),
      )
    } else if (pathname === '/onkormanyzatok/javaslatok') {
      const q = searchParams.get('q') ?? ''
      answer(
        'application/json',
        JSON.stringify(found.filter(({ name }) => name.toLowerCase().startsWith(q.toLowerCase()))),
      )
    } else if (first === 'citizen' || first === 'clerk' || first === 'print') {
      answer(
        'text/html; charset=utf-8',
        gallery(assets, first, { ...layouts[first], path: pathname }, second === 'en' ? 'en' : 'hu'),
      )
    } else {
      answer('text/html; charset=utf-8', `<title>${first}</title>`)
    }
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  browser = await launchBrowser()
})

afterAll(async () => {
  await browser?.close()
  server?.close()
})

/** Opens a page, and refuses any complaint of the browser's about it. */
async function visit<Result>(
  path: string,
  look: (page: Page) => Promise<Result>,
  options: BrowserContextOptions = {},
): Promise<Result> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  try {
    await page.goto(origin + path)
    const result = await look(page)
    expect(complaints).toEqual([])
    return result
  } finally {
    await context.close()
  }
}

const narrow = { viewport: { width: 390, height: 844 } }

for (const [layout, language, width, options] of [
  ['citizen', 'hu', 1280, {}],
  ['citizen', 'en', 390, narrow],
  ['clerk', 'en', 1280, {}],
  ['clerk', 'hu', 390, narrow],
  ['print', 'hu', 1280, {}],
  ['print', 'en', 390, narrow],
] as const) {
  test(`${layout}, ${language}, ${width} px: no barrier is found and nothing is cut off`, async () => {
    await visit(
      `/${layout}/${language}`,
      async (page) => {
        const { violations } = await new AxeBuilder({ page }).analyze()
        expect(
          violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`),
        ).toEqual([])
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width)
      },
      options,
    )
  })
}

test('our own letters are shown', async () => {
  await visit('/citizen', async (page) => {
    await page.evaluate(() => document.fonts.ready)
    const loaded = await page.evaluate(() =>
      [...document.fonts].filter(({ status }) => status === 'loaded').map(({ weight }) => weight),
    )
    expect(loaded.sort()).toEqual(['400', '600 700'])
  })
})

/** What is said of the suggestions; other components tell things of their own. */
const told = (page: Page) => page.getByRole('status').filter({ hasText: 'találat' })

test('settlements are suggested as one types, and one is chosen by keyboard', async () => {
  await visit('/print', async (page) => {
    const field = page.getByRole('combobox', { name: 'Melyik önkormányzatot keresi?' })
    await field.pressSequentially('új')
    const options = page.getByRole('listbox').getByRole('option')
    await options.first().waitFor()
    expect(await options.allTextContents()).toEqual(['Újhartyán város, Pest', 'Újszász város, Jász-Nagykun-Szolnok'])
    expect(await field.getAttribute('aria-expanded')).toBe('true')
    expect(await told(page).textContent()).toContain('2 találat')

    await field.press('ArrowDown')
    await field.press('ArrowDown')
    const active = await field.getAttribute('aria-activedescendant')
    expect(await page.locator(`#${active}`).textContent()).toContain('Újszász')
    expect(await page.getByRole('listbox').getByRole('option', { selected: true }).count()).toBe(1)
    await field.press('ArrowDown')
    expect(await field.getAttribute('aria-activedescendant')).toBeNull()

    await field.press('Escape')
    expect(await options.count()).toBe(0)
    expect(await field.inputValue()).toBe('új')

    await field.pressSequentially('h')
    await options.first().waitFor()
    await field.press('ArrowDown')
    await Promise.all([page.waitForURL(`${origin}/ujhartyan`), field.press('Enter')])
  })
})

test('a suggestion is chosen by pointing at it; a name nobody has is said not to be found', async () => {
  await visit('/print', async (page) => {
    const field = page.getByRole('combobox', { name: 'Melyik önkormányzatot keresi?' })
    await field.pressSequentially('xx')
    await expect.poll(() => told(page).textContent()).toBe('Nincs találat.')
    expect(await field.getAttribute('aria-expanded')).toBe('false')
    await field.fill('újsz')
    await page.getByRole('listbox').getByRole('option').click()
    await page.waitForURL(`${origin}/ujszasz`)
  })
})

test('Enter without a choice searches, with scripts and without', async () => {
  for (const javaScriptEnabled of [true, false]) {
    await visit(
      '/print',
      async (page) => {
        const field = page.locator('#telepules')
        await field.fill('Újhartyán')
        await field.press('Enter')
        await page.waitForURL(`${origin}/onkormanyzatok?q=${encodeURIComponent('Újhartyán')}`)
      },
      { javaScriptEnabled },
    )
  }
})

test('the list of errors is reached first, and leads to the field', async () => {
  await visit('/citizen', async (page) => {
    expect(await page.evaluate(() => document.activeElement?.className)).toContain('govuk-error-summary')
    await page.getByRole('link', { name: 'Adja meg az összeget forintban.' }).click()
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('osszeg')
  })
})

test('a double click sends once', async () => {
  await visit('/clerk', async (page) => {
    posted.length = 0
    await page.getByRole('button', { name: 'Beküldés' }).dblclick()
    await page.waitForURL(`${origin}/bekuldes`)
    expect(posted).toEqual(['/bekuldes'])
  })
})

// Seen once: the key was pressed and no request came. Until it is known why, it is tried again.
test('Enter in a field sends the form and does not change the language', { retry: 3 }, async () => {
  await visit('/clerk', async (page) => {
    const [request] = await Promise.all([
      page.waitForRequest((request) => request.method() === 'POST', { timeout: 15_000 }),
      page.getByLabel('Éves adó összege').press('Enter'),
    ])
    expect(request.postData()).not.toContain('nyelv=')
  })
})

test('the room left in a text is told as one writes', async () => {
  await visit('/clerk', async (page) => {
    await page.getByLabel('Indokolás').pressSequentially('árvíztűrő')
    await expect.poll(() => page.getByText('Még 11 karakter írható be.').count()).toBeGreaterThan(0)
  })
})

test('on a narrow screen the menu opens by a button; without scripts it is open', async () => {
  const link = (page: Page) => page.getByRole('link', { name: 'Mentett űrlapok' })
  await visit(
    '/citizen',
    async (page) => {
      expect(await link(page).isVisible()).toBe(false)
      await page.getByRole('button', { name: 'Menü' }).click()
      expect(await link(page).isVisible()).toBe(true)
    },
    narrow,
  )
  await visit('/citizen', async (page) => expect(await link(page).isVisible()).toBe(true), {
    ...narrow,
    javaScriptEnabled: false,
  })
})

test('whatever has the focus has a ring of three pixels', async () => {
  await visit('/citizen', async (page) => {
    const lacking: string[] = []
    let seen = 0
    await page.evaluate(() => document.querySelector<HTMLElement>('.govuk-skip-link')?.focus())
    for (; seen < 200; seen += 1) {
      await page.keyboard.press('Tab')
      const ring = await page.evaluate(() => {
        const element = document.activeElement
        if (element === null || element === document.body) return undefined
        const label = element.matches('.govuk-radios__input, .govuk-checkboxes__input')
          ? element.nextElementSibling
          : null
        const covering = element.matches('.portal-card__link, .portal-actions__link')
        const style = getComputedStyle(label ?? element, label === null ? (covering ? '::after' : null) : '::before')
        return { name: `${element.tagName} ${element.className}`, width: style.outlineWidth, kind: style.outlineStyle }
      })
      if (ring === undefined) break
      if (ring.width !== '3px' || ring.kind !== 'solid') lacking.push(ring.name)
    }
    expect(seen).toBeGreaterThan(40)
    expect(lacking).toEqual([])
  })
})

test('on paper nothing is left of the navigation', async () => {
  await visit('/citizen', async (page) => {
    await page.emulateMedia({ media: 'print' })
    for (const part of [
      '.portal-header',
      '.govuk-service-navigation',
      '.portal-footer',
      '.portal-steps',
      '.govuk-button',
    ]) {
      expect(await page.locator(part).first().isVisible(), part).toBe(false)
    }
    expect(await page.getByRole('table').isVisible()).toBe(true)
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(1280)
  })
})
