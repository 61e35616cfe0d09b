import { createServer } from 'node:http'
import type { Browser } from 'playwright'
import { afterEach, expect, test } from 'vitest'
import { launchBrowser } from './browser.ts'

let browser: Browser | undefined
afterEach(() => browser?.close())

test('a browser is found that shows Hungarian letters and obeys a content policy', async () => {
  const server = createServer((_request, response) => {
    response.setHeader('content-security-policy', "default-src 'none'")
    response.setHeader('content-type', 'text/html; charset=utf-8')
    response.end('<h1>Árvíztűrő tükörfúrógép</h1><script>document.querySelector("h1").textContent = "changed"</script>')
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  try {
    browser = await launchBrowser()
    const page = await browser.newPage()
    await page.goto(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`)
    expect(await page.getByRole('heading').textContent()).toBe('Árvíztűrő tükörfúrógép')
    // without any font a page has no letters, yet all of its text
    expect((await page.getByRole('heading').screenshot()).length).toBeGreaterThan(2000)
  } finally {
    server.close()
  }
})
