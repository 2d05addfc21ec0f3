const everyMs = 100

/** Waits until `isReady` answers yes; whoever calls it races this against the program's end. */
export const until = async (isReady: () => Promise<boolean>): Promise<void> => {
  while (!(await isReady())) await new Promise(resolve => setTimeout(resolve, everyMs))
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
