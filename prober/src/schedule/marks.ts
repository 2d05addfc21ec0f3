import { Instant } from '@llmstatus/shared/ids'
import { whys } from '@llmstatus/shared/result'
import { z } from 'zod'
import type { Probe } from '../probe.ts'
import { endpointKey, planOf, type Run, slotsBetween } from './plan.ts'

/**
 * How far each endpoint's slots are accounted for, so that the next start can say what is missing.
 *
 * Invariant: of an endpoint, every slot up to its mark has a line on disk, and none behind it has. Lines of an endpoint
 * are written in the order of its slots, so the newest line is the mark.
 */
export interface Marks {
  /** The last moment at which this prober was known to be running. */
  readonly aliveMs: number
  readonly slotMs: ReadonlyMap<string, number>
}

export const noMarks: Marks = { aliveMs: 0, slotMs: new Map() }

const SlotFields = z.object({
  slot: Instant,
  why: z.enum(whys),
  provider: z.string(),
  model: z.string().nullable(),
  probe: z.string(),
  at: Instant.optional(),
  to: Instant.optional(),
})

/**
 * Lines that are now on disk. A slot outside the plan moves no mark, but of an endpoint that has none it is where its plan
 * began. A mark never goes back: logs that a checkpoint covers may be read once more.
 */
export const markLines = (marks: Marks, lines: readonly string[]): Marks => {
  const slotMs = new Map(marks.slotMs)
  let { aliveMs } = marks
  for (const text of lines) {
    const line = SlotFields.safeParse(JSON.parse(text))
    if (!line.success) continue
    const { slot, to, at, why } = line.data
    const lastMs = Date.parse(to ?? slot)
    aliveMs = Math.max(aliveMs, at === undefined ? lastMs : Date.parse(at))
    const key = endpointKey(line.data)
    const mark = slotMs.get(key)
    if (mark === undefined || (why === 'schedule' && mark < lastMs)) slotMs.set(key, lastMs)
  }
  return { aliveMs, slotMs }
}

const MarksFile = z.object({
  v: z.literal(1),
  alive_ms: z.int().min(0),
  slots_ms: z.record(z.string(), z.int().min(0)),
})

export const encodeMarks = ({ aliveMs, slotMs }: Marks): string =>
  `${JSON.stringify({ v: 1, alive_ms: aliveMs, slots_ms: Object.fromEntries(slotMs) })}\n`

/** Null where it cannot be read: then what was missed is not known, and nothing is invented. */
export const decodeMarks = (text: string): Marks | null => {
  try {
    const file = MarksFile.parse(JSON.parse(text))
    return { aliveMs: file.alive_ms, slotMs: new Map(Object.entries(file.slots_ms)) }
  } catch {
    return null
  }
}

export interface Missed {
  readonly probe: Probe
  readonly skip: 'interrupted' | 'not_running'
  readonly run: Run
}

/** What came due since the marks: with us still alive it was cut off in the middle, else nobody was there. */
export const missedSince = (marks: Marks, probes: readonly Probe[], at: { seed: string; nowMs: number }): Missed[] =>
  probes.flatMap(probe => {
    const mark = marks.slotMs.get(endpointKey(probe))
    if (mark === undefined) return []
    const plan = planOf(probe, at.seed)
    const endMs = Math.min(at.nowMs, Math.max(mark, marks.aliveMs))
    const interrupted = slotsBetween(plan, mark, endMs)
    const notRunning = slotsBetween(plan, endMs, at.nowMs)
    return [
      ...(interrupted === null ? [] : [{ probe, skip: 'interrupted' as const, run: interrupted }]),
      ...(notRunning === null ? [] : [{ probe, skip: 'not_running' as const, run: notRunning }]),
    ]
  })

/** Only what is still probed: what comes back later starts anew. */
export const keepOnly = (marks: Marks, probes: readonly Probe[]): Marks => {
  const known = new Set(probes.map(endpointKey))
  return { ...marks, slotMs: new Map([...marks.slotMs].filter(([key]) => known.has(key))) }
}
