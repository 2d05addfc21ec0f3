import { setTimeout } from 'node:timers/promises'

const everyMs = 100

/** Asks until the answer is yes, or until `ending`: then nobody waits for it any more. No answer is not yet a yes. */
export const until = async (isReady: () => Promise<boolean>, ending: AbortSignal): Promise<void> => {
  while (!(await isReady().catch(() => false))) await setTimeout(everyMs, undefined, { signal: ending })
}

export const answersOk = async (url: string): Promise<boolean> => {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) })
    await answer.arrayBuffer()
    return answer.ok
  } catch {
    return false
  }
}
