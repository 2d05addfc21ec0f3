import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../root.ts'
import type { Leg } from './leg.ts'
import { runTool } from './tool.ts'

interface Report {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly testResults: readonly {
    readonly status: string
    readonly assertionResults: readonly { readonly status: string }[]
  }[]
}

interface VitestOptions {
  readonly project: 'unit' | 'db' | 'e2e' | 'faults'
  readonly env: NodeJS.ProcessEnv
  readonly note: (text: string) => void
  readonly signal: AbortSignal
  readonly withinMs: number
  /** Leaves out the tests in whose full name this stands. */
  readonly not?: string
}

/** Runs one vitest project and counts. Nothing that went wrong may count as nothing. */
export const vitestLeg = async (name: string, options: VitestOptions): Promise<Leg> => {
  const folder = mkdtempSync(join(tmpdir(), 'llmstatus-report-'))
  const file = join(folder, 'report.json')
  try {
    const args = [
      'run',
      '--project',
      options.project,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${file}`,
      ...(options.not === undefined ? [] : ['--testNamePattern', `^(?!.*${options.not})`]),
    ]
    const { code, output, isLate } = await runTool(vitest, args, options)
    const why = isLate ? await unfinished(output, options) : ''
    return { name, output: output + why, ...count(readReport(file), code) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const vitest = join(root, 'node_modules/vitest/vitest.mjs')

/** A test that never ends takes its file's line with it, so the files without a line are named. */
const unfinished = async (output: string, { project, withinMs }: VitestOptions): Promise<string> => {
  const listed = await runTool(vitest, ['list', '--project', project, '--filesOnly'])
  const files = listed.output.split('\n').flatMap(line => /\S+\.test\.tsx?/.exec(line)?.[0] ?? [])
  const names = files.filter(file => !output.includes(file)).map(file => `  ${file}\n`)
  return `\nNot at an end within ${withinMs / 1000} s:\n${names.join('')}`
}

const readReport = (file: string): Report | null => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Report
  } catch {
    return null
  }
}

/** A file that does not load, an error outside any test, a run without any test: each is a failure. */
export const count = (report: Report | null, exitCode: number): { passed: number; failed: number } => {
  const passed = report?.numPassedTests ?? 0
  const unloaded = (report?.testResults ?? []).filter(
    file => file.status === 'failed' && !file.assertionResults.some(test => test.status === 'failed'),
  ).length
  const failed = (report?.numFailedTests ?? 0) + unloaded
  const unseen = failed === 0 && (exitCode !== 0 || passed === 0)
  return { passed, failed: failed + (unseen ? 1 : 0) }
}
