/** What is shipped: the web page, and each program as a single file that plain Node runs. */
import { step } from './bring/progress.mjs'
import { type Bundle, bundle } from './build/bundle.ts'
import { buildDashboard } from './build/dashboard.ts'

const bundles: readonly Bundle[] = [
  {
    program: 'prober',
    external: [],
    beside: {
      'probe-definitions/providers': 'probe-definitions/providers',
      'probe-definitions/suites': 'probe-definitions/suites',
    },
  },
  {
    program: 'aggregator',
    external: ['@electric-sql/pglite'],
    beside: {
      'aggregator/src/db/migrations': 'migrations',
      'aggregator/dashboard/dist': 'dashboard',
      'probe-definitions/providers': 'probe-definitions/providers',
    },
  },
]

await buildDashboard()
for (const each of bundles) {
  const shown = step(`Bundling the ${each.program}`)
  shown.done(await bundle(each))
}
