/** What a person sees of the simulated KAÜ. */
import type { CastPerson } from '../../cast/people.ts'
import { escapeHtml, simulatorPage } from '../page.ts'
import { otherService } from './other-service.ts'

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

export function frontPage(present: CastPerson | undefined, issuer: string, clockShared: boolean): string {
  const who =
    present === undefined
      ? '<p>Ebben a böngészőben most senki sincs bejelentkezve. <span lang="en">Nobody is signed in in this browser.</span></p>'
      : `<p>Ebben a böngészőben <strong>${escapeHtml(present.name)}</strong> van bejelentkezve. <span lang="en">${escapeHtml(present.name)} is signed in in this browser.</span></p>
<p><a href="/session/end">Kijelentkezés a KAÜ-ből</a> <span lang="en">Sign out of the identification agent</span></p>`
  const time = clockShared
    ? `<p><a href="/ora">Az idő előreállítása</a> <span lang="en">Move the clock forward</span></p>`
    : ''
  return simulatorPage({
    title: 'Szimulált KAÜ',
    system,
    body: `<h1>Szimulált KAÜ</h1>
<p lang="en">It stands in for the central identification agent while the portal is developed, tested and shown.</p>
${who}
<p><a href="${otherService.start}">Belépés egy másik szolgáltatásba</a> <span lang="en">Sign in to another service, as the same person or as somebody else</span></p>
${time}
<dl class="pairs"><dt>issuer</dt><dd>${escapeHtml(issuer)}</dd></dl>`,
  })
}

export function otherServicePage(present: CastPerson | undefined): string {
  const who =
    present === undefined
      ? '<p>Nem lépett be. <span lang="en">You have not signed in.</span></p>'
      : `<p>Bejelentkezve: <strong>${escapeHtml(present.name)}</strong>. <span lang="en">You have signed in as ${escapeHtml(present.name)}.</span></p>`
  return simulatorPage({
    title: 'Egy másik szolgáltatás',
    system,
    body: `<h1>Egy másik szolgáltatás</h1>
<p lang="en">Another service that uses the identification agent; there is nothing to do here.</p>
${who}
<p><a href="/">Vissza a szimulált KAÜ-höz</a> <span lang="en">Back to the simulated identification agent</span></p>`,
  })
}

/** By how many minutes the time can be moved, with what may then be seen. */
const steps = [
  {
    minutes: 25,
    hu: 'Ennyi tétlenség után a portál figyelmeztet, hogy a munkamenet hamarosan szünetel.',
    en: 'After so much idleness the portal warns that the session will soon pause.',
  },
  {
    minutes: 30,
    hu: 'Ennyi tétlenség után a munkamenet szünetel; a munka újabb azonosítás nélkül folytatható.',
    en: 'After so much idleness the session pauses; work goes on without identifying again.',
  },
  {
    minutes: 230,
    hu: 'Ennyivel az azonosítás után a portál felajánlja az azonosítás megújítását.',
    en: 'So long after identifying the portal offers to renew the identification.',
  },
  {
    minutes: 240,
    hu: 'Ennyivel az azonosítás után újra azonosítania kell magát, akármit csinált közben.',
    en: 'So long after identifying it is needed again, whatever was done meanwhile.',
  },
] as const
export const clockSteps: readonly number[] = steps.map(({ minutes }) => minutes)

const refusals = {
  time: '',
  'from-elsewhere':
    '<div class="note"><p>Nem történt semmi: az órát csak erről a lapról lehet állítani. <span lang="en">Nothing has happened: the clock is moved from this page only.</span></p></div>',
  'not-back':
    '<div class="note"><p>Nem történt semmi: az óra csak előre állítható, és csak az itt felsorolt percekkel. <span lang="en">Nothing has happened: the clock moves forward only, and only by the minutes listed here.</span></p></div>',
  'database-away':
    '<div class="note"><p>Nem történt semmi: a portál adatbázisa most nem érhető el. Próbálja újra. <span lang="en">Nothing has happened: the portal’s database cannot be reached now. Try again.</span></p></div>',
}

export function clockPage(what: keyof typeof refusals, now: Date, offsetSeconds: number): string {
  const shown = (locale: string) =>
    now.toLocaleString(locale, { timeZone: 'Europe/Budapest', dateStyle: 'full', timeStyle: 'short' })
  const minutes = Math.round(offsetSeconds / 60)
  const ahead =
    minutes === 0
      ? '<p>Most a valódi időt mutatja. <span lang="en">It shows the real time now.</span></p>'
      : `<p>A valódi időnél <strong>${minutes} perccel</strong> jár előbbre. <span lang="en">It is ${minutes} minutes ahead of the real time.</span></p>`
  const moves = steps.map(
    ({
      minutes: by,
      hu,
      en,
    }) => `<li class="person"><button name="perc" value="${by}" aria-describedby="about-${by}">${by} perccel előre</button>
<p id="about-${by}"><span>${hu}</span><span lang="en">${by} minutes forward. ${en}</span></p></li>`,
  )
  return simulatorPage({
    title: 'Az idő a bemutatóban',
    system,
    body: `<h1>Az idő a bemutatóban</h1>
<p lang="en">The time in this demo</p>
${refusals[what]}
<p>A portál és a szimulált KAÜ közös órája szerint most <strong>${escapeHtml(shown('hu-HU'))}</strong> van. <span lang="en">By the clock that the portal and the simulated agent share it is ${escapeHtml(shown('en-GB'))}.</span></p>
${ahead}
<p>Lépjen be a portálra, állítsa előre az órát, és nézze meg, mi történik. A nyitott lapok legkésőbb a következő kattintáskor észreveszik, hogy telt az idő. <span lang="en">Sign in to the portal, move the clock, and see what happens. Open pages notice at the next click at the latest.</span></p>
<form method="post" action="/ora">
<ul class="people">
${moves.join('\n')}
</ul>
</form>
<h2>Miért nem lehet visszaállítani?</h2>
<p lang="en">Why can it not be moved back?</p>
<p>Ami eddig történt, a jövőbe kerülne: a piszkozatok, a beküldött űrlapok és a munkamenetek ideje nem volna igaz. Az óra a bemutató újraindítása után is onnan jár tovább, ahol tartott. Ha a valódi idővel kezdené újra, állítsa le a bemutatót, és törölje az adatait (a <strong>.data</strong> mappát). <span lang="en">What has happened so far would lie in the future. The clock goes on from where it was when the demo is started again. To begin anew with the real time, stop the demo and remove its data (the folder .data).</span></p>
<p><a href="/">Vissza a szimulált KAÜ-höz</a> <span lang="en">Back to the simulated identification agent</span></p>`,
  })
}
