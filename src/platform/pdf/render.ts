import { readFileSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import PDFDocument from 'pdfkit'
import { drawCode, quietZone } from '../codes/drawn-code.ts'
import { projectRoot } from '../project-root.ts'
import type { Block, KeyValues, PrintedDocument, Question } from './document.ts'
import { breakLine } from './line-breaks.ts'
import { printableLines } from './printable-text.ts'
import { type PlacedWords, spaceRows } from './writing-space.ts'

const fontFolder = new URL('src/platform/pdf/fonts/', projectRoot)
const fonts = {
  regular: readFileSync(new URL('inter-regular.ttf', fontFolder)),
  semibold: readFileSync(new URL('inter-semibold.ttf', fontFolder)),
}
type Face = keyof typeof fonts

/** The published types of pdfkit know the archive formats only, and not the scope of a heading cell. */
const accessibleFormat: string = 'PDF/UA'
declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- only a namespace can be added to
  namespace PDFKit.Mixins {
    interface StructureElementOptions {
      scope?: 'Row' | 'Column'
    }
  }
}

const ink = '#1c1d21'
const quiet = '#4a4d57'
const rule = '#c9ccd6'
const accent = '#2f2fa8'

/** A4 in points. */
const sheet = { width: 595.28, height: 841.89 }
const margins = { top: 68, bottom: 64, left: 62, right: 62 }
const left = margins.left
const right = sheet.width - margins.right
const columnGap = 14
const lineSpacing = 1.42

interface Style {
  face: Face
  size: number
  colour: string
}
const styles = {
  title: { face: 'semibold', size: 20, colour: ink },
  subtitle: { face: 'regular', size: 11.5, colour: quiet },
  heading2: { face: 'semibold', size: 13.5, colour: ink },
  heading3: { face: 'semibold', size: 11, colour: ink },
  body: { face: 'regular', size: 10, colour: ink },
  strong: { face: 'semibold', size: 10, colour: ink },
  label: { face: 'regular', size: 10, colour: quiet },
  small: { face: 'regular', size: 8.5, colour: quiet },
} as const satisfies Record<string, Style>

/** Text broken into lines, waiting for its place on a page. */
interface Cell {
  lines: string[]
  style: Style
  x: number
  width: number
  alignRight?: boolean
  element: PDFKit.PDFStructureElement
}

/**
 * Draws a document as PDF/UA: tagged, with its language and title, Inter embedded. Nothing is fetched and nothing in the text
 * is interpreted. Long documents give other work a turn now and then.
 *
 * @param options.madeAt the document's own date; the same document with the same date gives the same bytes
 */
export async function renderDocument(document: PrintedDocument, options: { madeAt?: Date } = {}): Promise<Buffer> {
  const pdf = new PDFDocument({
    size: 'A4',
    margins,
    pdfVersion: '1.7',
    subset: accessibleFormat as PDFKit.Mixins.PDFSubsets,
    tagged: true,
    lang: document.language,
    displayTitle: true,
    bufferPages: true,
    autoFirstPage: false,
    info: {
      Title: metadataText(document.title),
      Creator: 'Portál',
      Producer: 'Portál',
      CreationDate: options.madeAt ?? new Date(),
    },
  })
  const chunks: Buffer[] = []
  pdf.on('data', (chunk: Buffer) => chunks.push(chunk))
  const finished = new Promise<void>((resolve, reject) => {
    pdf.on('end', resolve)
    pdf.on('error', reject)
  })
  const pen = new Pen(pdf, document)
  pen.title()
  for (const block of document.blocks) await pen.block(block)
  pen.finish()
  await finished
  return Buffer.concat(chunks)
}

/** pdfkit writes the title into XML as it is: the signs that mean something there are replaced by their look-alikes. */
function metadataText(text: string): string {
  return printableLines(text).join(' ').replaceAll('&', '＆').replaceAll('<', '‹').replaceAll('>', '›')
}

/** Draws block after block down the pages; everything that is seen and read is in the structure, lines and repetitions are not. */
class Pen {
  private readonly pdf: PDFKit.PDFDocument
  private readonly document: PrintedDocument
  private readonly root: PDFKit.PDFStructureElement
  private y: number = margins.top
  private deepestHeading = 1
  private drawnSince = performance.now()

  constructor(pdf: PDFKit.PDFDocument, document: PrintedDocument) {
    this.pdf = pdf
    this.document = document
    for (const [face, bytes] of Object.entries(fonts)) pdf.registerFont(face, bytes)
    this.root = pdf.struct('Document')
    pdf.addStructure(this.root)
    this.newPage()
  }

  title(): void {
    this.bar(left, this.y, 44, 4, accent)
    this.y += 18
    this.flow('H1', this.document.title, styles.title)
    if (this.document.subtitle) {
      this.y += 3
      this.flow('P', this.document.subtitle, styles.subtitle)
    }
    if (this.document.reference) {
      this.y += 3
      this.flow('P', this.document.reference, styles.strong)
    }
    this.y += 8
  }

  async block(block: Block): Promise<void> {
    switch (block.kind) {
      case 'heading':
        return this.heading(block.text, block.level ?? 2)
      case 'paragraph':
        return this.paragraphs(block.text)
      case 'keyValues':
        return this.keyValues(block.rows)
      case 'table':
        return this.table(block)
      case 'signature':
        return this.signature(block)
      case 'notice':
        return this.notice(block)
      case 'address':
        return this.address(block)
      case 'questions':
        return this.questions(block.questions)
      case 'codes':
        return this.codes(block)
      case 'files':
        return this.files(block)
    }
  }

  /** Page numbers and running heads, once the number of pages is known. */
  finish(): void {
    this.root.end()
    const { start, count } = this.pdf.bufferedPageRange()
    for (let page = 0; page < count; page++) {
      this.pdf.switchToPage(start + page)
      this.pdf.markContent('Artifact', { type: 'Pagination' })
      if (page > 0) {
        const head = [this.document.title, this.document.reference ?? ''].map((text) => printableLines(text).join(' '))
        this.runningLine(head[0] ?? '', head[1] ?? '', 34)
        this.line(left, 50, right)
      }
      const foot = sheet.height - 40
      this.line(left, foot - 8, right)
      this.runningLine(printableLines(this.document.footer ?? '').join(' '), `${page + 1}/${count}`, foot)
      this.pdf.endMarkedContent()
    }
    this.pdf.end()
  }

  private heading(text: string, level: 2 | 3): void {
    const style = level === 2 ? styles.heading2 : styles.heading3
    this.y += level === 2 ? 16 : 10
    this.keep(heightOf(style) + 3 * heightOf(styles.body))
    // Levels are not skipped, whatever order the blocks come in.
    const depth = level === 3 && this.deepestHeading < 2 ? 2 : level
    this.deepestHeading = Math.max(this.deepestHeading, depth)
    this.flow(depth === 2 ? 'H2' : 'H3', text, style)
    this.y += 4
  }

  private async paragraphs(text: string): Promise<void> {
    for (const paragraph of text.split(/(?:\r\n|\n|\r)[ \t]*(?:\r\n|\n|\r)+/)) {
      this.flow('P', paragraph, styles.body)
      this.y += 6
      await this.breathe()
    }
  }

  private async keyValues(rows: KeyValues[]): Promise<void> {
    const table = this.child(this.root, 'Table')
    const labelWidth = (right - left) * 0.36 - columnGap
    const valueX = left + labelWidth + columnGap
    for (const row of rows) {
      const tr = this.child(table, 'TR')
      const label = this.cell(this.child(tr, 'TH', { scope: 'Row' }), row.label, styles.label, left, labelWidth)
      const values = row.values.length > 0 ? row.values : ['–']
      const value = this.cell(this.child(tr, 'TD'), values.join('\n'), styles.body, valueX, right - valueX)
      this.y += 4
      this.row([label, value])
      tr.end()
      this.y += 4
      this.ruler(left, right)
      await this.breathe()
    }
    table.end()
    this.y += 8
  }

  private async table(block: Block & { kind: 'table' }): Promise<void> {
    const columns = block.head.length
    const widths = this.columnWidths(block)
    const starts = widths.map((_, index) => left + widths.slice(0, index).reduce((sum, w) => sum + w + columnGap, 0))
    const table = this.child(this.root, 'Table')
    const caption = this.child(table, 'Caption')
    this.keep(4 * heightOf(styles.body))
    this.row([this.cell(caption, block.caption, styles.strong, left, right - left)])
    caption.end()
    this.y += 2
    const cells = (row: string[], style: Style, element: (column: number) => PDFKit.PDFStructureElement): Cell[] =>
      Array.from({ length: columns }, (_, column) => ({
        ...this.cell(element(column), row[column] ?? '', style, starts[column] ?? left, widths[column] ?? 0),
        alignRight: block.head[column]?.numeric ?? false,
      }))
    const titles = block.head.map(({ text }) => text)
    const headRow = this.child(table, 'TR')
    this.y += 4
    this.row(cells(titles, styles.strong, () => this.child(headRow, 'TH', { scope: 'Column' })))
    headRow.end()
    this.y += 4
    this.ruler(left, right, ink)
    // The head is read once; on further pages it is only seen.
    const repeatHead = () => {
      const shown = cells(titles, styles.strong, () => this.root)
      const tallest = Math.max(...shown.map(({ lines }) => lines.length))
      if (tallest > 6) return
      this.pdf.markContent('Artifact', { type: 'Pagination' })
      for (const cell of shown) this.drawLines(cell, cell.lines, this.y)
      this.pdf.endMarkedContent()
      this.y += tallest * heightOf(styles.strong) + 4
      this.ruler(left, right, ink)
      this.y += 4
    }
    for (const row of block.rows) {
      const tr = this.child(table, 'TR')
      this.y += 4
      this.row(
        cells(row, styles.body, () => this.child(tr, 'TD')),
        repeatHead,
      )
      tr.end()
      this.y += 4
      this.ruler(left, right)
      await this.breathe()
    }
    table.end()
    this.y += 10
  }

  private signature(block: Block & { kind: 'signature' }): void {
    const half = (right - left - 40) / 2
    this.y += 14
    this.keep(110)
    this.flow('P', `${block.place}: ${'.'.repeat(48)}`, styles.body)
    this.y += 6
    this.flow('P', `${block.date}: ${'.'.repeat(48)}`, styles.body)
    this.y += 44
    this.line(right - half, this.y, right, quiet)
    this.y += 4
    const element = this.child(this.root, 'P')
    this.row([this.cell(element, block.name, styles.label, right - half, half)])
    element.end()
    this.y += 10
  }

  private async notice(block: Block & { kind: 'notice' }): Promise<void> {
    const inset = 14
    const element = this.child(this.root, 'Sect')
    this.y += 6
    this.keep(4 * heightOf(styles.body))
    const pieces: { text: string; style: Style }[] = [{ text: block.text, style: styles.body }]
    if (block.title) pieces.unshift({ text: block.title, style: styles.strong })
    for (const { text, style } of pieces) {
      const paragraph = this.child(element, 'P')
      const cell = this.cell(paragraph, text, style, left + inset, right - left - inset)
      this.row([cell], undefined, (from, to) => this.bar(left, from - 2, 3, to - from + 4, accent))
      paragraph.end()
      await this.breathe()
    }
    element.end()
    this.y += 12
  }

  private address(block: Block & { kind: 'address' }): void {
    this.y += 4
    this.keep((block.lines.length + 2) * heightOf(styles.body))
    this.flow('P', block.label, styles.label)
    this.flow('P', block.lines.join('\n'), { ...styles.strong, size: 11 })
    this.y += 10
  }

  private async questions(questions: Question[]): Promise<void> {
    for (const { label, notes, space } of questions) {
      const element = this.child(this.root, 'Sect')
      const words = (text: string, style: Style, x: number, width: number) =>
        this.cell(this.child(element, 'P'), text, style, x, width)
      const head = [
        words(label, styles.strong, left, right - left),
        ...notes.map((note) => words(note, styles.small, left, right - left)),
      ]
      const rows = spaceRows(space, {
        left,
        width: right - left,
        widthOf: (text) => {
          this.pdf.font(styles.body.face, styles.body.size)
          return this.pdf.widthOfString(text)
        },
        words: (text, x, width) => this.placed(words(text, styles.label, x, width)),
        shape: (draw) => {
          this.pdf.markContent('Artifact', { type: 'Layout' })
          draw(this.pdf)
          this.pdf.endMarkedContent()
        },
      })
      const headHeight = head.reduce((sum, cell) => sum + cell.lines.length * heightOf(cell.style), 0)
      const spaceHeight = rows.reduce((sum, { height }) => sum + height, 0)
      this.y += 11
      // Together where that is possible; what is longer begins where some of it has room.
      this.keep(headHeight + (spaceHeight < 240 ? spaceHeight : (rows[0]?.height ?? 0)))
      for (const cell of head) this.row([cell])
      for (const { height, draw } of rows) {
        this.keep(height)
        draw(this.y)
        this.y += height
      }
      element.end()
      await this.breathe()
    }
    this.y += 8
  }

  /** Words whose place on the page is known beforehand. */
  private placed(cell: Cell): PlacedWords {
    return {
      height: cell.lines.length * heightOf(cell.style),
      draw: (y) => {
        cell.element.add(() => this.drawLines(cell, cell.lines, y))
        cell.element.end()
      },
    }
  }

  /** Three side by side, 4 cm each, with the white around them that belongs to a code. */
  private async codes(block: Block & { kind: 'codes' }): Promise<void> {
    const columns = 3
    const step = (right - left) / columns
    const side = 116
    const white = 14
    for (let at = 0; at < block.codes.length; at += columns) {
      this.y += white
      this.keep(side + white + heightOf(styles.small))
      for (const [column, { text, caption, spoken }] of block.codes.slice(at, at + columns).entries()) {
        const { size, path } = drawCode(text)
        const x = left + column * step + white
        const unit = side / (size + quietZone)
        const figure = this.child(this.root, 'Figure', { alt: printableLines(spoken).join(' ') })
        figure.add(() => {
          this.pdf.save().translate(x, this.y).scale(unit).path(path).fill('#000').restore()
        })
        figure.end()
        const below = this.cell(this.child(this.root, 'P'), caption, styles.small, x, step - white)
        this.placed(below).draw(this.y + size * unit + 5)
      }
      this.y += side + heightOf(styles.small)
      await this.breathe()
    }
    this.y += 8
  }

  private async files(block: Block & { kind: 'files' }): Promise<void> {
    const list = this.child(this.root, 'L')
    const caption = this.child(list, 'Caption')
    this.keep(5 * heightOf(styles.body))
    this.row([this.cell(caption, block.caption, styles.strong, left, right - left)])
    caption.end()
    this.y += 2
    this.ruler(left, right, ink)
    for (const [index, file] of block.files.entries()) {
      const item = this.child(list, 'LI')
      const body = 20
      this.y += 5
      this.keep(3 * heightOf(styles.body))
      const number = this.cell(this.child(item, 'Lbl'), `${index + 1}.`, styles.label, left, body)
      const content = this.child(item, 'LBody')
      const name = this.child(content, 'P')
      this.row([number, this.cell(name, file.name, styles.strong, left + body, right - left - body)])
      for (const { label, values } of file.details) {
        const line = this.child(content, 'P')
        this.row([this.cell(line, `${label}: ${values.join(', ')}`, styles.small, left + body, right - left - body)])
      }
      item.end()
      this.y += 5
      this.ruler(left, right)
      await this.breathe()
    }
    list.end()
    this.y += 8
  }

  /** One element of text over the whole width. */
  private flow(tag: string, text: string, style: Style): void {
    const element = this.child(this.root, tag)
    this.row([this.cell(element, text, style, left, right - left)])
    element.end()
  }

  private cell(element: PDFKit.PDFStructureElement, text: string, style: Style, x: number, width: number): Cell {
    this.pdf.font(style.face, style.size)
    const widthOf = (part: string) => this.pdf.widthOfString(part)
    const typed = printableLines(text)
    const lines = typed.flatMap((line, index) => {
      const parts = breakLine(line, width, widthOf)
      const last = parts.pop() ?? ''
      // A typed line break needs a space too, for those who have the text read out.
      return [...parts, index < typed.length - 1 && last !== '' ? `${last} ` : last]
    })
    return { lines, style, x, width, element }
  }

  /**
   * Draws cells side by side from the present height, over as many pages as their lines need.
   * @param onNewPage draws what is repeated at the top of a further page
   * @param onPart draws behind or beside the part that stands on one page
   */
  private row(cells: Cell[], onNewPage?: () => void, onPart?: (from: number, to: number) => void): void {
    const step = Math.max(...cells.map(({ style }) => heightOf(style)))
    let drawn = 0
    const tallest = Math.max(...cells.map(({ lines }) => lines.length))
    while (drawn < tallest) {
      const room = Math.floor((sheet.height - margins.bottom - this.y) / step)
      // Neither a single line left behind nor a single line carried over, where the text is long enough to avoid it.
      const wanted = tallest - drawn
      if (room < Math.min(wanted, 2)) {
        this.newPage()
        onNewPage?.()
        continue
      }
      const taken = wanted > room && wanted - room === 1 && room > 2 ? room - 1 : Math.min(room, wanted)
      for (const cell of cells) {
        const part = cell.lines.slice(drawn, drawn + taken)
        const top = this.y
        if (part.length > 0) cell.element.add(() => this.drawLines(cell, part, top))
      }
      onPart?.(this.y, this.y + taken * step)
      this.y += taken * step
      drawn += taken
    }
    for (const { element } of cells) if (element !== this.root) element.end()
  }

  private drawLines(cell: Cell, lines: string[], top: number): void {
    const step = heightOf(cell.style)
    this.pdf.font(cell.style.face, cell.style.size).fillColor(cell.style.colour)
    for (const [index, line] of lines.entries()) {
      if (line === '') continue
      const x = cell.alignRight ? cell.x + cell.width - this.pdf.widthOfString(line.trimEnd()) : cell.x
      this.pdf.text(line, x, top + index * step + (step - cell.style.size * 1.21) / 2, { lineBreak: false })
    }
  }

  /** Widths that follow the longest word and the amount of text in each column. */
  private columnWidths(block: Block & { kind: 'table' }): number[] {
    const room = right - left - columnGap * (block.head.length - 1)
    this.pdf.font(styles.strong.face, styles.strong.size)
    const wishes = block.head.map(({ text }, column) => {
      const texts = [text, ...block.rows.slice(0, 50).map((row) => row[column] ?? '')].map((cell) => cell.slice(0, 80))
      return Math.max(...texts.map((cell) => this.pdf.widthOfString(printableLines(cell)[0] ?? ''))) + 2
    })
    const total = wishes.reduce((sum, wish) => sum + wish, 0)
    const least = Math.min(60, room / block.head.length)
    if (total <= room) return wishes.map((wish) => wish + (room - total) / block.head.length)
    const spare = wishes.reduce((sum, wish) => sum + Math.max(0, wish - least), 0)
    return wishes.map((wish) => least + (Math.max(0, wish - least) / spare) * (room - least * block.head.length))
  }

  private child(
    parent: PDFKit.PDFStructureElement,
    tag: string,
    options: { scope?: 'Row' | 'Column'; alt?: string } = {},
  ): PDFKit.PDFStructureElement {
    const element = this.pdf.struct(tag, options)
    parent.add(element)
    return element
  }

  /** Goes to a new page when less than this height is left. */
  private keep(height: number): void {
    if (this.y + height > sheet.height - margins.bottom) this.newPage()
  }

  private newPage(): void {
    this.pdf.addPage()
    this.y = margins.top
  }

  private ruler(from: number, to: number, colour: string = rule): void {
    this.pdf.markContent('Artifact', { type: 'Layout' })
    this.line(from, this.y, to, colour)
    this.pdf.endMarkedContent()
  }

  private line(from: number, y: number, to: number, colour: string = rule): void {
    this.pdf.lineWidth(0.6).strokeColor(colour).moveTo(from, y).lineTo(to, y).stroke()
  }

  private bar(x: number, y: number, width: number, height: number, colour: string): void {
    this.pdf.markContent('Artifact', { type: 'Layout' })
    this.pdf.rect(x, y, width, height).fill(colour)
    this.pdf.endMarkedContent()
  }

  /** One line at the left, one at the right; what does not fit is cut, since it stands in full elsewhere. */
  private runningLine(start: string, end: string, y: number): void {
    this.pdf.font('regular', styles.small.size).fillColor(quiet)
    const endWidth = this.pdf.widthOfString(end)
    const [shown = ''] = breakLine(start, right - left - endWidth - 20, (part) => this.pdf.widthOfString(part))
    this.pdf.text(shown === start ? shown : `${shown.trimEnd()} …`, left, y, { lineBreak: false })
    this.pdf.text(end, right - endWidth, y, { lineBreak: false })
  }

  /** Lets other requests in after a while of drawing. */
  private async breathe(): Promise<void> {
    if (performance.now() - this.drawnSince < 12) return
    await setImmediate()
    this.drawnSince = performance.now()
  }
}

function heightOf(style: Style): number {
  return style.size * lineSpacing
}
