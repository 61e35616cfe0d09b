import { buildAssets } from '../../src/platform/assets/build.ts'
import { projectRoot } from '../../src/platform/project-root.ts'

/** Pages name their styles and scripts by the hash of their content: they have to be built before a page is shown. */
export async function setup(): Promise<void> {
  await buildAssets(new URL('.cache/assets/', projectRoot))
}
