import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { reservedSlugs } from '../../../src/features/settlements/slug.ts'
import { anna } from '../../cast/people.ts'
import { openTestPortal, type TestPortal } from '../../support/portal.ts'

let portal: TestPortal

beforeAll(async () => {
  portal = await openTestPortal()
})

afterAll(async () => {
  await portal?.close()
})

const search = (query: string) => portal.visit(`/onkormanyzatok?${query}`)
const resultsOf = async (query: string) =>
  (await search(query)).html.querySelectorAll('.portal-results__link').map((link) => link.text)

describe('the start page', () => {
  test('a stranger can search, choose a county, sign in or fill in for print', async () => {
    const page = await portal.visit('/')
    expect(page.status).toBe(200)
    expect(page.html.querySelector('form[role=search]')?.getAttribute('action')).toBe('/onkormanyzatok')
    expect(page.html.querySelectorAll('.portal-counties a')).toHaveLength(20)
    const actions = page.html.querySelectorAll('.portal-actions a').map((link) => link.getAttribute('href'))
    expect(actions).toEqual(['/belepes', '/onkormanyzatok'])
    expect(page.text).not.toContain('Saját önkormányzatai')
  })

  test('a signed-in person finds the own settlements and starts there', async () => {
    const page = await portal.visit('/', { as: anna })
    expect(page.text).toContain('Saját önkormányzatai')
    const actions = page.html.querySelectorAll('.portal-actions a').map((link) => link.getAttribute('href'))
    expect(actions).toEqual(['/ujhartyan/ugyek', '/ujhartyan/ugyek'])
  })
})

describe('the search', () => {
  test.each(['q=ujhartyan', 'q=%C3%9Aj', 'q=2367', 'q=UJHART', 'q=ujhartyan&megye=pest'])(
    '%s finds Újhartyán',
    async (query) => {
      expect(await resultsOf(query)).toContain('Újhartyán')
    },
  )

  test('says of each who has joined', async () => {
    const rows = (await search('q=uj')).html.querySelectorAll('.portal-results__item').map((row) => row.text)
    expect(rows.find((row) => row.includes('Újhartyán'))).toContain('Elérhető a portálon')
    expect(rows.find((row) => row.includes('Újszász'))).toContain('Még nem csatlakozott')
  })

  test('lists a county in alphabetical order over its pages, and keeps the question while turning them', async () => {
    const first = await search('megye=pest')
    expect(first.text).toContain('Pest vármegye települései')
    expect((await resultsOf('megye=pest'))[0]).toBe('Abony')
    const next = first.html.querySelector('a[rel=next]')?.getAttribute('href') ?? ''
    expect(next).toBe('/onkormanyzatok?megye=pest&oldal=2')
    expect((await portal.visit(next)).html.querySelectorAll('.portal-results__item')).toHaveLength(25)
    expect(await resultsOf('megye=pest&oldal=9999')).toContain('Zsámbok')
  })

  test('offers the counties in which something was found', async () => {
    const page = await search('q=komlo')
    const links = page.html.querySelectorAll('.portal-counties--narrow a').map((link) => link.getAttribute('href'))
    expect(links).toContain('/onkormanyzatok?q=komlo&megye=heves')
    expect(await resultsOf('q=komlo&megye=heves')).toEqual(['Kömlő'])
  })

  test('finds nothing: says so and what may have been meant', async () => {
    const page = await search('q=ujhartyn')
    expect(page.status).toBe(200)
    expect(page.text).toContain('Nem találunk ilyen települést. Ellenőrizze a nevet vagy az irányítószámot.')
    expect(page.html.querySelector('main a[href="/ujhartyan"]')).not.toBeNull()
    const elsewhere = await search('q=ujhartyan&megye=zala')
    expect(elsewhere.text).toContain('Zala vármegyében nem találunk ilyen települést')
    expect(elsewhere.html.querySelector('main a[href="/ujhartyan"]')).not.toBeNull()
  })

  test.each([
    [`q=${'x'.repeat(101)}`, 'Legfeljebb 100 karaktert írjon be.'],
    ['q=%00', 'nem megjeleníthető jelet'],
    ['megye=atlantisz', 'Ilyen vármegye nincs'],
  ])('%s is answered beside the field', async (query, sentence) => {
    const page = await search(query)
    expect(page.status).toBe(400)
    expect(page.html.querySelector('.govuk-error-message')?.text).toContain(sentence)
    expect(page.html.querySelector('title')?.text).toContain('Hiba')
  })

  test.each([
    'q=a&q=b',
    'megye=pest&megye=zala',
    'oldal=0',
    'oldal=x',
    'oldal=1&oldal=2',
    'q[]=a&oldal=-1',
    '__proto__=1&oldal=%2e',
  ])('%s comes from no form of ours: a clear page, no failure', async (query) => {
    const page = await search(query)
    expect(page.status).toBe(400)
    expect(page.html.querySelector('h1')).not.toBeNull()
  })

  test.each(['q=%', 'q=%ff%fe', 'q=%E0%A4%A', 'q', '&&&', 'q=<script>', 'constructor=1', 'q=%F0%9F%92%A9'])(
    '%s never fails',
    async (query) => {
      const page = await search(query)
      expect(page.status).toBeLessThan(500)
      expect(page.html.querySelectorAll('main script')).toHaveLength(0)
    },
  )

  test('gives back what was typed as text', async () => {
    const page = await search(`q=${encodeURIComponent('"><svg onload=x>')}`)
    expect(page.html.querySelector('main svg[onload]')).toBeNull()
    expect(page.html.querySelector('input[name=q]')?.getAttribute('value')).toBe('"><svg onload=x>')
  })

  test('speaks English too', async () => {
    const page = await portal.visit('/onkormanyzatok?q=ujhartyan', { language: 'en' })
    expect(page.text).toContain('1 result for “ujhartyan”')
    expect(page.text).toContain('Pest County')
  })
})

describe('suggestions', () => {
  const suggest = async (q: string) => {
    const page = await portal.visit(`/onkormanyzatok/javaslatok?q=${encodeURIComponent(q)}`)
    return { page, found: JSON.parse(page.body) as { name: string; slug: string; type: string; county: string }[] }
  }

  test('are few, with what is needed to tell them apart', async () => {
    const { page, found } = await suggest('új')
    expect(page.headers['content-type']).toContain('application/json')
    expect(found).toHaveLength(8)
    expect(found).toContainEqual({ name: 'Újhartyán', slug: 'ujhartyan', type: 'város', county: 'Pest vármegye' })
  })

  test('call districts by their names', async () => {
    const { found } = await suggest('zugló')
    expect(found).toEqual([{ name: 'Budapest XIV. kerület', slug: 'budapest-xiv-kerulet', type: 'Zugló', county: '' }])
  })

  test.each(['', '   ', 'x'.repeat(101), '\u0000', '💩'])('„%s” suggests nothing', async (q) => {
    expect((await suggest(q)).found).toEqual([])
  })
})

describe('a settlement', () => {
  test.each([
    ['komlo-heves', 'a few forms at a glance', true],
    ['ujhartyan', 'many forms folded by sector', false],
  ])('%s shows %s', async (slug, _how, open) => {
    const page = await portal.visit(`/${slug}`)
    const sectors = page.html.querySelectorAll('.portal-settlement__offer details')
    expect(sectors.length).toBeGreaterThan(1)
    expect(sectors.map((sector) => sector.hasAttribute('open'))).toEqual(sectors.map(() => open))
  })

  test('that has joined shows its office, its forms and its systems', async () => {
    const page = await portal.visit('/komlo-heves')
    expect(page.status).toBe(200)
    expect(page.text).toContain('Kömlői Polgármesteri Hivatal')
    expect(page.text).toContain('3372 Kömlő, Minta út 2.')
    expect(page.text).toContain('Ügyfélfogadás')
    const forms = page.html.querySelectorAll('.portal-settlement__offer a').map((link) => link.getAttribute('href'))
    expect(forms).toContain('/komlo-heves/ugyek/kommunalis-ado-adatbejelentes')
    expect(forms).not.toContain('/komlo-heves/ugyek/adoigazolas-kerelem')
    expect(forms).toContain('/komlo-heves/ugyek')
    const systems = page.html
      .querySelectorAll('.portal-systems__item')
      .map((item) => item.text.replaceAll(/\s+/g, ' ').trim())
    expect(systems).toEqual([
      'Adó bevezetve',
      'Ipar és kereskedelem nincs bevezetve',
      'Hagyatéki leltár nincs bevezetve',
      'Birtokvédelem nincs bevezetve',
      'Anyakönyv nincs bevezetve',
      'Szociális ügyek bevezetve',
      'Gazdálkodás nincs bevezetve',
    ])
  })

  test('differs from another', async () => {
    const page = await portal.visit('/ujhartyan')
    expect(page.html.querySelectorAll('.portal-systems__item--absent')).toHaveLength(0)
    const shared = await portal.visit('/bodolyaber')
    expect(shared.text).toContain('Magyarhertelendi Közös Önkormányzati Hivatal')
  })

  test('with nearly the same name is pointed to', async () => {
    const page = await portal.visit('/komlo')
    expect(page.html.querySelector('main a[href="/komlo-heves"]')).not.toBeNull()
  })

  test('that has not joined says so, and what one can do', async () => {
    const page = await portal.visit('/abony')
    expect(page.status).toBe(200)
    expect(page.text).toContain('Abony önkormányzata még nem csatlakozott a portálhoz')
    expect(page.text).toContain('Mit tehet helyette?')
    expect(page.html.querySelector('.portal-systems')).toBeNull()
  })

  test('written with accents or capitals is found at its address', async () => {
    for (const written of ['/%C3%9Ajharty%C3%A1n', '/UJHARTYAN', '/ujhartyan.']) {
      const page = await portal.visit(`${written}?x=1`)
      expect(page.status, written).toBe(302)
      expect(page.location).toBe('/ujhartyan?x=1')
    }
    expect((await portal.visit('/Ujhartyan/ugyek')).location).toBe('/ujhartyan/ugyek')
  })

  test('misspelled is answered with what was probably meant', async () => {
    const page = await portal.visit('/ujhartyn')
    expect(page.status).toBe(404)
    expect(page.html.querySelector('main a[href="/ujhartyan"]')).not.toBeNull()
    expect(page.html.querySelector('.portal-failure__reference')).not.toBeNull()
  })

  test.each([
    '/nincs-ilyen-hely-sehol',
    '/%00',
    '/%F0%9F%92%A9',
    '/..%2f..%2fetc%2fpasswd',
    `/${'x'.repeat(150)}`,
    '/wp-login.php',
    '/__proto__',
    '/constructor',
  ])('%s is a page that helps, with a reference number', async (path) => {
    const page = await portal.visit(path)
    expect(page.status).toBeGreaterThanOrEqual(400)
    expect(page.status).toBeLessThan(500)
    expect(page.html.querySelector('.portal-failure__reference')).not.toBeNull()
  })

  test('an address with two slashes or a backslash leads nowhere else', async () => {
    for (const path of ['/Ujhartyan//example.com', '/Ujhartyan/%5Cexample.com', '/%2F%2Fexample.com/Ujhartyan']) {
      const { location } = await portal.visit(path)
      expect(new URL(location, 'http://127.0.0.1:8080').host).toBe('127.0.0.1:8080')
    }
  })
})

test('without the database one still searches, and is told what cannot be shown', async () => {
  const alone = await openTestPortal({ DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nothing' })
  try {
    const page = await alone.visit('/onkormanyzatok?q=ujhartyan')
    expect(page.status).toBe(200)
    expect(page.text).toContain('Most nem tudjuk megmutatni, melyik önkormányzat érhető el a portálon.')
    expect((await alone.visit('/')).status).toBe(200)
    expect((await alone.visit('/onkormanyzatok/javaslatok?q=uj')).status).toBe(200)
    expect((await alone.visit('/ujhartyan')).status).toBe(503)
  } finally {
    await alone.close()
  }
})

test('a signed-in person adds a settlement to the own ones; a stranger is not asked', async () => {
  expect((await portal.visit('/komlo')).html.querySelector('form[action="/sajat/onkormanyzatok"]')).toBeNull()
  const page = await portal.visit('/komlo', { as: anna })
  const id = page.html
    .querySelector('form[action="/sajat/onkormanyzatok"] input[name=telepules]')
    ?.getAttribute('value')
  expect((await portal.post('/sajat/onkormanyzatok', { telepules: id ?? '' }, { as: anna })).status).toBe(303)
  expect((await portal.visit('/komlo', { as: anna })).text).toContain('Saját önkormányzatai között szerepel')
  expect((await portal.visit('/', { as: anna })).text).toContain('Komló')
})

test('no address of the portal itself can become a settlement’s', () => {
  const routes = portal.app.printRoutes({ commonPrefix: false }).split('\n')
  const firstWords = routes.flatMap((line) => /^ {4}[├└]── ([^/ ]+)/.exec(line)?.[1] ?? [])
  expect(firstWords).toContain(':settlement')
  expect(firstWords).toContain('belepes')
  const unguarded = firstWords.filter(
    (word) => word !== ':settlement' && !word.includes('.') && !reservedSlugs.has(word),
  )
  expect(unguarded).toEqual([])
})
