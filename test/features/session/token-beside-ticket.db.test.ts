/** A sound form ticket says for whom a page was shown; that the post comes from that page only the token says. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { anna, bela } from '../../cast/people.ts'
import { openTestPortal, type TestPortal } from '../../support/portal.ts'
import { atTheForm, pages } from '../submissions/general-request.ts'

let portal: TestPortal
beforeAll(async () => {
  portal = await openTestPortal()
})
afterAll(() => portal.close())

test('with a sound ticket and no token, or another session’s, nothing is saved or sent', async () => {
  const form = atTheForm(portal, anna)
  const draft = await form.filledIn()
  const { cookie } = await portal.session(anna)
  const stored = () => portal.admin('select revision, answers, submission_key from drafts where id = $1', [draft])
  const before = await stored()
  const sending = await form.sendForm(draft)
  const saving = { ...pages['kerelem'], _jegy: await form.ticket(draft, 'kerelem'), subject: 'Más tárgy' }

  for (const [page, fields] of [
    ['kerelem', saving],
    ['bekuldes', sending],
  ] as const) {
    for (const token of ['', 'x', (await portal.session(bela)).token]) {
      const { statusCode } = await portal.app.inject({
        method: 'POST',
        url: `${form.base}/urlapok/${draft}/${page}`,
        headers: {
          host: portal.portal.config.server.publicUrl.host,
          cookie,
          'content-type': 'application/x-www-form-urlencoded',
        },
        payload: new URLSearchParams({ ...fields, _csrf: token }).toString(),
      })
      expect([page, token, statusCode]).toEqual([page, token, 403])
    }
  }
  expect(await stored()).toEqual(before)
  expect(await portal.admin('select 1 from submissions where draft_id = $1', [draft])).toEqual([])

  // The same with the token does what it says.
  expect((await form.post(draft, 'kerelem', saving)).status).toBe(303)
  expect(await stored()).not.toEqual(before)
})
