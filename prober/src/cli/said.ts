import type { Said } from '../config/settings.ts'
import type { Flag, Given } from './command.ts'

/** What a command line may say over the environment and prober.yaml. */
export const saidFlags: readonly Flag[] = [
  { name: 'suite', takes: 'SUITE', summary: 'reachability, standard or full, whatever is configured' },
  { name: 'file', takes: 'DEF.yaml', summary: 'this definition in place of all else; --suite adds a suite again' },
  { name: 'config', takes: 'FILE', summary: 'this prober.yaml in place of LLMSTATUS_CONFIG' },
]

export const saidIn = ({ values }: Given): Said => {
  const files = values('file')
  return { config: values('config').at(-1), suite: values('suite').at(-1), ...(files.length === 0 ? {} : { files }) }
}
