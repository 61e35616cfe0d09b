import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { projectRoot } from '../project-root.ts'
import { type Manifest, manifestSchema } from './manifest.ts'

const sources = new URL('views/assets/', projectRoot)
const packages = new URL('node_modules/', projectRoot)
const usedPackages = ['govuk-frontend', 'sass', 'esbuild', 'subset-font', '@expo-google-fonts/inter']

/**
 * Builds what the browser gets besides pages, in a few seconds; when nothing it is made of has changed, does nothing.
 * Several processes may do it at once: names follow from content, and the manifest is put in place last, in one step.
 *
 * @returns whether anything had to be built
 */
export async function buildAssets(folder: URL): Promise<boolean> {
  const inputs = await hashOfInputs()
  const previous = await manifestIn(folder)
  if (
    previous?.inputs === inputs &&
    Object.values(previous.files).every(({ file }) => existsSync(new URL(file, folder)))
  ) {
    return false
  }
  await mkdir(folder, { recursive: true })
  const manifest: Manifest = { inputs, files: {} }
  const add = async (name: string, content: Buffer) => {
    manifest.files[name] = await put(folder, name, content)
  }
  for (const [name, font] of await Promise.all(fonts.map(cutFont))) await add(name, font)
  await add('inter-license.txt', await readFile(new URL('@expo-google-fonts/inter/LICENSE_FONT', packages)))
  for (const picture of await readdir(new URL('images/', sources))) {
    await add(picture, await readFile(new URL(`images/${picture}`, sources)))
  }
  const [styles, scripts] = await Promise.all([compileStyles(), bundleScripts()])
  await add(
    'portal.css',
    Buffer.from(styles.replaceAll(/asset:([a-z0-9.-]+)/g, (_, name: string) => fileOf(manifest, name))),
  )
  for (const [name, script] of scripts) await add(name, script)

  const draft = new URL(`manifest.${process.pid}.json`, folder)
  await writeFile(draft, JSON.stringify(manifest, undefined, 2))
  await rename(draft, new URL('manifest.json', folder))
  await removeOthers(folder, [manifest, previous])
  return true
}

async function hashOfInputs(): Promise<string> {
  const hash = createHash('sha256').update(readFileSync(new URL(import.meta.url)))
  for (const name of usedPackages) hash.update(await readFile(new URL(`${name}/package.json`, packages)))
  const files = await readdir(sources, { recursive: true, withFileTypes: true })
  const paths = files.filter((file) => file.isFile()).map((file) => `${file.parentPath}/${file.name}`)
  for (const path of paths.sort()) hash.update(path.slice(fileURLToPath(sources).length)).update(await readFile(path))
  return hash.digest('hex')
}

async function manifestIn(folder: URL): Promise<Manifest | undefined> {
  const file = new URL('manifest.json', folder)
  if (!existsSync(file)) return undefined
  return manifestSchema.safeParse(JSON.parse(await readFile(file, 'utf8'))).data
}

/** Writes a file under a name with its hash, and beside it what a server can send without compressing again. */
async function put(folder: URL, name: string, content: Buffer): Promise<{ file: string; integrity: string }> {
  const extension = extname(name)
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 12)
  const file = `${basename(name, extension)}.${hash}${extension}`
  await writeFile(new URL(file, folder), content)
  if (extension !== '.woff2') {
    const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } }
    await writeFile(new URL(`${file}.br`, folder), brotliCompressSync(content, brotli))
    await writeFile(new URL(`${file}.gz`, folder), gzipSync(content, { level: 9 }))
  }
  return { file, integrity: `sha384-${createHash('sha384').update(content).digest('base64')}` }
}

function fileOf(manifest: Manifest, name: string): string {
  const file = manifest.files[name]?.file
  if (file === undefined) throw new Error(`the styles name ${name}, which is not among the assets`)
  return file
}

/** What neither this manifest nor the one before it names: a page already sent may still ask for the latter's files. */
async function removeOthers(folder: URL, manifests: (Manifest | undefined)[]): Promise<void> {
  const named = new Set(['manifest.json'])
  for (const { file } of manifests.flatMap((manifest) => Object.values(manifest?.files ?? {}))) {
    for (const suffix of ['', '.br', '.gz']) named.add(`${file}${suffix}`)
  }
  for (const file of await readdir(folder)) {
    if (!named.has(file)) await rm(new URL(file, folder), { force: true })
  }
}

const fonts = [
  ['inter-regular.woff2', '400Regular/Inter_400Regular.ttf'],
  ['inter-semibold.woff2', '600SemiBold/Inter_600SemiBold.ttf'],
] as const

/** Latin letters of Hungary and its neighbours, and the signs of our texts; of the font's features only those we use. */
async function cutFont([name, source]: (typeof fonts)[number]): Promise<[string, Buffer]> {
  const { default: subsetFont } = await import('subset-font')
  const letters = range(0x20, 0x7e) + range(0xa0, 0x17f) + 'ȘșȚț'
  const signs = '\u202f\u2011–—„”“’‘‚…•←→↑↓✓−€'
  const font = await readFile(new URL(`@expo-google-fonts/inter/${source}`, packages))
  const keepFeatures = ['kern', 'tnum', 'ccmp', 'locl']
  return [name, await subsetFont(font, letters + signs, { targetFormat: 'woff2', keepFeatures, noHinting: true })]
}

function range(first: number, last: number): string {
  return Array.from({ length: last - first + 1 }, (_, index) => String.fromCodePoint(first + index)).join('')
}

async function compileStyles(): Promise<string> {
  const sass = await import('sass')
  const { css } = await sass.compileAsync(fileURLToPath(new URL('styles/portal.scss', sources)), {
    importers: [{ canonicalize: canonicalGovuk, load: loadGovuk }],
    // With its byte order mark the first rule would be lost behind other styles.
    charset: false,
    quietDeps: true,
  })
  // A third of what the package's rules say is said once already: the letters, and the colours, whose fallbacks are for browsers
  // without custom properties.
  const lean = css
    .replaceAll(
      /font-family: "Inter", [^;}]+;|-webkit-font-smoothing: antialiased;|-moz-osx-font-smoothing: grayscale;/g,
      '',
    )
    .replaceAll(/var\((--govuk-[a-z-]+), (?:#[0-9a-f]+|[a-z]+|rgba?\([^)]*\))\)/g, 'var($1)')
  const esbuild = await import('esbuild')
  const { code } = await esbuild.transform(lean, {
    loader: 'css',
    minify: true,
    target: ['chrome109', 'firefox115', 'safari15.6'],
  })
  return code
}

/**
 * `govuk:` in our Sass is govuk-frontend's own, with one file exchanged: its helper for focus paints a yellow ground, ours draws
 * a ring, and so every component of the package has ours.
 */
function canonicalGovuk(address: string): URL | null {
  if (!address.startsWith('govuk:')) return null
  const path = new URL(address).pathname.replace(/^\/+/, '')
  const folder = path.slice(0, path.lastIndexOf('/') + 1)
  const name = path.slice(folder.length)
  const candidates = [path, `${folder}_${name}.scss`, `${path}.scss`, `${path}/_index.scss`]
  const found = candidates.find((candidate) => candidate.endsWith('.scss') && existsSync(govukFile(candidate)))
  return found === undefined ? null : new URL(`govuk:///${found}`)
}

function loadGovuk(address: URL): { contents: string; syntax: 'scss' } {
  const path = address.pathname.replace(/^\/+/, '')
  const file = path === 'helpers/_focused.scss' ? new URL('styles/_focused.scss', sources) : govukFile(path)
  return { contents: readFileSync(file, 'utf8'), syntax: 'scss' }
}

function govukFile(path: string): URL {
  return new URL(`govuk-frontend/dist/govuk/${path}`, packages)
}

/** Loaded on every page, and on those that take files. */
const bundles = ['portal', 'uploads']

async function bundleScripts(): Promise<[string, Buffer][]> {
  const esbuild = await import('esbuild')
  const { outputFiles } = await esbuild.build({
    entryPoints: bundles.map((name) => fileURLToPath(new URL(`scripts/${name}.ts`, sources))),
    outdir: fileURLToPath(sources),
    bundle: true,
    write: false,
    minify: true,
    format: 'esm',
    legalComments: 'none',
    target: ['chrome109', 'firefox115', 'safari15.6'],
    nodePaths: [fileURLToPath(packages)],
  })
  if (outputFiles.length !== bundles.length) throw new Error('the scripts gave no output')
  return outputFiles.map(({ path, contents }) => [basename(path), Buffer.from(contents)])
}
