/**
 * The files of a project that share a portal run one after the other, while those of the other project run beside them. Who runs
 * listens on a socket of the project's own; the others hang on it until it closes, which it does also when its process dies.
 */
import { rmSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { afterAll, beforeAll, inject } from 'vitest'

const path = inject('turnSocket')
const waiting = new Set<Socket>()
let turn: Server | undefined

beforeAll(async () => {
  while (turn === undefined) {
    turn = await take()
    if (turn === undefined) await othersEnd()
  }
})

afterAll(async () => {
  const ended = new Promise((resolve) => turn?.close(resolve))
  for (const socket of waiting) socket.destroy()
  await ended
})

/** undefined: somebody else has it */
function take(): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer((socket) => {
      waiting.add(socket)
      socket.on('error', () => {}).on('close', () => waiting.delete(socket))
    })
    server.once('error', () => resolve(undefined)).listen(path, () => resolve(server))
  })
}

function othersEnd(): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(path)
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // Its process died, and left the name behind.
      if (error.code === 'ECONNREFUSED') rmSync(path, { force: true })
    })
    socket.on('close', () => resolve())
  })
}
