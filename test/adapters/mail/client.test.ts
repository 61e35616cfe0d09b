import { createServer, type Server, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { mailClient } from '../../../src/adapters/mail/client.ts'
import { OutsideSystemDown } from '../../../src/platform/http/errors.ts'
import { anna } from '../../cast/people.ts'
import { listen } from '../../simulators/listen.ts'
import { startMailSimulator } from '../../simulators/mail/simulator.ts'

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

const letter = {
  to: anna.email,
  subject: 'Új értesítése van – őű árvíztűrő tükörfúrógép, hosszú tárgy, amely több sorba törik a fejlécben',
  text: 'Tisztelt Ügyfelünk!\n\nÚj értesítése van a Portálon.\n.\nEgy sor, amely ponttal kezdődik:\n.pont\n',
  messageId: '0b7c1a5e-6f3b-4a0e-9d4e-1f2a3b4c5d6e',
}

async function mailServer() {
  const simulator = await startMailSimulator()
  ends.push(simulator.stop)
  return simulator
}

function client(smtpUrl: string, more = {}) {
  return mailClient({ smtpUrl, from: 'Önkormányzati Hivatali Portál <portal@example.hu>', allowPlain: true, ...more })
}

/** A server that does what a test says with each connection. */
async function odd(behave: (socket: Socket) => void): Promise<string> {
  const sockets: Socket[] = []
  const server: Server = createServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => undefined)
    behave(socket)
  })
  const port = await listen(server, 0)
  ends.push(async () => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return `smtp://127.0.0.1:${port}`
}

test('a letter arrives as it was written', async () => {
  const simulator = await mailServer()
  await client(simulator.smtpUrl).send(letter)
  const [arrived] = simulator.letters()
  expect(arrived).toMatchObject({
    to: [anna.email],
    from: 'portal@example.hu',
    subject: letter.subject,
    text: letter.text.trimEnd().replaceAll('\n', '\r\n'),
    messageId: `<${letter.messageId}@example.hu>`,
    headers: { 'auto-submitted': 'auto-generated', to: anna.email },
  })
  expect(arrived?.headers).not.toHaveProperty('bcc')
})

test('the same letter twice is one letter', async () => {
  const simulator = await mailServer()
  const mailer = client(simulator.smtpUrl)
  await mailer.send(letter)
  await mailer.send(letter)
  expect(simulator.letters()).toHaveLength(1)
  expect(simulator.letters()[0]?.copies).toBe(2)
})

test('a message id is taken as given when it is whole', async () => {
  const simulator = await mailServer()
  await client(simulator.smtpUrl).send({ ...letter, messageId: '<a-1@portal.example.hu>' })
  expect(simulator.letters()[0]?.messageId).toBe('<a-1@portal.example.hu>')
})

test.each([
  ['a line end in the subject', { subject: 'x\r\nBcc: bela@example.hu' }],
  ['a line feed in the subject', { subject: 'x\nBcc: bela@example.hu' }],
  ['a zero byte in the subject', { subject: 'x\0' }],
  ['a line separator in the subject', { subject: 'x\u2028y' }],
  ['an empty subject', { subject: '' }],
  ['a line end in the address', { to: 'anna@example.hu\r\nBcc: bela@example.hu' }],
  ['two addresses', { to: 'anna@example.hu, bela@example.hu' }],
  ['an address with a name', { to: 'Anna <anna@example.hu>' }],
  ['no address', { to: '' }],
  ['a line end in the message id', { messageId: 'a\r\nBcc: bela@example.hu' }],
  ['a space in the message id', { messageId: 'a b' }],
])('%s is refused before anything is sent', async (_what, change) => {
  const simulator = await mailServer()
  const sent = client(simulator.smtpUrl).send({ ...letter, ...change })
  await expect(sent).rejects.toThrow()
  await expect(sent).rejects.not.toBeInstanceOf(OutsideSystemDown)
  expect(simulator.letters()).toHaveLength(0)
})

test.each(['nobody', '', 'a@example.hu, b@example.hu', 'A <a@example.hu>\r\nBcc: b@example.hu'])(
  'a sender %j is refused at the start',
  (from) => {
    expect(() => client('smtp://127.0.0.1:1', { from })).toThrow()
  },
)

test.each([
  ['is down', async () => 'smtp://127.0.0.1:1'],
  ['hangs up', () => odd((socket) => socket.destroy())],
  ['says nothing', () => odd(() => undefined)],
  ['talks nonsense', () => odd((socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'))],
  ['is closed for now', () => odd((socket) => socket.write('421 later\r\n'))],
  ['sends a sign now and then', () => odd((socket) => void setInterval(() => socket.write('x'), 50).unref())],
])('a server that %s did not take the letter', async (_what, serve) => {
  const sent = client(await serve(), { milliseconds: 400 }).send(letter)
  await expect(sent).rejects.toBeInstanceOf(OutsideSystemDown)
})

test('a recipient the server refuses is not named in the cause', async () => {
  const simulator = await mailServer()
  const failure = await client(simulator.smtpUrl)
    .send({ ...letter, to: 'nincs-ilyen@example.hu' })
    .then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
  expect(failure).toBeInstanceOf(OutsideSystemDown)
  expect(String((failure as Error).cause)).toContain('550')
  expect(String((failure as Error).cause)).not.toContain('nincs-ilyen')
})

test('without TLS nothing is sent unless that is allowed', async () => {
  const simulator = await mailServer()
  await expect(client(simulator.smtpUrl, { allowPlain: false }).send(letter)).rejects.toBeInstanceOf(OutsideSystemDown)
  expect(simulator.letters()).toHaveLength(0)
})

test.each(['http://127.0.0.1:25', '127.0.0.1:25', ''])(
  'an address %j of the server is refused at the start',
  (smtpUrl) => {
    expect(() => client(smtpUrl)).toThrow()
  },
)

test('the name and the password of the portal are given to the server', async () => {
  let heard = ''
  const smtpUrl = await odd((socket) => {
    socket.write('220 ready\r\n')
    socket.setEncoding('latin1').on('data', (text: string) => {
      heard += text
      socket.write(text.startsWith('EHLO') ? '250-hello\r\n250 AUTH PLAIN\r\n' : '535 no\r\n')
    })
  })
  const sent = client(smtpUrl.replace('//', '//portal:titok%20%C5%91@')).send(letter)
  await expect(sent).rejects.toBeInstanceOf(OutsideSystemDown)
  expect(heard).toContain(Buffer.from('\0portal\0titok ő').toString('base64'))
})

test('the page shows letters as text', async () => {
  const simulator = await mailServer()
  await client(simulator.smtpUrl).send({ ...letter, subject: 'Egy <b>tárgy</b>', text: '<script>alert(1)</script>' })
  const page = await (await fetch(`http://127.0.0.1:${simulator.webPort}/`)).text()
  expect(page).toContain('Egy &lt;b&gt;tárgy&lt;/b&gt;')
  expect(page).not.toContain('<script')
  const letters = await (await fetch(`http://127.0.0.1:${simulator.webPort}/letters.json`)).json()
  expect(letters).toMatchObject([{ to: [anna.email], text: '<script>alert(1)</script>' }])
})
