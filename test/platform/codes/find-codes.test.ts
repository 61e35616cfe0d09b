import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { drawCode, drawCodes } from '../../../src/platform/codes/drawn-code.ts'
import { findCodes } from '../../../src/platform/codes/find-codes.ts'
import { readCodes, writeCodes } from '../../../src/platform/codes/numbered-codes.ts'
import { renderDocument } from '../../../src/platform/pdf/render.ts'
import { pictureOf } from './picture.ts'

/** Nothing that packs, so that it takes several codes. */
const content = Buffer.concat(Array.from({ length: 80 }, (_, at) => createHash('sha256').update(`${at}`).digest()))
const codes = writeCodes(content) ?? []

function readTogether(found: Awaited<ReturnType<typeof findCodes>>) {
  if (found.outcome !== 'read') throw new Error('the file could not be opened')
  return readCodes(found.texts.join('\n'))
}

describe('codes on paper, read by a program that did not draw them', () => {
  test('a picture of drawn codes says what was written', async () => {
    const png = pictureOf(codes.map(drawCode), 4)
    expect(codes.length).toBeGreaterThan(3)
    expect(readTogether(await findCodes({ bytes: png, kind: 'picture' }))).toMatchObject({
      outcome: 'complete',
      content,
    })
  })

  test('so does the document they are printed in', async () => {
    const pdf = await renderDocument({
      language: 'hu',
      title: 'Próba',
      blocks: [
        { kind: 'paragraph', text: 'Előtte szöveg. '.repeat(40) },
        { kind: 'codes', codes: codes.map((text, at) => ({ text, caption: `${String(at + 1)}.`, spoken: '2D kód' })) },
      ],
    })
    expect(readTogether(await findCodes({ bytes: pdf, kind: 'pdf' }))).toMatchObject({ outcome: 'complete', content })
  })

  test('a picture without a code has none', async () => {
    const blank = pictureOf([{ size: 40, path: '' }], 4)
    expect(await findCodes({ bytes: blank, kind: 'picture' })).toEqual({ outcome: 'read', texts: [] })
  })

  test('a document that cannot be opened is told, and the next one is read', async () => {
    const broken = findCodes({ bytes: Buffer.from('%PDF-1.7 nothing'), kind: 'pdf' })
    const next = findCodes({ bytes: pictureOf([drawCode('OK')], 6), kind: 'picture' })
    expect(await broken).toEqual({ outcome: 'unreadable' })
    expect(await next).toEqual({ outcome: 'read', texts: ['OK'] })
  })

  test('what takes longer than a scan is given up', async () => {
    const picture = { bytes: pictureOf([drawCode('OK')], 6), kind: 'picture' } as const
    expect(await findCodes(picture, { withinMilliseconds: 0 })).toEqual({ outcome: 'unreadable' })
  })
})

test('while several codes are drawn, others get their turn after each', async () => {
  let turns = 0
  const count = () => {
    turns += 1
    next = setImmediate(count)
  }
  let next = setImmediate(count)
  const texts = ['EGY', 'KETTO', 'HAROM', 'NEGY']
  expect(await drawCodes(texts)).toEqual(texts.map(drawCode))
  clearImmediate(next)
  expect(turns).toBeGreaterThanOrEqual(texts.length - 1)
})
