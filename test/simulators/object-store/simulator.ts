/** A server that speaks S3, its buckets in a temporary folder. It knows its access key, and does not check signatures of version 4. */
import { existsSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import S3rver from 's3rver'
import type { ObjectStoreSettings } from '../../../src/adapters/attachment-store/object-client.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const bucket = 'csatolmanyok'

export interface ObjectStoreSimulator {
  settings: ObjectStoreSettings
  /** the same for the processes of the portal */
  environment: Record<string, string>
  /** of the objects that lie there now */
  keys(): string[]
  /** cuts off the end of an object, as a failing disk may */
  damage(key: string): void
  /** it answers nobody any more, until it is started again */
  pause(): Promise<void>
  resume(): Promise<void>
  stop(): Promise<void>
}

export async function startObjectStoreSimulator(): Promise<ObjectStoreSimulator> {
  const directory = temporaryFolder()
  const start = (port: number) => {
    const server = new S3rver({
      port,
      address: '127.0.0.1',
      silent: true,
      directory,
      configureBuckets: [{ name: bucket }],
    })
    answersWhenWritten(server)
    return server.run().then((address) => ({ server, port: address.port }))
  }
  let running = await start(0)
  const url = `http://127.0.0.1:${String(running.port)}`
  const folder = join(directory, bucket, 'attachments')
  return {
    settings: { url, region: 'us-east-1', bucket, accessKey: 'S3RVER', secretKey: 'S3RVER', allowHttp: true },
    environment: {
      OBJECT_STORE_URL: url,
      OBJECT_STORE_BUCKET: bucket,
      OBJECT_STORE_ACCESS_KEY: 'S3RVER',
      OBJECT_STORE_SECRET_KEY: 'S3RVER',
    },
    keys: () =>
      (existsSync(folder) ? readdirSync(folder) : [])
        .filter((name) => name.endsWith('._S3rver_object'))
        .map((name) => name.slice(0, name.indexOf('.'))),
    damage: (key) => truncateSync(join(folder, `${key}._S3rver_object`), 1),
    pause: () => running.server.close(),
    async resume() {
      running = await start(running.port)
    },
    async stop() {
      await running.server.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** By itself it answers before the last bytes are in their file: who reads at once would find less than was stored. */
function answersWhenWritten({ store }: S3rver): void {
  const putObject = store.putObject.bind(store)
  store.putObject = async (object) => {
    const stored = await putObject(object)
    const path = store.getResourcePath(object.bucket, object.key, 'object')
    while (statSync(path).size < stored.size) await setImmediate()
    return stored
  }
}
