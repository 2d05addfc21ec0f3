import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../root.ts'
import { say } from './program.ts'

/** Asks the running aggregator for a token, lends it as a file, and takes it away again. */
export interface Token {
  readonly file: string
  readonly forget: () => void
}

export const enrolToken = async (dataDir: string, env: NodeJS.ProcessEnv): Promise<Token> => {
  const folder = mkdtempSync(join(dataDir, '.enrol-'))
  const file = join(folder, 'token')
  const forget = (): void => rmSync(folder, { recursive: true, force: true })
  try {
    await command(['aggregator/src/main.ts', 'enrol-token', 'create', '--auto-approve', '--out', file], env)
    return { file, forget }
  } catch (error) {
    forget()
    throw error
  }
}

const command = (args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> =>
  new Promise((resolve, reject) => {
    execFile(process.execPath, [...args], { cwd: root, env }, (error, stdout, stderr) => {
      if (error === null) return resolve()
      for (const line of `${stdout}${stderr}`.trim().split('\n')) say('aggregator', line)
      reject(new Error('No enrolment token could be made.'))
    })
  })
