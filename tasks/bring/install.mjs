import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { cannotGoOn } from './what-is-missing.mjs'

/** pnpm keeps the lockfile it installed; byte for byte the same means nothing to do. Times lie after a checkout. */
export const isInstalled = root => {
  try {
    readFileSync(join(root, 'node_modules', '.modules.yaml')) // written last
    return readFileSync(join(root, 'node_modules', '.pnpm', 'lock.yaml')).equals(
      readFileSync(join(root, 'pnpm-lock.yaml')),
    )
  } catch {
    return false
  }
}

/** @param {(text: string) => void} note */
export const install = (root, tools, note) =>
  new Promise((resolve, reject) => {
    const args = [
      'install',
      '--frozen-lockfile',
      '--reporter=append-only',
      '--config.confirmModulesPurge=false',
      '--config.fetch-retry-mintimeout=1000',
      '--config.fetch-retry-maxtimeout=5000',
    ]
    const child = spawn(tools.node, [tools.pnpm, ...args], {
      cwd: root,
      env: { ...process.env, PATH: dirname(tools.node) + delimiter + process.env.PATH },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    const take = data => {
      output += data
      for (const [, text] of String(data).matchAll(/Progress: ([^\n]+)/g)) note(text)
    }
    child.stdout.on('data', take)
    child.stderr.on('data', take)
    child.on('error', reject)
    child.on('close', code =>
      code === 0 ? resolve() : reject(cannotGoOn('Installing the dependencies', output, [root, homedir()])),
    )
  })
