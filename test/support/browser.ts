/**
 * A Chromium for the journeys: one without windows that is there, else the one inside an npm package, else any that is there, else
 * one to be installed. A browser that could show windows spends five times the processor time on each page, in its own process.
 * Without any of them the journeys fail and say what to do; they are never skipped.
 */
import { execFile, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { type Browser, chromium, type LaunchOptions } from 'playwright'
import { z } from 'zod'
import { cached } from './cache-folder.ts'

const isRoot = process.getuid?.() === 0

/** Only pages of our own are visited: nothing of the browser's own may reach for the network. */
const quiet = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  '--no-first-run',
]

/** @throws Error saying what to install */
export async function launchBrowser(): Promise<Browser> {
  chosen ??= chooseBrowser()
  const options = await chosen
  // Without a locale of UTF-8 the browser takes „ő” for no letter of a file's name.
  return chromium.launch({ ...options, env: { ...process.env, LC_ALL: 'C.UTF-8', ...options.env } })
}

let chosen: Promise<LaunchOptions> | undefined

async function chooseBrowser(): Promise<LaunchOptions> {
  const refused: string[] = []
  for await (const { options, origin } of candidates()) {
    const failure = await startable(options)
    if (failure === undefined) return options
    // without the right to make namespaces the browser cannot build its sandbox
    const unboxed = { ...options, chromiumSandbox: false }
    if (options.chromiumSandbox === true && (await startable(unboxed)) === undefined) return unboxed
    refused.push(`${origin}: ${failure}`)
  }
  throw new Error(
    [
      'The tests in a browser need a Chromium, and none was found that starts. Do one of these:',
      '  - install Chromium or Chrome ("apt-get install chromium" on Debian),',
      '  - run "npx playwright install --with-deps chromium",',
      '  - name one by PORTAL_BROWSER=/path/to/chromium',
      ...refused.map((reason) => `  (tried ${reason})`),
    ].join('\n'),
  )
}

async function startable(options: LaunchOptions): Promise<string | undefined> {
  try {
    const browser = await chromium.launch({ ...options, timeout: 30_000 })
    await browser.close()
    return undefined
  } catch (error) {
    return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? ''
  }
}

interface Candidate {
  options: LaunchOptions
  origin: string
}

async function* candidates(): AsyncGenerator<Candidate> {
  const wanted = process.env.PORTAL_BROWSER
  if (wanted !== undefined && wanted !== '' && wanted !== 'packaged') {
    yield installed(wanted)
    return
  }
  if (wanted !== 'packaged') for (const path of onPath(withoutWindows)) if (existsSync(path)) yield installed(path)
  const packaged = await packagedBrowser()
  if (packaged !== undefined) yield packaged
  if (wanted === 'packaged') return
  for (const path of usualPlaces()) if (existsSync(path)) yield installed(path)
  if (existsSync(chromium.executablePath())) yield installed(chromium.executablePath())

  spawnSync('npx', ['playwright', 'install', '--with-deps', 'chromium'], { stdio: 'ignore', timeout: 300_000 })
  if (existsSync(chromium.executablePath())) yield installed(chromium.executablePath())
  if (isRoot && existsSync('/usr/bin/apt-get')) {
    spawnSync('apt-get', ['update'], { stdio: 'ignore', timeout: 120_000 })
    spawnSync('apt-get', ['install', '-y', 'chromium'], { stdio: 'ignore', timeout: 300_000 })
    if (existsSync('/usr/bin/chromium')) yield installed('/usr/bin/chromium')
  }
}

function installed(executablePath: string): Candidate {
  return { options: { executablePath, args: quiet, chromiumSandbox: !isRoot }, origin: executablePath }
}

const withoutWindows = ['chromium-headless-shell', 'chrome-headless-shell']

function* onPath(names: readonly string[]): Generator<string> {
  for (const name of names) {
    for (const folder of (process.env.PATH ?? '').split(delimiter)) if (folder !== '') yield join(folder, name)
  }
}

function* usualPlaces(): Generator<string> {
  yield* onPath([
    'chromium',
    'chromium-browser',
    'google-chrome',
    'google-chrome-stable',
    'msedge',
    'chrome.exe',
    'msedge.exe',
  ])
  yield '/Applications/Chromium.app/Contents/MacOS/Chromium'
  yield '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'
  yield '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge'
  for (const folder of [process.env.PROGRAMFILES, process.env['PROGRAMFILES(X86)'], process.env.LOCALAPPDATA]) {
    if (folder === undefined) continue
    yield join(folder, 'Google/Chrome/Application/chrome.exe')
    yield join(folder, 'Microsoft/Edge/Application/msedge.exe')
  }
}

/**
 * The Chromium inside @sparticuz/chromium, with the libraries and fonts it brings for machines that have none. Its own
 * arguments switch off web security, with which cookies and content policies could not be tested: they are not used.
 */
async function packagedBrowser(): Promise<Candidate | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined
  let entry: string
  try {
    entry = createRequire(import.meta.url).resolve('@sparticuz/chromium')
  } catch {
    return undefined
  }
  const { version } = versioned.parse(JSON.parse(readFileSync(packageFile(entry), 'utf8')))
  const folder = await cached(`chromium-${version}-fonts`, async (unfinished, later) => {
    // a process of its own: the package unpacks to the temporary folder of its environment, and changes that environment
    const unpack = `import(${JSON.stringify(pathToFileURL(entry).href)}).then(({ default: it }) => (it.default ?? it).executablePath())`
    const environment = { ...process.env, TMPDIR: unfinished, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x' }
    await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', unpack], { env: environment })
    writeFileSync(join(unfinished, 'fonts.conf'), fontSettings(later))
  })
  return {
    origin: `@sparticuz/chromium ${version}`,
    options: {
      executablePath: join(folder, 'chromium'),
      args: [...quiet, '--headless=shell', '--no-sandbox', '--no-zygote', '--disable-gpu'],
      chromiumSandbox: false,
      env: {
        PATH: process.env.PATH ?? '',
        HOME: folder,
        LD_LIBRARY_PATH: join(folder, 'al2023', 'lib'),
        FONTCONFIG_FILE: join(folder, 'fonts.conf'),
      },
    },
  }
}

/** The settings in the package name folders of another machine. */
function fontSettings(folder: string): string {
  const places = [join(folder, 'fonts'), '/usr/share/fonts'].map((place) => `<dir>${place}</dir>`).join('')
  return `<?xml version="1.0"?><fontconfig>${places}<cachedir>${join(folder, 'fonts-cache')}</cachedir></fontconfig>`
}

const versioned = z.object({ version: z.string() })

function packageFile(entry: string): string {
  for (let folder = dirname(entry); folder !== dirname(folder); folder = dirname(folder)) {
    const file = join(folder, 'package.json')
    if (existsSync(file) && 'version' in z.looseObject({}).parse(JSON.parse(readFileSync(file, 'utf8')))) return file
  }
  throw new Error(`no package.json with a version above ${entry}`)
}
