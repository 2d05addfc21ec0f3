/**
 * Node 24 and pnpm, without anything installed globally: this Node where it is new enough, else both through npx, once.
 * npx only fetches them and says where they are; afterwards nothing of it stands between a signal and the program.
 */
import { execFile, spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { CannotGoOn, cannotGoOn } from './what-is-missing.mjs'

const major = version => Number(/\d+/.exec(version)?.[0])

export const wantedOf = root => {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  return { nodeMajor: major(manifest.engines.node), pnpm: /^pnpm@([^+]+)/.exec(manifest.packageManager)[1] }
}

export const ownNode = wanted => (major(process.versions.node) >= wanted.nodeMajor ? process.execPath : undefined)

/** Remembered inside node_modules: gone together with what it was remembered for. */
const memoryOf = root => join(root, 'node_modules', '.cache', 'toolchain.json')

export const remembered = (root, wanted) => {
  try {
    const found = JSON.parse(readFileSync(memoryOf(root), 'utf8'))
    const fits = found.wanted === JSON.stringify(wanted) && existsSync(found.tools.node) && existsSync(found.tools.pnpm)
    return fits ? found.tools : undefined
  } catch {
    return undefined // never written, or half written: asking npx again costs two seconds
  }
}

export const remember = (root, wanted, tools) => {
  mkdirSync(dirname(memoryOf(root)), { recursive: true })
  writeFileSync(memoryOf(root), JSON.stringify({ wanted: JSON.stringify(wanted), tools }))
}

/** Two more tries within seconds: npm's own patience of a minute looks like a hang. */
const retry = ['--fetch-retries=2', '--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=5000']

/** Double quotes only, no `$`: the same text for sh and cmd. */
const whereAreThey = 'node -p "JSON.stringify([process.execPath,process.env.PATH])"'

/** @returns {Promise<{node: string, pnpm: string, bin: string}>} real paths, and the folder that holds the commands */
export const bring = async (root, wanted) => {
  const own = ownNode(wanted)
  const packages = [
    ...(own === undefined ? [`--package=node@${wanted.nodeMajor}`] : []),
    `--package=pnpm@${wanted.pnpm}`,
  ]
  const { code, stdout, stderr } = await npx(root, [
    '--yes',
    '--prefer-offline',
    ...retry,
    ...packages,
    '-c',
    whereAreThey,
  ])
  if (code !== 0) throw cannotGoOn('npx', stderr, [homedir()])
  const [node, path] = JSON.parse(stdout.trim().split('\n').at(-1))
  const bin = path.split(delimiter).find(folder => existsSync(pnpmBeside(folder)))
  if (bin === undefined)
    throw new CannotGoOn(`npx brought no pnpm ${wanted.pnpm}: empty its cache (npm cache npx rm) and run it again.`)
  await mustBeNew(node, wanted)
  return { node: own ?? node, pnpm: pnpmBeside(bin), bin }
}

const pnpmBeside = bin => join(dirname(bin), 'pnpm', 'bin', 'pnpm.mjs')

/** npm's `node` package fetches its binary in an install script; where scripts are switched off the old Node answers. */
const mustBeNew = async (node, wanted) => {
  const version = await new Promise(resolve =>
    execFile(node, ['--version'], (error, stdout) => resolve(error ? '' : stdout)),
  )
  if (major(version) >= wanted.nodeMajor) return
  throw new CannotGoOn(
    `npx brought no Node ${wanted.nodeMajor} (are install scripts switched off? try npm_config_ignore_scripts=false): install it from https://nodejs.org and run it again.`,
  )
}

const npx = (root, args) =>
  new Promise((resolve, reject) => {
    const [command, ...first] = npxCommand()
    const child = spawn(command, [...first, ...args], {
      cwd: root,
      env: withoutOuterNpx(process.env),
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: command === 'npx' && process.platform === 'win32',
    })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', data => (stdout += data))
    child.stderr.on('data', data => (stderr += data))
    child.on('error', () =>
      reject(
        new CannotGoOn('There is no npm here: install Node 24 with npm from https://nodejs.org and run it again.'),
      ),
    )
    child.on('close', code => resolve({ code, stdout, stderr }))
  })

/** The npx that belongs to the npm that runs us; else the one beside this Node's name on PATH. */
const npxCommand = () => {
  const beside = join(dirname(process.env.npm_execpath ?? ''), 'npx-cli.js')
  return /npm-cli\.js$/.test(process.env.npm_execpath ?? '') && existsSync(beside)
    ? [process.execPath, beside]
    : ['npx']
}

/** Inside another `npx -c` its command and packages stand in the environment and would be taken for ours. */
const withoutOuterNpx = env =>
  Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^npm_config_(call|package|yes|json|silent|loglevel)$/i.test(name)),
  )
