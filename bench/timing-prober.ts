import { randomBytes } from 'node:crypto'
import { uuid7 } from '@llmstatus/shared/ids'
import { createSend } from '../prober/src/credentials/send.ts'
import { contentOf } from '../prober/src/measure/content.ts'
import { resultLine } from '../prober/src/measure/result-line.ts'
import { createObserve } from '../prober/src/measure.ts'
import type { Clock, Probe } from '../prober/src/probe.ts'
import { type Calibration, calibrate } from '../prober/src/reference/calibrate.ts'
import { startEmitter } from '../prober/src/reference/emitter.ts'
import { chatProbe } from '../prober/src/testing/measuring.ts'
import { createLoopMonitor } from '../prober/src/transport/loop-monitor.ts'
import { createPacer } from '../prober/src/transport/pacer.ts'
import { systemResolve } from '../prober/src/transport/resolve.ts'
import { createTransport } from '../prober/src/transport/transport.ts'
import type { Timed } from './timing-join.ts'
import { maxTokens, prompt } from './timing-peers.ts'

/** A stream as this prober measures it, and what it says of itself. */
export interface Measured extends Timed {
  readonly outcome: string
  readonly uncertaintyUs: number
}

export interface MeasuredProber {
  readonly measure: (model: string) => Promise<Measured>
  readonly calibration: Calibration | null
  readonly close: () => Promise<void>
}

export interface At {
  readonly origin: string
  readonly ca: string
  readonly clock: Clock
}

const calibrationRounds = 20
const never = new AbortController().signal

/** The measuring path put together and warmed on the reference as the program does it (measuring.ts). */
export const startProber = async (at: At): Promise<MeasuredProber> => {
  const { clock } = at
  const send = createSend(createTransport({ clock, resolve: systemResolve }), clock)
  const observe = createObserve({
    clock,
    random: randomBytes,
    send,
    monitor: createLoopMonitor(clock),
    pace: createPacer(clock),
  })
  const emitter = await startEmitter(clock)
  const calibration = await calibrate({ emitter, observe }, calibrationRounds, never)
  const biasUs = calibration?.biasP99Us ?? 0

  /** What `createMeasure` does, keeping the origin of the offsets: a line has only the wall clock's milliseconds. */
  const measure = async (model: string): Promise<Measured> => {
    const probe = probeFor(at, model)
    const slot = { id: uuid7(clock.nowMs(), randomBytes(10)), slotMs: clock.nowMs(), why: 'manual' } as const
    const { asked, seen } = await observe(probe, never)
    const content = await contentOf(probe, asked.expected, seen)
    const line = resultLine({ probe, slot, seen, content, endsTooSoon: false, isReached: true, biasUs })
    const stamp = (offsetUs: number | null) => seen.startedUs + (offsetUs ?? Number.NaN)
    return {
      model,
      startedUs: stamp(line.us.sent),
      firstTokenUs: stamp(line.us.first_token),
      endUs: stamp(line.us.last_byte),
      outcome: line.outcome,
      uncertaintyUs: line.uncertainty_us,
    }
  }
  return { measure, calibration, close: emitter.close }
}

const probeFor = ({ origin, ca }: At, model: string): Probe => {
  const probe = chatProbe(origin)
  return {
    ...probe,
    model,
    credential: { ...probe.credential, ca },
    question: {
      model,
      system: null,
      messages: [{ role: 'user', content: prompt }],
      maxTokens,
      stream: true,
      reasoning: false,
    },
    expected: { response_contains: '24' },
  }
}
