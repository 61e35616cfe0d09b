import type { WritingSpace } from './document.ts'

/** A strip of a space to write in, over the whole width; never parted by a page break. */
export interface SpaceRow {
  height: number
  draw(y: number): void
}

/** Words with a place across the page, waiting for their height on it. */
export interface PlacedWords {
  height: number
  draw(y: number): void
}

export interface SpaceTools {
  left: number
  width: number
  widthOf(text: string): number
  words(text: string, x: number, width: number): PlacedWords
  /** draws what is seen and not read out */
  shape(draw: (pdf: PDFKit.PDFDocument) => void): void
}

const ink = '#4a4d57'
const box = { width: 15, height: 19 }
const line = 25
const mark = 10

/** The strips of a space for handwriting, from the top. */
export function spaceRows(space: WritingSpace, tools: SpaceTools): SpaceRow[] {
  switch (space.kind) {
    case 'boxes':
      return [boxesRow(space, tools)]
    case 'lines':
      return Array.from({ length: space.count }, () => lineRow(space.after, tools))
    case 'choices':
      return [...choiceRows(space.items, tools), ...(space.others ? [lineRow(undefined, tools)] : [])]
    case 'parts':
      return partRows(space.parts, tools)
    case 'none':
      return []
  }
}

function boxesRow({ groups, between }: WritingSpace & { kind: 'boxes' }, { left, shape }: SpaceTools): SpaceRow {
  return {
    height: box.height + 6,
    draw(y) {
      shape((pdf) => {
        let x = left
        for (const [index, count] of groups.entries()) {
          x = drawBoxes(pdf, x, y + 3, count)
          if (index === groups.length - 1) continue
          pdf.fontSize(11).fillColor(ink)
          pdf.text(between, x + 4, y + 6, { lineBreak: false })
          x += 8 + pdf.widthOfString(between)
        }
      })
    },
  }
}

/** @returns where the last one ends */
function drawBoxes(pdf: PDFKit.PDFDocument, from: number, y: number, count: number): number {
  pdf.lineWidth(0.7).strokeColor(ink)
  for (let at = 0; at < count; at++) pdf.rect(from + at * box.width, y, box.width, box.height).stroke()
  return from + count * box.width
}

function lineRow(after: string | undefined, { left, width, widthOf, words, shape }: SpaceTools): SpaceRow {
  const unit = after ?? ''
  const room = unit === '' ? 0 : widthOf(unit) + 8
  const end = unit === '' ? left + width : left + Math.min(width - room, 180)
  return {
    height: line,
    draw(y) {
      shape((pdf) => drawLine(pdf, left, end, y + line - 3))
      if (unit !== '') words(unit, end + 6, room).draw(y + line - 16)
    },
  }
}

function drawLine(pdf: PDFKit.PDFDocument, from: number, to: number, y: number): void {
  pdf.lineWidth(0.7).strokeColor(ink).moveTo(from, y).lineTo(to, y).stroke()
}

/** As many in a strip as all of them have room for in one line each: yes and no side by side, long sentences below one another. */
function choiceRows(items: readonly string[], { left, width, widthOf, words, shape }: SpaceTools): SpaceRow[] {
  const longest = Math.max(...items.map(widthOf)) + mark + 22
  const columns = Math.max(1, Math.min(4, Math.floor(width / longest)))
  const step = width / columns
  const rows: SpaceRow[] = []
  for (let at = 0; at < items.length; at += columns) {
    const placed = items.slice(at, at + columns).map((item, column) => {
      const x = left + column * step
      return { x, text: words(item, x + mark + 7, step - mark - 15) }
    })
    rows.push({
      height: Math.max(...placed.map(({ text }) => text.height)) + 4,
      draw(y) {
        for (const { x, text } of placed) {
          shape((pdf) =>
            pdf
              .lineWidth(0.8)
              .strokeColor(ink)
              .rect(x, y + 3.5, mark, mark)
              .stroke(),
          )
          text.draw(y + 2)
        }
      },
    })
  }
  return rows
}

function partRows(
  parts: (WritingSpace & { kind: 'parts' })['parts'],
  { left, width, words, shape }: SpaceTools,
): SpaceRow[] {
  const strips: (typeof parts)[] = []
  let room = 0
  for (const part of parts) {
    if (part.percent > room) {
      strips.push([])
      room = 100
    }
    strips.at(-1)?.push(part)
    room -= part.percent
  }
  return strips.map((strip) => {
    let x = left
    const placed = strip.map(({ label, percent, boxes }) => {
      const share = (percent / 100) * width
      const from = x
      x += share
      return { from, to: x - 12, boxes, label: words(label, from, share - 12) }
    })
    const labelHeight = Math.max(...placed.map(({ label }) => label.height))
    return {
      height: labelHeight + line,
      draw(y) {
        for (const { from, to, boxes, label } of placed) {
          label.draw(y)
          shape((pdf) => {
            if (boxes === undefined) drawLine(pdf, from, to, y + labelHeight + line - 5)
            else drawBoxes(pdf, from, y + labelHeight + 1, boxes)
          })
        }
      },
    }
  })
}
