/** Everything that can be checked without any service, in under a minute. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { staleFiles } from './generate.ts'
import { type Leg, runLeg, yesOrNo } from './prove/leg.ts'
import { deadLinks } from './prove/links.ts'
import { plainEnvironment } from './prove/plain-environment.ts'
import { proveAll } from './prove/prove-all.ts'
import { repoFiles } from './prove/repo-files.ts'
import { runTool } from './prove/tool.ts'
import { vitestLeg } from './prove/vitest-leg.ts'
import { root } from './root.ts'

const tool = (path: string): string => join(root, 'node_modules', path)

const form = async (): Promise<Leg> => {
  const { code, output } = await runTool(tool('@biomejs/biome/bin/biome'), ['check', '--error-on-warnings', '.'])
  return yesOrNo('format and lint', code === 0, output)
}

const types = async (): Promise<Leg> => {
  const projects = ['tsconfig.json', 'aggregator/dashboard/tsconfig.json'].filter(path => existsSync(join(root, path)))
  const runs = await Promise.all(projects.map(path => runTool(tool('typescript/bin/tsc'), ['--project', path])))
  return yesOrNo(
    'types',
    runs.every(run => run.code === 0),
    runs.map(run => run.output).join('\n'),
  )
}

const generated = async (): Promise<Leg> => {
  const stale = await staleFiles()
  return yesOrNo(
    'generated files',
    stale.length === 0,
    stale.map(path => `${path} is stale: npm run generate`).join('\n'),
  )
}

const links = async (): Promise<Leg> => {
  const pages = repoFiles(root).filter(path => path.endsWith('.md'))
  const texts = new Map(pages.map(path => [path, readFileSync(join(root, path), 'utf8')]))
  const dead = deadLinks(texts, path => existsSync(join(root, path)))
  return yesOrNo(
    'links',
    dead.length === 0,
    dead.map(each => `${each.file}:${each.line} ${each.link}: ${each.why}`).join('\n'),
  )
}

interface UnitOptions {
  readonly env: NodeJS.ProcessEnv
  readonly withinMs: number
}

const unit =
  (signal: AbortSignal, options: UnitOptions) =>
  (note: (text: string) => void): Promise<Leg> =>
    vitestLeg('unit', { project: 'unit', note, signal, ...options })

const usual = (): UnitOptions => ({ env: plainEnvironment(process.env), withinMs: 180_000 })

/** In the order in which a person wants to know. */
export const checkLegs = async (signal: AbortSignal, options = usual()): Promise<readonly Leg[]> => [
  await runLeg('format and lint', form),
  await runLeg('types', types),
  await runLeg('generated files', generated),
  await runLeg('links in documents', links),
  await runLeg('unit tests and room rules', unit(signal, options)),
]

if (import.meta.main) process.exitCode = await proveAll(signal => checkLegs(signal))
