import type { Step } from '../reply.ts'

/** Pure ways to spoil a sequence of writes. */

/** Up to and with the n-th token, never further than the last; of a body in one piece, the first half. */
export const until = (steps: Iterable<Step>, afterTokens: number): readonly Step[] => {
  const kept: Step[] = []
  for (const step of steps) {
    if (step.part === 'whole') return [{ ...step, bytes: step.bytes.subarray(0, step.bytes.length >> 1), token: null }]
    if (step.part === 'close' || step.part === 'done') break
    if (step.token !== null && step.token > afterTokens) break
    kept.push(step)
  }
  return kept
}

/** The same bytes, a few at a time. A token counts where its last byte goes. */
export function* dripped(
  steps: Iterable<Step>,
  drip: { readonly bytes: number; readonly every_ms: number },
): Generator<Step> {
  let waitMs: number | null = null
  for (const step of steps) {
    for (let at = 0; at < step.bytes.length; at += drip.bytes) {
      const isLast = at + drip.bytes >= step.bytes.length
      yield {
        ...step,
        waitMs: waitMs ?? step.waitMs,
        bytes: step.bytes.subarray(at, at + drip.bytes),
        token: isLast ? step.token : null,
      }
      waitMs = drip.every_ms
    }
  }
}

/**
 * Everything that a reader may have to take in another order: what opens comes after the first token, what closes comes
 * backwards. The tokens stay in theirs: no reader could put those right.
 */
export const reordered = (steps: Iterable<Step>): readonly Step[] => {
  const all = [...steps]
  const of = (part: Step['part']) => all.filter(step => step.part === part)
  const [first, ...rest] = of('token')
  const order = [
    ...(first === undefined ? [] : [first]),
    ...of('open'),
    ...rest,
    ...of('close').reverse(),
    ...of('done'),
    ...of('whole'),
  ]
  // The times stay where they were: only the bytes change places.
  return order.map((step, at) => ({ ...step, waitMs: all[at]?.waitMs ?? 0 }))
}

/** The whole opening, then the last token again and again. */
export function* endlessly(steps: Iterable<Step>, everyMs: number): Generator<Step> {
  let last: Step | null = null
  let token = 0
  for (const step of until(steps, Number.POSITIVE_INFINITY)) {
    yield step
    last = step
    token = step.token ?? token
  }
  while (last !== null) {
    token += 1
    yield { ...last, waitMs: Math.max(1, everyMs), token: last.part === 'token' ? token : null }
  }
}
