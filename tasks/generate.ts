/** Documents that a table in the sources writes. They are committed; `npm run check` fails when one is stale. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { storedTraces } from '../test/traces/stored.ts'
import { environmentPage } from './generate/environment-page.ts'
import { outcomesPage } from './generate/outcomes-page.ts'
import { policyPage } from './generate/policy-page.ts'
import { providersPage } from './generate/providers-page.ts'
import { root } from './root.ts'

interface Generator {
  readonly path: string
  readonly make: () => string | Promise<string>
}

export const generators: readonly Generator[] = [
  { path: 'docs/outcomes.md', make: outcomesPage },
  { path: 'docs/environment.md', make: environmentPage },
  { path: 'docs/providers.md', make: providersPage },
  { path: 'docs/policy.md', make: policyPage },
  ...storedTraces,
]

const now = (path: string): string | null =>
  existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : null

export const staleFiles = async (): Promise<readonly string[]> => {
  const made = await Promise.all(generators.map(async each => ({ path: each.path, text: await each.make() })))
  return made.filter(each => each.text !== now(each.path)).map(each => each.path)
}

const writeAll = async (): Promise<void> => {
  for (const each of generators) {
    const text = await each.make()
    const same = text === now(each.path)
    if (!same) writeFileSync(join(root, each.path), text)
    process.stdout.write(`${same ? 'as it was' : 'written  '}  ${each.path}\n`)
  }
}

const check = async (): Promise<void> => {
  const stale = await staleFiles()
  for (const path of stale) process.stdout.write(`stale  ${path} (npm run generate)\n`)
  process.exitCode = stale.length === 0 ? 0 : 1
}

if (import.meta.main) await (process.argv.includes('--check') ? check() : writeAll())
