/**
 * Resolves when somebody wants an end: a signal, or whoever started us is gone. A second signal means it, and does not
 * wait.
 */
export const stopAsked = (onInsist: () => void): Promise<'asked'> =>
  new Promise(resolve => {
    let asked = false
    const ask = (): void => {
      if (asked) onInsist()
      asked = true
      resolve('asked')
    }
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, ask)
    process.once('disconnect', ask)
    process.channel?.unref()
  })
