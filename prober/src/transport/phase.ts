import type { Operation } from '@llmstatus/shared/outcome'
import type { Clock } from '../probe.ts'
import { createAlarm } from './alarm.ts'
import type { Failure } from './attempt.ts'
import { errnoOf } from './errno.ts'

/** One step on the way to a connection, with its stamp: taken in the event that ends it, before anything else runs. */
export type Phased<T> =
  | { readonly ok: true; readonly value: T; readonly atUs: number }
  | { readonly ok: false; readonly failure: Failure }

export type Settle<T> = (error: unknown, value?: T) => void

/** Starts a step; what it returns stops it. */
export type Phase<T> = (settle: Settle<T>) => () => void

export type Within = <T>(operation: Operation, phase: Phase<T>) => Promise<Phased<T>>

/** All steps share one deadline and one way to be called off. */
export const createWithin =
  (clock: Pick<Clock, 'monoUs'>, endsUs: number, signal: AbortSignal): Within =>
  <T>(operation: Operation, phase: Phase<T>) =>
    new Promise<Phased<T>>(resolve => {
      let isOver = false
      let stop = () => {}
      const finish = (result: Phased<T>): void => {
        if (isOver) return
        isOver = true
        alarm.clear()
        signal.removeEventListener('abort', cancel)
        if (!result.ok) stop()
        resolve(result)
      }
      const fail = (errno: string) => finish({ ok: false, failure: { operation, errno } })
      const cancel = () => fail('ECANCELED')
      const alarm = createAlarm(() => fail('ETIMEDOUT'))
      if (signal.aborted) return cancel()
      alarm.set((endsUs - clock.monoUs()) / 1000)
      signal.addEventListener('abort', cancel)
      stop = phase((error, value) => {
        const atUs = clock.monoUs()
        if (value === undefined) fail(errnoOf(error))
        else finish({ ok: true, value, atUs })
      })
    })
