import type { Bundle } from './bundle.ts'

/** What is shipped of each program, besides itself. */
export const bundles: readonly Bundle[] = [
  {
    program: 'prober',
    external: [],
    beside: {
      'probe-definitions/providers': 'probe-definitions/providers',
      'probe-definitions/suites': 'probe-definitions/suites',
      'prober/src/egress-test/corpus.yaml': 'egress-corpus.yaml',
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
