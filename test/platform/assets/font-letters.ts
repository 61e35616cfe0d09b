import subsetFont from 'subset-font'

/** Code points a font has a glyph for, read from its table `cmap` (format 4, which fonts for the Basic Multilingual Plane have). */
export async function lettersOf(font: Buffer): Promise<Set<number>> {
  const plain = await subsetFont(font, '', { targetFormat: 'sfnt', keepAllGlyphs: true })
  const cmap = tableAt(plain, 'cmap')
  for (let index = 0; index < plain.readUInt16BE(cmap + 2); index += 1) {
    const part = cmap + plain.readUInt32BE(cmap + 4 + index * 8 + 4)
    if (plain.readUInt16BE(part) === 4) return readFormat4(plain, part)
  }
  throw new Error('the font has no cmap of format 4')
}

function tableAt(font: Buffer, name: string): number {
  for (let index = 0; index < font.readUInt16BE(4); index += 1) {
    const entry = 12 + index * 16
    if (font.toString('latin1', entry, entry + 4) === name) return font.readUInt32BE(entry + 8)
  }
  throw new Error(`the font has no table ${name}`)
}

function readFormat4(font: Buffer, part: number): Set<number> {
  const segments = font.readUInt16BE(part + 6) / 2
  const letters = new Set<number>()
  for (let index = 0; index < segments; index += 1) {
    const last = font.readUInt16BE(part + 14 + index * 2)
    const first = font.readUInt16BE(part + 16 + segments * 2 + index * 2)
    for (let letter = first; letter <= last && letter !== 0xffff; letter += 1) letters.add(letter)
  }
  return letters
}
