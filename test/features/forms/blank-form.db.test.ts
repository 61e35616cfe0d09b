import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readPdf } from '../../platform/pdf/read-pdf.ts'
import { openTestPortal, type TestPortal } from '../../support/portal.ts'

let portal: TestPortal
beforeAll(async () => {
  portal = await openTestPortal()
})
afterAll(() => portal.close())

const address = '/ujhartyan/ugyek/kommunalis-ado-adatbejelentes'

describe('an empty form', () => {
  test('is one step from the page of the form, to print and to keep', async () => {
    const page = await portal.visit(address)
    const links = page.html.querySelectorAll('a').map((link) => link.getAttribute('href'))
    expect(links).toContain(`${address}/ures`)
    expect(links).toContain(`${address}/ures.pdf`)

    const blank = await portal.visit(`${address}/ures`)
    expect(blank.status).toBe(200)
    expect(blank.text).toContain('Az űrlap kódja: kommunalis-ado-adatbejelentes')
    expect(blank.html.querySelector('address')?.text).toContain('2367')
    expect(blank.text).toContain(
      'Csak akkor töltse ki, ha erre: „Hol van a lakcíme?”, ezt válaszolta: „Magyarországon”.',
    )
    expect(blank.html.querySelectorAll('.portal-blank__row').map((row) => row.text)).toContain('1. tulajdonostárs')
    expect(blank.html.querySelector('.portal-signature')?.text).toContain('Kelt')
    expect(blank.html.querySelector('.portal-blank')?.getAttribute('lang')).toBe('hu')
    expect(blank.html.querySelector('[lang=en].portal-blank__also')).toBeNull()

    const pdf = await portal.app.inject({
      method: 'GET',
      url: `${address}/ures.pdf`,
      headers: { host: '127.0.0.1:8080' },
    })
    expect(pdf.headers['content-type']).toBe('application/pdf')
    expect(pdf.headers['content-disposition']).toContain('kommunalis-ado-adatbejelentes.pdf')
    expect(readPdf(pdf.rawPayload).text.replaceAll(/\s+/g, ' ')).toContain('Anyja születési neve *')
  })

  test('stays Hungarian for the office, with English below for whoever reads English', async () => {
    const blank = await portal.visit(`${address}/ures`, { language: 'en' })
    expect(blank.text).toContain('Anyja születési neve')
    expect(blank.html.querySelectorAll('[lang=en].portal-blank__also').map((one) => one.text)).toContain(
      'Your mother’s name at birth',
    )
    expect(blank.html.querySelector('.portal-signature')?.text).toContain('Kelt')
    expect(blank.text).toContain('Back to the page of the form')
  })

  test('that the settlement does not accept is not found', async () => {
    for (const path of ['nincs-ilyen/ures', 'nincs-ilyen/ures.pdf', 'A..B/ures']) {
      expect((await portal.visit(`/ujhartyan/ugyek/${path}`)).status).toBe(404)
    }
    expect((await portal.visit('/baja/ugyek/altalanos-kerelem/ures.pdf')).status).toBe(404)
  })
})
