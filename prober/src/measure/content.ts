import type { Expected } from '@llmstatus/shared/definition'
import type { ResultLine } from '@llmstatus/shared/result'
import { certificateLasts, checkAnswer } from '../checks/check.ts'
import type { Probe } from '../probe.ts'
import { visibleTokens } from './cost.ts'
import type { Observation } from './observation.ts'

/** The check is made where there is an answer to check: whole, a success or the status that was asked for. */
export const contentOf = async (
  probe: Probe,
  expected: Expected,
  seen: Observation,
): Promise<ResultLine['content']> => {
  const { attempted, reading } = seen
  if (attempted.failure !== null || attempted.refusal !== null) return 'none'
  const status = attempted.head?.status ?? 0
  const isAnswer = reading.firstVisibleUs !== null && reading.signal === null && reading.finish !== 'filter'
  const isEdge = probe.type !== 'chat' && probe.type !== 'reference'
  const isChecked = isEdge ? status < 300 || expected.status !== undefined : isAnswer
  if (!isChecked) return 'none'
  return checkAnswer(expected, {
    status,
    text: reading.text,
    visibleTokens: visibleTokens(reading.tokens, probe.reasoning),
    certificateEndsMs: attempted.certificateEndsMs,
    nowMs: seen.atMs,
  })
}

/** What stands in the signal of a failed check, because whoever hears of it has other things to do than for a wrong answer. */
export const endsTooSoon = (expected: Expected, { attempted, atMs }: Observation): boolean =>
  certificateLasts(expected, { certificateEndsMs: attempted.certificateEndsMs, nowMs: atMs }) === false
