/** The two commands on a machine that has only some Node ≥ 18 with npm: `npm start` and `npm test` go through here. */
import { existsSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { handOver } from './bring/hand-over.mjs'
import { install, isInstalled } from './bring/install.mjs'
import { step } from './bring/progress.mjs'
import { bring, ownNode, remember, remembered, wantedOf } from './bring/toolchain.mjs'
import { CannotGoOn } from './bring/what-is-missing.mjs'

const oldestNode = 18
const root = dirname(dirname(fileURLToPath(import.meta.url)))

const tasks = {
  start: ['tasks/start.ts', 'an aggregator and a prober on this machine, data in ./data'],
  demo: ['tasks/demo.ts', 'the same against simulated providers: an outage opens and resolves (--once: then end)'],
  test: ['tasks/test.ts', 'everything that can be tested here (--long: the full counts)'],
  check: ['tasks/check.ts', 'format, lint, types, unit tests, room rules, generated files, links; needs no service'],
  build: ['tasks/build.ts', 'the dashboard and the bundles'],
  bench: ['bench/main.ts', 'one measurement: bench NAME [--json]'],
  generate: ['tasks/generate.ts', 'writes the generated documents (--check: only says what is stale)'],
}

const main = async ([name, ...args]) => {
  if (Number.parseInt(process.versions.node, 10) < oldestNode) {
    throw new CannotGoOn(
      `Node ${process.versions.node} is too old: Node ${oldestNode} or newer with npm is needed (https://nodejs.org).`,
    )
  }
  const task = Object.hasOwn(tasks, name ?? '') ? tasks[name] : undefined
  if (task === undefined)
    throw new CannotGoOn(`${name === undefined ? 'Which task?' : `There is no task "${name}".`}\n${list()}`)
  const tools = await prepare()
  const path = [tools.bin, dirname(tools.node), join(root, 'node_modules', '.bin'), process.env.PATH]
    .filter(Boolean)
    .join(delimiter)
  return handOver(tools.node, [join(root, task[0]), ...args], { cwd: root, env: { ...process.env, PATH: path } })
}

/** Node and, only where something must be installed, pnpm. */
const prepare = async () => {
  const wanted = wantedOf(root)
  const node = ownNode(wanted)
  if (node !== undefined && isInstalled(root)) return { node }
  const fetching = `${node === undefined ? `Node ${wanted.nodeMajor} and ` : ''}pnpm ${wanted.pnpm} through npx`
  const tools = remembered(root, wanted) ?? (await shown(fetching, () => bring(root, wanted)))
  const installing = existsSync(join(root, 'node_modules'))
    ? 'Bringing the dependencies up to date'
    : 'Installing the dependencies'
  if (!isInstalled(root)) await shown(installing, note => install(root, tools, note))
  remember(root, wanted, tools)
  return tools
}

const shown = async (title, work) => {
  const line = step(title)
  try {
    const result = await work(line.note)
    line.done()
    return result
  } catch (error) {
    line.fail()
    throw error
  }
}

const list = () =>
  Object.entries(tasks)
    .map(([name, [, says]]) => `  ${name.padEnd(9)} ${says}`)
    .join('\n')

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof CannotGoOn)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 2
}
