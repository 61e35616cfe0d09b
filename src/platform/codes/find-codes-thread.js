// @ts-check
/**
 * A thread of its own that looks for 2D codes in one file and ends: whatever the file does to the programs that read pictures, it
 * does it here. Plain JavaScript, since a thread begins with a file that Node itself can read, compiled or not.
 */
import { readFileSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { PDFiumLibrary } from '@hyzyla/pdfium'
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader'

/** Of a picture of a page, enough for 300 dots an inch on A4. */
const mostPixels = 12_000_000
const mostPages = 20
const mostCodes = 60

/** @type {{ bytes: Uint8Array, kind: 'pdf' | 'picture' }} */
const { bytes, kind } = workerData

const wasm = readFileSync(new URL(import.meta.resolve('zxing-wasm/reader/zxing_reader.wasm')))
prepareZXingModule({ overrides: { wasmBinary: wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength) } })

parentPort?.postMessage(kind === 'pdf' ? await codesInPdf() : await codesIn(bytes))

/** @param {Uint8Array} picture @returns {Promise<string[]>} */
async function codesIn(picture) {
  const found = await readBarcodes(picture, { formats: ['QRCode'], tryHarder: true, maxNumberOfSymbols: mostCodes })
  return found.filter(({ isValid }) => isValid).map(({ text }) => text)
}

/** @returns {Promise<string[]>} */
async function codesInPdf() {
  const library = await PDFiumLibrary.init()
  const document = await library.loadDocument(bytes)
  /** @type {string[]} */
  const texts = []
  for (let number = 0; number < Math.min(document.getPageCount(), mostPages); number++) {
    const page = document.getPage(number)
    const { originalWidth, originalHeight } = page.getOriginalSize()
    const scale = Math.min(300 / 72, Math.sqrt(mostPixels / Math.max(1, originalWidth * originalHeight)))
    const { data, width, height } = await page.render({ scale, colorSpace: 'Gray', render: async ({ data }) => data })
    // The plainest picture there is: PGM, one byte for each point.
    texts.push(...(await codesIn(Buffer.concat([Buffer.from(`P5\n${width} ${height}\n255\n`), data]))))
  }
  return texts
}
