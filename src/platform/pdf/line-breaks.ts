/** Where a line that is too long may be cut inside a word without looking torn: after these signs. */
const goodCuts = new Set('/-_.@,;:)]}')

/**
 * Breaks one line of text so that each part fits the width: between words where possible, inside a word where the word alone
 * is wider than the line. Non-breaking spaces hold.
 *
 * Each character is measured once, so ten thousand letters without a space cost no more than ten thousand letters of prose.
 * A part that continues on the next line keeps its space at the end: readers of the text would glue the words otherwise.
 *
 * @param widthOf the width of a word or a character, in the unit of `width`
 */
export function breakLine(line: string, width: number, widthOf: (text: string) => number): string[] {
  const space = widthOf(' ')
  const lines: string[] = []
  let open = ''
  let openWidth = 0
  for (const [index, word] of line.split(' ').entries()) {
    const wordWidth = widthOf(word)
    if (index > 0 && openWidth + space + wordWidth <= width) {
      open += ` ${word}`
      openWidth += space + wordWidth
      continue
    }
    if (index > 0) {
      lines.push(`${open} `)
      open = ''
      openWidth = 0
    }
    if (wordWidth <= width) {
      open = word
      openWidth = wordWidth
      continue
    }
    const parts = cutWord(word, width, widthOf)
    open = parts.pop() ?? ''
    openWidth = widthOf(open)
    lines.push(...parts)
  }
  lines.push(open)
  return lines
}

/** Parts of a word that fit the width; at least one character each, so that it always ends. */
function cutWord(word: string, width: number, widthOf: (text: string) => number): string[] {
  const parts: string[] = []
  let part: string[] = []
  let partWidth = 0
  for (const character of word) {
    const characterWidth = widthOf(character)
    if (part.length > 0 && partWidth + characterWidth > width) {
      const keep = cutAt(part)
      parts.push(part.slice(0, keep).join(''))
      part = part.slice(keep)
      partWidth = part.reduce((sum, kept) => sum + widthOf(kept), 0)
    }
    part.push(character)
    partWidth += characterWidth
  }
  parts.push(part.join(''))
  return parts
}

/** After the last good sign in the line's last third; else the whole line is used. */
function cutAt(characters: string[]): number {
  const earliest = Math.ceil((characters.length * 2) / 3)
  for (let at = characters.length; at > earliest; at--) {
    if (goodCuts.has(characters[at - 1] ?? '')) return at
  }
  return characters.length
}
