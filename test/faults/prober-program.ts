import { setTimeout as sleep } from 'node:timers/promises'
import type { Readiness } from '../../prober/src/cli/health-server.ts'
import { type Running, run } from '../e2e/running.ts'
import type { QuickProber } from './quick-prober.ts'
import { realPace } from './quick-probes.ts'
import { quickStart } from './quick-start.ts'

/** A quick prober as a process of its own. */
export interface ProberProgram {
  readonly running: Running
  /** It has come so far that it measures. */
  readonly begun: () => Promise<void>
  readonly readiness: () => Promise<Readiness>
  /** A number that it exports, by the beginning of its line. */
  readonly metric: (name: string) => Promise<number>
  /** Asks until it stands like this. */
  readonly stands: (standing: string) => Promise<Readiness>
  /** Until the aggregator has taken so many more records. */
  readonly takes: (records: number) => Promise<void>
  readonly kill: () => Promise<void>
  readonly stop: () => Promise<void>
}

export type Wish = Pick<QuickProber, 'name' | 'dataDir' | 'token' | 'everyMs'> & Partial<QuickProber>

export const asText = (wish: Wish): string => {
  const asked: QuickProber = {
    url: null,
    pace: realPace,
    spoolMaxBytes: 1 << 24,
    slowOneIn: null,
    journal: null,
    ...wish,
  }
  return JSON.stringify(asked)
}

export const startProber = (wish: Wish): ProberProgram =>
  proberProgram(run(['test/faults/quick-prober.ts', asText(wish)], quickStart))

/** Where its health is asked for it says itself, or somebody knows. */
export const proberProgram = (running: Running, at?: string): ProberProgram => {
  const { child, ended, said } = running
  const health = (): string | undefined => at ?? /begun at (\S+)/.exec(said())?.[1]
  const begun = async (): Promise<void> => {
    while (health() === undefined) {
      if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}:\n${said()}`)
      await sleep(20)
    }
  }
  const readiness = async (): Promise<Readiness> => {
    await begun()
    return (await fetch(`${health()}readyz`)).json() as Promise<Readiness>
  }
  const metric = async (name: string): Promise<number> => {
    await begun()
    const text = await fetch(`${health()}metrics`).then(
      answer => answer.text(),
      () => '',
    )
    const line = text.split('\n').find(each => each.startsWith(`llmstatus_prober_${name}`))
    return Number(line?.split(' ').at(-1) ?? 0)
  }
  const accepted = () => metric('sends_total{result="accepted"}')
  return {
    running,
    begun,
    readiness,
    metric,
    takes: async records => {
      const before = await accepted()
      while ((await accepted()) < before + records) await sleep(50)
    },
    stands: async standing => {
      for (;;) {
        const now = await readiness()
        if (now.standing === standing) return now
        await sleep(50)
      }
    },
    kill: async () => {
      child.kill('SIGKILL')
      await ended
    },
    stop: async () => {
      child.kill('SIGTERM')
      if ((await ended) !== 0) throw new Error(`it did not end well:\n${said()}`)
    },
  }
}

/** A command of the prober that ships, on the data of this one. */
export const proberCommand = async (
  dataDir: string,
  ...words: readonly string[]
): Promise<{ readonly exit: number | null; readonly said: string }> => {
  const asked = run(['prober/src/main.ts', ...words], { LLMSTATUS_DATA_DIR: dataDir, ...quickStart })
  return { exit: await asked.ended, said: asked.said() }
}
