import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { projectRoot } from '../project-root.ts'

/**
 * Where the built styles, scripts, fonts and pictures lie: beside the compiled program in production, else in the cache.
 * Their names carry a hash of their content, so a browser may keep them for ever.
 */
export const assetsFolder = import.meta.url.startsWith(new URL('dist/', projectRoot).href)
  ? new URL('dist/assets/', projectRoot)
  : new URL('.cache/assets/', projectRoot)

/** The address below which the folder is served. */
export const assetsPrefix = '/assets/'

export const manifestSchema = z.strictObject({
  /** hash of everything the files were made of */
  inputs: z.string(),
  files: z.record(z.string(), z.strictObject({ file: z.string(), integrity: z.string() })),
})
export type Manifest = z.infer<typeof manifestSchema>

export interface Assets {
  /** the address of a file by its plain name: `portal.css` */
  asset: (name: string) => string
  /** its hash, for the attribute with which the browser checks what it received */
  integrity: (name: string) => string
}

/** @throws Error when the files have not been built, or for a name that is not among them */
export function readAssets(folder: URL = assetsFolder): Assets {
  const { files } = readManifest(folder)
  const entry = (name: string) => {
    const found = files[name]
    if (found === undefined) throw new Error(`no asset is called ${name}`)
    return found
  }
  return {
    asset: (name) => `${assetsPrefix}${entry(name).file}`,
    integrity: (name) => entry(name).integrity,
  }
}

function readManifest(folder: URL): Manifest {
  const file = new URL('manifest.json', folder)
  try {
    return manifestSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch (cause) {
    throw new Error(`the assets are not built (${file.pathname}); run: npm run build:assets`, { cause })
  }
}
