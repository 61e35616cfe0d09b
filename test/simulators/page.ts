/** The frame of every page a simulator shows: plain HTML, no scripts, unmistakably not the real thing. */

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => entities[sign] ?? sign)
}

export interface Page {
  title: string
  /** the system in whose place the simulator stands, in Hungarian and English */
  system: { hu: string; en: string }
  /** markup, already escaped */
  body: string
}

export function simulatorPage({ title, system, body }: Page): string {
  return `<!DOCTYPE html>
<html lang="hu">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} – ${escapeHtml(system.hu)}</title>
<link rel="stylesheet" href="/szimulator.css">
<link rel="icon" href="data:,">
</head>
<body>
<header><div class="top"><div class="width">
<p class="system">${escapeHtml(system.hu)}<span lang="en">${escapeHtml(system.en)}</span></p>
</div></div>
<div class="warning"><div class="width"><p><strong>Szimulátor.</strong> Csak kipróbálásra: a személyek és az adatok kitaláltak. <span lang="en">A simulator for trying things out; people and data are made up.</span></p></div></div></header>
<main class="width">
${body}
</main>
</body>
</html>
`
}

export const simulatorHeaders = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
} as const

export const simulatorStyle = `
*, *::before, *::after { box-sizing: border-box }
html { font: 100%/1.5 Inter, "Segoe UI", "Noto Sans", "DejaVu Sans", Arial, sans-serif; color: #1c1c28; background: #f5f6fa; -webkit-text-size-adjust: 100% }
body { margin: 0; padding-bottom: 4rem }
.width { max-width: 46rem; margin: 0 auto; padding: 0 1.25rem }
.top { background: #3d3426; color: #fff }
.system { margin: 0; padding: 1rem 0; font-size: 1.125rem; font-weight: 700 }
.system span { display: block; font-size: .875rem; font-weight: 400; color: #efe6d6 }
.warning { background: repeating-linear-gradient(135deg, #ffe9ad 0 18px, #ffe296 18px 36px); border-bottom: 1px solid #b38600 }
.warning p { margin: 0; padding: .625rem 0; font-size: .9375rem; color: #3a2d00 }
.warning span { display: block }
h1 { margin: 2rem 0 .25rem; font-size: 1.875rem; line-height: 1.2 }
h2 { margin: 2rem 0 .25rem; font-size: 1.25rem; line-height: 1.3 }
h1 + [lang], h2 + [lang] { margin-top: 0 }
[lang=en] { color: #52525f }
main p > [lang=en] { display: block }
.warning [lang=en] { color: #3a2d00 }
.people { list-style: none; margin: .75rem 0 0; padding: 0; display: grid; gap: .625rem }
.person { display: grid; grid-template-columns: 13rem 1fr; gap: .25rem 1.25rem; align-items: center; padding: .75rem; background: #fff; border: 1px solid #d5d7e0; border-radius: .5rem }
.person p { margin: 0; font-size: .9375rem; line-height: 1.4 }
.person p span { display: block }
button { font: inherit; font-weight: 600; min-height: 2.75rem; padding: .5rem 1.125rem; border: 1px solid #5c4a1f; border-radius: 1.5rem; background: #5c4a1f; color: #fff; cursor: pointer }
button:hover { background: #443613 }
button.plain { background: #fff; color: #4a3b16 }
button.plain:hover { background: #f6f1e4 }
a { color: #5c4a1f; text-underline-offset: .15em }
:focus-visible { outline: 3px solid #1c1c28; outline-offset: 2px; box-shadow: 0 0 0 2px #fff }
fieldset { margin: 2rem 0 1.5rem; padding: 1rem 1.25rem 1.25rem; border: 1px solid #d5d7e0; border-radius: .5rem; background: #fff }
legend { padding: 0 .375rem; font-weight: 700 }
.choice { display: flex; gap: .75rem; align-items: flex-start; padding: .375rem 0 }
.choice input { flex: none; width: 1.375rem; height: 1.375rem; margin: .0625rem 0 0; accent-color: #5c4a1f }
.note { padding: .75rem 1rem; border-left: 4px solid #5c4a1f; background: #fff }
.note p { margin: 0 }
.actions { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1.5rem 0 }
dl.pairs { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.25rem; padding: 1rem; margin: 1rem 0; background: #fff; border: 1px solid #d5d7e0; border-radius: .5rem; overflow-wrap: anywhere }
dl.pairs dt { font-weight: 600 } dl.pairs dd { margin: 0 }
.letter { margin: 1rem 0; padding: 1rem 1.25rem; background: #fff; border: 1px solid #d5d7e0; border-radius: .5rem; overflow-wrap: anywhere }
.letter h2 { margin-top: 0 } .letter pre { white-space: pre-wrap; font: inherit; margin: .75rem 0 0 }
.letter p { margin: 0; font-size: .9375rem; color: #52525f }
@media (max-width: 40rem) { .person { grid-template-columns: 1fr } .person button { justify-self: start } dl.pairs { grid-template-columns: 1fr } h1 { font-size: 1.5rem } }
`
