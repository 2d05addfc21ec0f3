import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { LogEntry } from '@llmstatus/simulator'

/** The simulator as a process of its own, asked over its control port: what it does costs this process nothing. */
export interface SimulatorProcess {
  readonly origins: Readonly<Record<string, { readonly http: string; readonly https: string }>>
  /** Of the authority behind every https origin. */
  readonly ca: string
  /** What it really wrote, and when, on the clock that all processes of a machine share. */
  readonly logSince: (tUs: number) => Promise<readonly LogEntry[]>
  readonly stop: () => Promise<void>
}

const main = fileURLToPath(new URL('../simulator/src/main.ts', import.meta.url))

export const startSimulator = async (
  providers: readonly string[],
  args: readonly string[],
): Promise<SimulatorProcess> => {
  const child = spawn(process.execPath, [main, '--control', '0', '--only', providers.join(','), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise<void>(resolve => child.once('close', () => resolve()))
  const control = await greeted(child.stdout, ended)
  const ask = (path: string) => fetch(`${control}${path}`, { headers: { connection: 'close' } })
  return {
    origins: (await (await ask('/_sim/providers')).json()) as SimulatorProcess['origins'],
    ca: await (await ask('/_sim/ca.pem')).text(),
    logSince: async tUs => linesOf(await ask(`/_sim/log?since=${tUs}`)),
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

const greeted = async (stdout: NodeJS.ReadableStream, ended: Promise<void>): Promise<string> => {
  let said = ''
  const control = new Promise<string>(resolve =>
    stdout.on('data', text => {
      said += String(text)
      const [, origin] = /^control\s+(http:\S+?)\/_sim/m.exec(said) ?? []
      if (origin !== undefined) resolve(origin)
    }),
  )
  const found = await Promise.race([control, ended])
  if (found === undefined) throw new Error('the simulator did not start')
  return found
}

const linesOf = async (answer: Response): Promise<readonly LogEntry[]> => {
  if (answer.headers.get('llmstatus-lost') !== '0') throw new Error('the simulator no longer has all it wrote')
  const text = await answer.text()
  return text
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as LogEntry)
}
