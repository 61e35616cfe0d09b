/** What a person sees of the simulated KAÜ. */
import type { CastPerson } from '../../cast/people.ts'
import { escapeHtml, simulatorPage } from '../page.ts'

const system = { hu: 'Szimulált KAÜ', en: 'Simulated identification agent (KAÜ)' }

/** Ways to identify (azonosítási módok) with the assurance level each gives. */
export const methods = [
  {
    id: 'dap',
    level: 'jelentos',
    hu: 'Digitális Állampolgár alkalmazás',
    levelHu: 'jelentős',
    en: 'mobile app, substantial',
  },
  {
    id: 'ugyfelkapu-plusz',
    level: 'jelentos',
    hu: 'Ügyfélkapu+',
    levelHu: 'jelentős',
    en: 'password and code, substantial',
  },
  { id: 'eszemelyi', level: 'magas', hu: 'eSzemélyi', levelHu: 'magas', en: 'identity card with chip, high' },
  {
    id: 'ugyfelkapu',
    level: 'alacsony',
    hu: 'Ügyfélkapu (megszűnt)',
    levelHu: 'alacsony',
    en: 'password only, ended, low',
  },
] as const

export interface SignInPage {
  people: readonly CastPerson[]
  /** address the form is posted to */
  action: string
  portal: string
  /** somebody who is signed in at the KAÜ already */
  present: CastPerson | undefined
  again: boolean
}

export function signInPage({ people, action, portal, present, again }: SignInPage): string {
  const title = again ? 'Azonosítsa magát újra' : 'Kiként lép be?'
  const english = again ? 'Identify yourself again' : 'Who are you signing in as?'
  const note =
    present === undefined
      ? ''
      : `<div class="note"><p>Itt most <strong>${escapeHtml(present.name)}</strong> van bejelentkezve. <span lang="en">${escapeHtml(present.name)} is signed in here now.</span></p></div>`
  return simulatorPage({
    title,
    system,
    body: `<h1>${title}</h1>
<p lang="en">${english}</p>
<p><strong>${escapeHtml(portal)}</strong> kéri az azonosítást. Jelszó nincs: válasszon egy kitalált személyt. <span lang="en">The portal asks who you are. There is no password: choose a made-up person.</span></p>
${note}
<form method="post" action="${escapeHtml(action)}">
${peopleList(people)}
<fieldset><legend>Az azonosítás módja <span lang="en">Method</span></legend>
${methods.map(methodChoice).join('\n')}
</fieldset>
<div class="actions"><button class="plain" name="cancel" value="yes">Mégsem lépek be</button></div>
<p lang="en">The button above goes back without signing in.</p>
</form>`,
  })
}

function peopleList(people: readonly CastPerson[]): string {
  const cards = people.map(
    ({
      id,
      name,
      role,
    }) => `<li class="person"><button name="person" value="${id}" aria-describedby="about-${id}">${escapeHtml(name)}</button>
<p id="about-${id}"><span>${escapeHtml(role.hu)}</span><span lang="en">${escapeHtml(role.en)}</span></p></li>`,
  )
  return `<ul class="people">\n${cards.join('\n')}\n</ul>`
}

function methodChoice({ id, hu, levelHu, en }: (typeof methods)[number], index: number): string {
  const checked = index === 0 ? ' checked' : ''
  return `<div class="choice"><input type="radio" id="method-${id}" name="method" value="${id}"${checked}><label for="method-${id}">${hu} – ${levelHu} <span lang="en">${en}</span></label></div>`
}

/** @param form the provider's own form, which carries its token and has no button */
export function signOutPage(form: string): string {
  return simulatorPage({
    title: 'Kijelentkezik?',
    system,
    body: `<h1>Kijelentkezik a KAÜ-ből?</h1>
<p lang="en">Do you want to sign out of the identification agent?</p>
${form}
<div class="actions"><button form="op.logoutForm" name="logout" value="yes">Kijelentkezés</button>
<button class="plain" form="op.logoutForm">Maradok</button></div>`,
  })
}

export function signedOutPage(): string {
  return simulatorPage({
    title: 'Kijelentkezett',
    system,
    body: '<h1>Kijelentkezett a KAÜ-ből</h1>\n<p lang="en">You have signed out of the identification agent.</p>',
  })
}

export function failurePage(error: string, description: string | undefined): string {
  return simulatorPage({
    title: 'Nem sikerült',
    system,
    body: `<h1>Az azonosítás nem sikerült</h1>
<p>Menjen vissza a portálra, és kezdje újra a belépést.</p>
<p lang="en">Signing in failed. Go back to the portal and start again.</p>
<dl class="pairs"><dt>error</dt><dd>${escapeHtml(error)}</dd><dt>description</dt><dd>${escapeHtml(description ?? '–')}</dd></dl>`,
  })
}

export function frontPage(present: CastPerson | undefined, issuer: string): string {
  const who =
    present === undefined
      ? '<p>Ebben a böngészőben most senki sincs bejelentkezve. <span lang="en">Nobody is signed in in this browser.</span></p>'
      : `<p>Ebben a böngészőben <strong>${escapeHtml(present.name)}</strong> van bejelentkezve. <span lang="en">${escapeHtml(present.name)} is signed in in this browser.</span></p>
<p><a href="/session/end">Kijelentkezés a KAÜ-ből</a></p>`
  return simulatorPage({
    title: 'Szimulált KAÜ',
    system,
    body: `<h1>Szimulált KAÜ</h1>
<p lang="en">It stands in for the central identification agent while the portal is developed, tested and shown.</p>
${who}
<dl class="pairs"><dt>issuer</dt><dd>${escapeHtml(issuer)}</dd></dl>`,
  })
}
