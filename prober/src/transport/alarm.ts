/**
 * A deadline that looks once more before it speaks. Timers run before the sockets are read, so after the loop was held
 * up an answer may already lie there, in time: the alarm lets the sockets be read first, and then asks again.
 *
 * Once it looks it cannot be put off, or a peer that never stops talking would never be interrupted; who is rung decides
 * whether it is really time.
 */
export const createAlarm = (onRing: () => void) => {
  let timer: NodeJS.Timeout | undefined
  let look: NodeJS.Immediate | undefined

  const ring = (): void => {
    look = undefined
    onRing()
  }
  const lookFirst = (): void => {
    // the first immediate comes after the sockets were read, the second after what they gave was understood
    look = setImmediate(() => {
      look = setImmediate(ring)
    })
  }

  return {
    set(inMs: number): void {
      if (look !== undefined) return
      clearTimeout(timer)
      timer = setTimeout(lookFirst, Math.max(0, inMs))
    },
    clear(): void {
      clearTimeout(timer)
      clearImmediate(look)
    },
  }
}
