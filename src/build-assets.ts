import { buildAssets } from './platform/assets/build.ts'
import { projectRoot } from './platform/project-root.ts'

/** Builds styles, scripts, fonts and pictures: into the cache, or with `--production` beside the compiled program. */
const folder = process.argv.includes('--production') ? 'dist/assets/' : '.cache/assets/'
const built = await buildAssets(new URL(folder, projectRoot))
process.stdout.write(built ? `Assets built in ${folder}\n` : `Assets in ${folder} are up to date\n`)
