const answerWithinMs = 3_000

/** The status of a GET; null where nobody answers in time. */
export const statusOf = async (url: string): Promise<number | null> => {
  try {
    const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(answerWithinMs) })
    await response.body?.cancel()
    return response.status
  } catch {
    return null
  }
}
