import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, BrowserContext, Locator, Page } from 'playwright'
import { expect } from 'vitest'
import type { CastPerson } from '../cast/people.ts'

export interface Circumstances {
  /** width of the window in pixels */
  width: 1280 | 390
  scripts: boolean
  /** nothing is touched but the keyboard */
  keyboard: boolean
}

/** Pages that were looked at, by width and scripts: what is open to all is so for the next visitor too. */
const looked = new Set<string>()

/** Somebody at a browser: opens pages, reads, types and presses as the circumstances allow, and notices what is in the way. */
export class Visitor {
  readonly page: Page
  readonly #context: BrowserContext
  readonly #circumstances: Circumstances
  readonly #base: string

  private constructor(page: Page, context: BrowserContext, circumstances: Circumstances, base: string) {
    this.page = page
    this.#context = context
    this.#circumstances = circumstances
    this.#base = base
  }

  static async arrive(browser: Browser, base: string, circumstances: Circumstances): Promise<Visitor> {
    const context = await browser.newContext({
      viewport: { width: circumstances.width, height: 900 },
      javaScriptEnabled: circumstances.scripts,
      locale: 'hu-HU',
    })
    const page = await context.newPage()
    const visitor = new Visitor(page, context, circumstances, base)
    page.on('console', (message) => {
      if (/Content Security Policy|Trusted Type/i.test(message.text())) throw new Error(message.text())
    })
    return visitor
  }

  /** Another tab of the same browser: the same session, another page. */
  async openTab(): Promise<Visitor> {
    return new Visitor(await this.#context.newPage(), this.#context, this.#circumstances, this.#base)
  }

  async open(path: string): Promise<void> {
    await this.page.goto(new URL(path, this.#base).href)
    await this.look()
  }

  /** Follows a link or presses a button. */
  async press(name: string | RegExp, within: Page | Locator = this.page): Promise<void> {
    const target = within
      .getByRole('button', { name })
      .or(within.getByRole('link', { name }))
      .filter({ visible: true })
      .first()
    await target.waitFor()
    if (this.#circumstances.keyboard) await this.#tabTo(target)
    await Promise.all([
      this.page.waitForEvent('framenavigated'),
      this.#circumstances.keyboard ? this.page.keyboard.press('Enter') : target.click(),
    ])
    await this.page.waitForLoadState('load')
    await this.look()
  }

  async type(label: string | RegExp, text: string): Promise<void> {
    const field = this.page
      .getByLabel(label)
      .and(this.page.locator('input, textarea'))
      .filter({ visible: true })
      .first()
    if (!this.#circumstances.keyboard) return field.fill(text)
    await this.#tabTo(field)
    await this.page.keyboard.press('ControlOrMeta+A')
    await this.page.keyboard.type(text)
  }

  async tick(label: string | RegExp): Promise<void> {
    const choice = this.page.getByLabel(label).first()
    if (!this.#circumstances.keyboard) {
      await choice.check()
      return
    }
    // Only one of a group of radios is reached by Tab; the others by the arrows.
    const group = await choice.evaluate((element) => {
      const inputs = [...document.querySelectorAll<HTMLInputElement>(`input[name="${element.getAttribute('name')}"]`)]
      return { at: inputs.indexOf(element as HTMLInputElement), radio: element.getAttribute('type') === 'radio' }
    })
    if (!group.radio || group.at === 0) {
      await this.#tabTo(choice)
      await this.page.keyboard.press('Space')
    } else {
      await this.#tabTo(this.page.locator(`input[name="${await choice.getAttribute('name')}"]`).first())
      for (let step = 0; step < group.at; step += 1) await this.page.keyboard.press('ArrowDown')
    }
    await expect.poll(() => choice.isChecked()).toBe(true)
  }

  async choose(label: string | RegExp, option: string): Promise<void> {
    const field = this.page.getByLabel(label).first()
    if (!this.#circumstances.keyboard) {
      await field.selectOption({ label: option })
      return
    }
    await this.#tabTo(field)
    const chosen = () => field.evaluate((element) => (element as HTMLSelectElement).selectedOptions[0]?.text)
    for (let step = 0; step < 50 && (await chosen()) !== option; step += 1) await this.page.keyboard.press('ArrowDown')
    expect(await chosen()).toBe(option)
  }

  async attach(label: string | RegExp, file: { name: string; mimeType: string; buffer: Buffer }): Promise<void> {
    await this.page.getByLabel(label).first().setInputFiles(file)
  }

  async signIn(person: CastPerson): Promise<void> {
    await this.press('Bejelentkezés')
    await this.page.getByRole('button', { name: person.name }).click()
    await this.page.waitForURL((url) => url.href.startsWith(this.#base))
    await this.look()
  }

  /** Opens the one entry of a list that says this. */
  async openEntry(text: string): Promise<void> {
    await this.press(
      /./,
      this.page.getByRole('listitem').or(this.page.getByRole('row')).filter({ hasText: text }).last(),
    )
  }

  async signOut(): Promise<void> {
    await this.press('Kijelentkezés')
    await this.reads('A portálról és a KAÜ-ből is kijelentkezett')
  }

  async reads(text: string | RegExp): Promise<void> {
    await this.page.getByText(text).filter({ visible: true }).first().waitFor()
  }

  /**
   * Every page looked at is free of what keeps people out, and fits the window.
   * @param shown names what is open on the page besides
   */
  async look(shown = ''): Promise<void> {
    const address = new URL(this.page.url()).pathname
    const path = `${address.replaceAll(/[0-9a-f-]{36}/g, ':id').replace(/\/[a-z2-7]{26}\//, '/:party/')}${shown}`
    const { width, scripts } = this.#circumstances
    const seen = `${width} ${scripts} ${path}`
    if (!this.page.url().startsWith(this.#base) || looked.has(seen)) return
    looked.add(seen)
    await this.#keepPicture(path)
    const overflow = await this.page.locator('html').evaluate((root) => root.scrollWidth - root.clientWidth)
    expect({ path, overflow }).toEqual({ path, overflow: 0 })
    // whoever is signed in reads everywhere how long that lasts
    const signedIn = await this.page.locator('.portal-header__person').filter({ visible: true }).count()
    if (signedIn > 0) expect(await this.page.locator('.portal-clocks').innerText()).toMatch(/(\d\d:\d\d:\d\d.*){2}/)
    if (!scripts) return // axe is a script itself
    const { violations } = await new AxeBuilder({ page: this.page })
      .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
      // else it opens another page for each look, to join what frames of other sites found; there are none
      .setLegacyMode()
      .analyze()
    const found = violations.map(({ id, nodes }) => ({ id, at: nodes.map(({ html }) => html.slice(0, 160)) }))
    expect({ path, found }).toEqual({ path, found: [] })
  }

  /** With PICTURES=folder every page is kept as a picture, for looking through. */
  async #keepPicture(path: string): Promise<void> {
    const { PICTURES: folder } = process.env
    if (folder === undefined) return
    const { width, scripts } = this.#circumstances
    const name = path.replaceAll(/[^a-z0-9:]+/gi, '_').replaceAll(':', '')
    await this.page.screenshot({ path: `${folder}/${width}${scripts ? '' : '-plain'}${name}.png`, fullPage: true })
  }

  async leave(): Promise<void> {
    await this.#context.close()
  }

  async #tabTo(target: Locator): Promise<void> {
    await target.waitFor()
    await this.page.locator('body').evaluate(() => {
      if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
    })
    for (let pressed = 0; pressed < 200; pressed += 1) {
      await this.page.keyboard.press('Tab')
      if (await target.evaluate((element) => element === document.activeElement)) return
    }
    throw new Error('the keyboard does not lead there')
  }
}
