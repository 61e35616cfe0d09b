declare module 'subset-font' {
  interface SubsetOptions {
    targetFormat?: 'sfnt' | 'woff' | 'woff2'
    /** OpenType features to keep; all others are dropped with the glyphs only they use */
    keepFeatures?: string[]
    noHinting?: boolean
    /** every glyph stays, to convert the format only; the text is then empty */
    keepAllGlyphs?: boolean
  }
  export default function subsetFont(font: Buffer, text: string, options?: SubsetOptions): Promise<Buffer>
}
