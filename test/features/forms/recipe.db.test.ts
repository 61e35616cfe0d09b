import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { checkDefinitions, readDefinitions } from '../../../src/features/forms/index.ts'
import { projectRoot } from '../../../src/platform/project-root.ts'
import { anna, hanna } from '../../cast/people.ts'
import { openTestPortal } from '../../support/portal.ts'

const code = 'hulladeklerakas-bejelentes'

test('a form that is added by the README’s recipe is checked, published and found, without a change of the program', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'urlapok-'))
  cpSync(fileURLToPath(new URL('src/features/forms/definitions/', projectRoot)), folder, { recursive: true })
  cpSync(fileURLToPath(new URL('recipe/', import.meta.url)), folder, { recursive: true })
  const definitions = pathToFileURL(`${folder}/`)
  expect(checkDefinitions({ folder: definitions, code })).toEqual([
    { file: `${code}/1.json`, definition: expect.objectContaining({ code }) },
  ])

  const portal = await openTestPortal({}, undefined, readDefinitions(definitions))
  try {
    expect((await portal.visit(`/ujhartyan/ugyek/${code}`)).status).toBe(404)
    const office = '/hivatal/ujhartyan/urlapok/ujhartyan'
    const row = (await portal.visit(office, { as: hanna })).html.querySelector(`#urlap-${code}`)
    expect(row?.textContent).toContain('Kikapcsolva')
    const published = await portal.post(`${office}/${code}/kozzetetel`, { allapot: 'be' }, { as: hanna })
    expect(published.status).toBe(303)

    const found = await portal.visit(`/ujhartyan/ugyek?q=${encodeURIComponent('szemét')}`)
    expect(found.html.querySelector(`a[href="/ujhartyan/ugyek/${code}"]`)?.text).toBe('Elhagyott hulladék bejelentése')
    expect((await portal.visit(`/ujhartyan/ugyek/${code}`, { language: 'en' })).text).toContain(
      'Report of dumped waste',
    )
    expect((await portal.visit(`/ujhartyan/ugyek/${code}/kitoltes`)).status).toBeLessThan(400)
    const begun = await portal.visit(`/ujhartyan/sajat/urlapok/uj?urlap=${code}`, { as: anna })
    expect(begun.status).toBe(200)
    expect(begun.text).toContain('Elhagyott hulladék bejelentése')
  } finally {
    await portal.close()
    rmSync(folder, { recursive: true })
  }
}, 120_000)
