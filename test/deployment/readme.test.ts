import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { projectRoot } from '../../src/platform/project-root.ts'
import { people } from '../cast/people.ts'

const read = (path: string) => readFileSync(new URL(path, projectRoot), 'utf8')
const readme = read('README.md')
const scripts = z.object({ scripts: z.record(z.string(), z.string()) }).parse(JSON.parse(read('package.json'))).scripts

test('the table of variables names those the processes read, and no others', () => {
  const inCode = [...read('src/config.ts').matchAll(/^ {2}([A-Z][A-Z_]+):/gm)].map(([, name]) => name)
  const inTable = readme.match(/^\| `[A-Z][^|]*\|/gm)?.flatMap((cell) => cell.match(/[A-Z][A-Z_]+/g) ?? []) ?? []
  expect([...new Set(inTable)].sort()).toEqual([...new Set(inCode)].sort())
})

test('every person of the cast is introduced', () => {
  expect(people.filter(({ name }) => !readme.includes(`| ${name} |`)).map(({ name }) => name)).toEqual([])
})

test('commands and files it names exist', () => {
  const otherWords = ['ci', 'run', 'packages', 'package']
  const commands = [...readme.matchAll(/npm (?:run )?([a-z][a-z:]*)/g)].map(([, name]) => name ?? '')
  expect(commands.filter((name) => !otherWords.includes(name) && !(name in scripts))).toEqual([])
  const paths = [...readme.matchAll(/[`(]((?:src|test|migrations)\/[a-zA-Z0-9/.-]+)[`)]/g)].map(
    ([, path]) => path ?? '',
  )
  expect(paths.length).toBeGreaterThan(10)
  expect(paths.filter((path) => !existsSync(new URL(path, projectRoot)))).toEqual([])
})
