import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { step } from '../bring/progress.mjs'
import { runTool } from '../prove/tool.ts'
import { root } from '../root.ts'

/** The web page, built by vite into aggregator/dashboard/dist. */

const folder = join(root, 'aggregator/dashboard')
const built = join(folder, 'dist/index.html')

export const buildDashboard = async (): Promise<void> => {
  const shown = step('Building the dashboard')
  const vite = join(folder, 'node_modules/vite/bin/vite.js')
  const { code, output } = await runTool(vite, ['build', '--logLevel', 'warn'], { cwd: folder, note: shown.note })
  if (code === 0) return shown.done()
  shown.fail()
  throw new Error(`vite build failed:\n${output}`)
}

export const buildDashboardIfStale = async (): Promise<void> => {
  if (isStale()) await buildDashboard()
}

const isStale = (): boolean => !existsSync(built) || newestMs(folder) > statSync(built).mtimeMs

const newestMs = (path: string): number => {
  const entries = readdirSync(path, { withFileTypes: true }).filter(entry => !/^(dist|node_modules)$/.test(entry.name))
  return Math.max(
    0,
    ...entries.map(entry => {
      const child = join(path, entry.name)
      return entry.isDirectory() ? newestMs(child) : statSync(child).mtimeMs
    }),
  )
}
