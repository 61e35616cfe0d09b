import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { projectRoot } from '../../../src/platform/project-root.ts'
import { mutants } from './mutants.ts'

test('every rule that is to be broken stands where it is looked for, once', () => {
  const found = mutants.map(({ what, file, find }) => {
    const text = readFileSync(new URL(file, projectRoot), 'utf8')
    return { what, times: text.split(find).length - 1 }
  })
  expect(found.filter(({ times }) => times !== 1)).toEqual([])
})
