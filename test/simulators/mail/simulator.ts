/**
 * A mail server that keeps every letter and delivers none. Over SMTP it behaves as one; its page shows people what was
 * sent, `/letters.json` tells tests.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { SMTPServer } from 'smtp-server'
import { close, listen } from '../listen.ts'
import { escapeHtml, simulatorHeaders, simulatorPage, simulatorStyle } from '../page.ts'
import { type Letter, readLetter } from './letter.ts'

export interface MailSimulatorOptions {
  smtpPort?: number
  webPort?: number
  host?: string | undefined
}

/** Letters to this name are refused for good, as by a server that knows no such person. */
const unknownRecipient = /^nincs-ilyen@/
const mostLetters = 500

export async function startMailSimulator({ smtpPort = 0, webPort = 0, host }: MailSimulatorOptions = {}) {
  let letters: Letter[] = []
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    disableReverseLookup: true,
    logger: false,
    size: 1_000_000,
    onRcptTo({ address }, _session, answer) {
      if (!unknownRecipient.test(address)) return answer()
      answer(Object.assign(new Error(`<${address}> unknown`), { responseCode: 550 }))
    },
    onData(stream, { envelope }, answer) {
      const pieces: Buffer[] = []
      stream.on('data', (piece: Buffer) => pieces.push(piece))
      stream.on('end', () => {
        const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address
        const to = envelope.rcptTo.map(({ address }) => address)
        keep(readLetter(Buffer.concat(pieces).toString('latin1'), from, to))
        answer()
      })
    },
  })
  // a client that hangs up is no reason to fall over
  smtp.on('error', () => undefined)

  function keep(letter: Letter): void {
    const before = letters.find(
      ({ messageId, to }) => messageId === letter.messageId && String(to) === String(letter.to),
    )
    if (before === undefined) letters = [...letters.slice(1 - mostLetters), letter]
    else before.copies += 1
  }

  const web = createServer((request, response) => show(request, response))

  function show({ method, url }: IncomingMessage, response: ServerResponse): void {
    if (method === 'DELETE' && url === '/letters.json') letters = []
    if (url === '/letters.json') {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(letters))
    } else if (url === '/szimulator.css') {
      response.writeHead(200, { 'content-type': 'text/css; charset=utf-8' }).end(simulatorStyle)
    } else if (url === '/') {
      const policy = "default-src 'none'; style-src 'self'; img-src data:; frame-ancestors 'none'; base-uri 'none'"
      const headers = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy }
      response.writeHead(200, { ...simulatorHeaders, ...headers }).end(lettersPage(letters))
    } else {
      response.writeHead(404).end()
    }
  }

  const listeningSmtp = await listen(smtp.server, smtpPort, host)
  const listeningWeb = await listen(web, webPort, host)
  return {
    smtpPort: listeningSmtp,
    webPort: listeningWeb,
    smtpUrl: `smtp://127.0.0.1:${listeningSmtp}`,
    letters: (): readonly Letter[] => letters,
    async stop() {
      await Promise.all([new Promise<void>((resolve) => smtp.close(() => resolve())), close(web)])
    },
  }
}

function lettersPage(letters: readonly Letter[]): string {
  const newestFirst = [...letters].reverse().map(
    ({ to, from, subject, text, receivedAt }) => `<article class="letter"><h2>${escapeHtml(subject)}</h2>
<p>Címzett: ${escapeHtml(to.join(', '))}</p>
<p>Feladó: ${escapeHtml(from)}</p>
<p>Érkezett: <time datetime="${receivedAt}">${moment(receivedAt)}</time></p>
<pre>${escapeHtml(text)}</pre></article>`,
  )
  return simulatorPage({
    title: 'Levelek',
    system: { hu: 'Szimulált levelezés', en: 'Simulated mail: letters are kept here and go nowhere' },
    body: `<h1>Levelek</h1>
<p lang="en">Letters the portal sent, the newest first. Load the page again to see new ones.</p>
${newestFirst.length === 0 ? '<p>Még nem érkezett levél. <span lang="en">No letter has come yet.</span></p>' : newestFirst.join('\n')}`,
  })
}

function moment(instant: string): string {
  return new Intl.DateTimeFormat('hu-HU', {
    dateStyle: 'medium',
    timeStyle: 'medium',
    timeZone: 'Europe/Budapest',
  }).format(new Date(instant))
}
