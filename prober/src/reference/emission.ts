import type { ServerResponse } from 'node:http'
import type { Clock } from '../probe.ts'
import type { EmitSchedule } from './schedule.ts'

/** What was said, and when each token was really handed to the kernel. */
export interface Emission {
  /** What was asked: the way to find the emission that belongs to a measurement. */
  readonly asked: string
  readonly writtenUs: readonly number[]
}

export interface Emit {
  readonly asked: string
  readonly schedule: EmitSchedule
  readonly response: ServerResponse
  readonly clock: Pick<Clock, 'monoUs'>
  readonly onWritten: (emission: Emission) => void
}

/** Speaks the OpenAI dialect on its schedule. The last token is the number that was asked for, so that it can be checked. */
export const emit = ({ asked, schedule, response, clock, onWritten }: Emit): void => {
  const startedUs = clock.monoUs()
  const writtenUs: number[] = []
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  response.flushHeaders()

  const say = (index: number): void => {
    const isLast = index === schedule.tokens - 1
    const text = isLast ? (/\d+/.exec(asked)?.[0] ?? 'end') : 'tick '
    const bytes = chunk({ delta: { content: text }, finish_reason: null }) + (isLast ? closing(schedule) : '')
    // the callback comes when the kernel has it, and before anything else can be read
    response.write(bytes, error => {
      if (error) return
      writtenUs.push(clock.monoUs())
      if (isLast) onWritten({ asked, writtenUs })
    })
    if (isLast) response.end()
    else later(index + 1)
  }
  const later = (index: number): void => {
    const dueUs = startedUs + (schedule.firstTokenMs + index * schedule.perTokenMs) * 1000
    const timer = setTimeout(() => say(index), Math.max(0, (dueUs - clock.monoUs()) / 1000))
    response.once('close', () => clearTimeout(timer))
  }
  response.setMaxListeners(schedule.tokens + 10)
  later(0)
}

const event = (data: unknown): string => `data: ${JSON.stringify(data)}\n\n`
const common = { id: 'reference', object: 'chat.completion.chunk', model: 'reference' } as const
const chunk = (choice: { readonly delta: object; readonly finish_reason: string | null }): string =>
  event({ ...common, choices: [{ index: 0, ...choice }] })

const closing = ({ tokens }: EmitSchedule): string =>
  `${chunk({ delta: {}, finish_reason: 'stop' })}${event({
    ...common,
    choices: [],
    usage: { prompt_tokens: 1, completion_tokens: tokens },
  })}data: [DONE]\n\n`
