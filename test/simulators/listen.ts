import type { AddressInfo, Server } from 'node:net'

/**
 * Lets a server answer and tells the port.
 * @throws with the port in the message when it is taken
 */
export async function listen(server: Server, port: number, host = '127.0.0.1'): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (failure: NodeJS.ErrnoException) =>
      reject(failure.code === 'EADDRINUSE' ? new Error(`port ${port} is taken by another program`) : failure),
    )
    server.listen(port, host, resolve)
  })
  return (server.address() as AddressInfo).port
}

/** Ends a server together with the connections that are still open. */
export async function close(server: Server & { closeAllConnections?: () => void }): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeAllConnections?.()
  await closed
}
