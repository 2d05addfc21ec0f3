/** What is shipped: the web page, and each program as a single file that plain Node runs. */
import { step } from './bring/progress.mjs'
import { bundle } from './build/bundle.ts'
import { buildDashboard } from './build/dashboard.ts'
import { bundles } from './build/programs.ts'

await buildDashboard()
for (const each of bundles) {
  const shown = step(`Bundling the ${each.program}`)
  shown.done(await bundle(each))
}
