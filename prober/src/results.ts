import type { ResultLine, SkipLine } from '@llmstatus/shared/result'
import type { Log } from './log.ts'
import type { Clock, Probe } from './probe.ts'
import { createAnnouncer } from './report/announce.ts'
import { definitionLine } from './report/definition-lines.ts'
import { skipLine } from './schedule/lines.ts'
import { decodeMarks, encodeMarks, keepOnly, type Marks, markLines, missedSince, noMarks } from './schedule/marks.ts'
import { createOutcomeNews } from './schedule/outcome-news.ts'
import { type Files, replaceFile } from './spool/files.ts'
import type { Loss } from './spool/loss.ts'
import { openSpool, type Spool } from './spool/spool.ts'

/** What was measured, on its way to disk, and what the disk says of the time before. */
export interface Results {
  readonly spool: Spool
  /** Resolves when it is on disk or given up; what could not be written is counted by the spool. */
  readonly say: (lines: readonly (ResultLine | SkipLine)[]) => Promise<void>
  /**
   * What the first lines of this run come behind: the definitions in force, and the slots that nobody was there for up to
   * this moment. From then on it is somebody's turn.
   */
  readonly begin: () => { readonly atMs: number }
  /** Another plan is in force: its definitions go before the next line, and who comes back later starts anew. */
  readonly replace: (probes: readonly Probe[]) => void
  /** After a batch was taken: definitions go out again where some may have been lost. */
  readonly onTaken: () => void
}

export interface ResultsDeps {
  readonly files: Files
  readonly spoolFiles: Files
  readonly quarantine: Files
  readonly maxBytes: number
  readonly probes: readonly Probe[]
  /** What has a definition and no plan: the controls. */
  readonly unplanned: () => readonly Probe[]
  readonly seed: string
  readonly clock: Clock
  readonly newId: () => string
  readonly log: Log
  /** What else is to be kept now and then. */
  readonly keep: () => Promise<void>
  readonly onAppended: () => void
  readonly onLost: (loss: Loss) => void
}

const marksName = 'marks.json'

export const openResults = async (deps: ResultsDeps): Promise<Results> => {
  const { clock, log } = deps
  let { probes } = deps
  let marks = await readMarks(deps.files)
  let definitionsLost = false
  const { spool, tail, stateLost } = await openSpool({
    files: deps.spoolFiles,
    quarantine: deps.quarantine,
    maxBytes: deps.maxBytes,
    nowMs: clock.nowMs,
    onDurable: lines => {
      marks = markLines(marks, lines)
    },
    checkpoint: async () => {
      await saveMarks(deps.files, { ...keepOnly(marks, probes), aliveMs: clock.nowMs() })
      await deps.keep()
    },
    onLoss: loss => {
      definitionsLost = true
      deps.onLost(loss)
      log.error({ ...loss }, 'results were lost; a signed gap record will say so')
    },
  })
  marks = markLines(marks, tail)
  if (stateLost)
    log.error('the state of the spool cannot be read: the aggregator will see a fork, and hold this prober')

  const announcer = createAnnouncer(deps)
  const newsOf = createOutcomeNews()
  const append = async (lines: readonly object[]): Promise<void> => {
    try {
      await spool.append(lines.map(line => JSON.stringify(line)))
      announcer.over('results can be written again')
      deps.onAppended()
    } catch (error) {
      announcer.trouble('results cannot be written and are lost', { why: systemCode(error) })
    }
  }
  const first: object[] = []
  const definitions = () => [...probes, ...deps.unplanned()].map(probe => definitionLine(probe, clock.nowMs()))

  return {
    spool,
    say: async lines => {
      // of controls the vantage speaks
      for (const line of lines) if (line.probe !== 'control') tell(log, newsOf(line))
      await append([...first.splice(0), ...lines])
    },
    begin: () => {
      const atMs = clock.nowMs()
      const missed = missedSince(marks, probes, { seed: deps.seed, nowMs: atMs })
      first.push(...definitions(), ...missed.map(each => skipLine(deps.newId(), { ...each, why: 'schedule' })))
      return { atMs }
    },
    replace: next => {
      marks = keepOnly(marks, probes)
      probes = next
      marks = keepOnly(marks, probes)
      first.push(...definitions())
    },
    onTaken: () => {
      if (definitionsLost) void append(definitions())
      definitionsLost = false
    },
  }
}

const readMarks = async (files: Files): Promise<Marks> => {
  const there = (await files.list()).some(({ name }) => name === marksName)
  const marks = there ? decodeMarks((await files.read(marksName)).toString('utf8')) : null
  return marks ?? noMarks
}

const saveMarks = (files: Files, marks: Marks): Promise<void> =>
  replaceFile(files, marksName, Buffer.from(encodeMarks(marks)))

const tell = (log: Log, news: ReturnType<ReturnType<typeof createOutcomeNews>>): void => {
  if (news === null) return
  const { provider, model, probe, outcome, operation, signal } = news.line
  const fields = { provider, model, probe, was: news.was, blame: news.blame, operation, signal }
  const level = outcome === 'ok' ? 'info' : 'warn'
  log[level](Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)), outcome)
}

/** A disk may fail; anything else is a bug. */
const systemCode = (error: unknown): string => {
  if (error instanceof Error && 'syscall' in error && 'code' in error) return String(error.code)
  throw error
}
