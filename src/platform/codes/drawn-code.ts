import { setImmediate } from 'node:timers/promises'
import qrcode from 'qrcode-generator'

/** A 2D code (QR, ISO/IEC 18004) as dark squares, in units of one of them, without the quiet zone of four around. */
export interface DrawnCode {
  size: number
  /** the path that fills all dark squares, in the language of SVG, which PDF writers read too */
  path: string
}

/** So much white around a code belongs to it. */
export const quietZone = 4

/**
 * @param text in the alphanumeric mode where it has signs of that only, as what `writeCodes` gives; else as bytes of UTF-8
 * @throws Error for more of it than any code takes
 */
export function drawCode(text: string): DrawnCode {
  const code = qrcode(0, 'M')
  if (/^[0-9A-Z $%*+\-./:]*$/.test(text)) code.addData(text, 'Alphanumeric')
  // The library takes the lower eight bits of each sign: one sign for each byte.
  else code.addData(Buffer.from(text, 'utf8').toString('latin1'), 'Byte')
  code.make()
  const size = code.getModuleCount()
  let path = ''
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      if (!code.isDark(row, column)) continue
      let length = 1
      while (column + length < size && code.isDark(row, column + length)) length += 1
      path += `M${column} ${row}h${length}v1h-${length}z`
      column += length
    }
  }
  return { size, path }
}

/** Several, in their order. Drawing one takes a while: between two of them it is the turn of other requests. */
export async function drawCodes(texts: readonly string[]): Promise<DrawnCode[]> {
  const drawn: DrawnCode[] = []
  for (const text of texts) {
    drawn.push(drawCode(text))
    await setImmediate()
  }
  return drawn
}
