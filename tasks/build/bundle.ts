import { cpSync, mkdirSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'rolldown'
import { root } from '../root.ts'

/** One program as one file that plain Node runs, with what it reads beside it. */
export interface Bundle {
  readonly program: 'prober' | 'aggregator' | 'simulator'
  /** Packages that stay packages: copied whole into dist/node_modules, for what they read at run time. */
  readonly external: readonly string[]
  /** Files it looks for beside itself, from the project's folder into dist. */
  readonly beside: Readonly<Record<string, string>>
}

export const bundle = async ({ program, external, beside }: Bundle, into?: string): Promise<string> => {
  const home = join(root, program)
  const dist = into ?? join(home, 'dist')
  rmSync(dist, { recursive: true, force: true })
  mkdirSync(dist, { recursive: true })
  await build({
    input: join(home, 'src/main.ts'),
    platform: 'node',
    external: [...external, ...neverThere],
    logLevel: 'warn',
    output: {
      file: join(dist, 'main.js'),
      format: 'esm',
      codeSplitting: false,
      minify: 'dce-only',
      sourcemap: true,
    },
  })
  for (const name of external) copyPackage(name, home, dist)
  for (const [from, to] of Object.entries(beside)) cpSync(join(root, from), join(dist, to), { recursive: true })
  return sizeOf(join(dist, 'main.js'))
}

/** Optional parts that pg looks for and we do not ship. */
const neverThere = ['pg-native', 'pg-cloudflare']

const copyPackage = (name: string, home: string, dist: string): void => {
  const to = join(dist, 'node_modules', name)
  mkdirSync(dirname(to), { recursive: true })
  cpSync(realpathSync(join(home, 'node_modules', name)), to, {
    recursive: true,
    dereference: true,
    filter: path => !/\.(d\.[cm]?ts|map|cjs|tar\.gz)$/.test(path),
  })
}

const sizeOf = (file: string): string => {
  const bytes = readFileSync(file)
  return `${kb(bytes.length)}, ${kb(gzipSync(bytes).length)} gzipped`
}

const kb = (bytes: number): string => `${(bytes / 1000).toFixed(0)} kB`
