import { contentType, jwsHeader } from '@llmstatus/shared/batch'
import { unreachable } from '@llmstatus/shared/errors'
import type { Flight, Notary } from '../spool/flight.ts'
import type { Spool } from '../spool/spool.ts'
import { clockOffsetMs } from './clock-offset.ts'
import type { Door, DoorAnswer, DoorRequest } from './door.ts'
import { type RejectedLine, type Remedy, remedyFor, type WaitCode } from './remedy.ts'

/** One record out, one answer in, and what it asks for done. */
export interface SendDeps {
  readonly spool: Pick<Spool, 'next' | 'settle' | 'refuse' | 'reposition' | 'noteFork' | 'resendRotation'>
  readonly notary: Notary
  readonly door: Door
  readonly tell: (news: ReportNews) => void
}

export type ReportNews =
  | {
      readonly news: 'accepted'
      readonly seq: number
      readonly lines: number
      readonly rejected: readonly RejectedLine[]
    }
  | { readonly news: 'trouble'; readonly why: string }
  | { readonly news: 'waiting'; readonly code: WaitCode }
  | { readonly news: 'approved' }
  | { readonly news: 'refused'; readonly seq: number; readonly code: string }
  | { readonly news: 'repositioned' | 'resending'; readonly seq: number; readonly expectedSeq: number }
  | { readonly news: 'forked'; readonly seq: number | null }
  | { readonly news: 'rewound' }
  | { readonly news: 'offset'; readonly offsetMs: number }

/** failed also where the chain moved without a receipt: an aggregator that refuses everything is not hurried. */
export type Sent =
  | { readonly sent: 'nothing' | 'settled' | 'forked' }
  | { readonly sent: 'waiting'; readonly code: WaitCode }
  | { readonly sent: 'failed'; readonly afterMs: number | null }

const timeoutMs = 20_000

export const sendOne = async (deps: SendDeps): Promise<Sent> => {
  try {
    const flight = await deps.spool.next(deps.notary)
    if (flight === null) return { sent: 'nothing' }
    const answer = await deps.door.call(requestFor(flight))
    noteOffset(deps, answer)
    return await apply(deps, remedyFor(answer, flight.seq), flight)
  } catch (error) {
    return failed(deps, `the spool cannot be written (${systemCode(error)})`, null)
  }
}

const requestFor = ({ jws, body }: Flight): DoorRequest => ({
  method: 'POST',
  path: '/api/v1/batches',
  headers: { 'content-type': contentType, [jwsHeader]: jws },
  body,
  timeoutMs,
})

const noteOffset = ({ tell }: SendDeps, answer: DoorAnswer): void => {
  const offsetMs = answer.ok ? clockOffsetMs(answer) : null
  if (offsetMs !== null) tell({ news: 'offset', offsetMs })
}

const apply = async (deps: SendDeps, remedy: Remedy, flight: Flight): Promise<Sent> => {
  const { spool, tell } = deps
  const { seq, lines } = flight
  switch (remedy.do) {
    case 'settle': {
      const { receipt, rejected } = remedy
      if ((await spool.settle(deps.notary, receipt)) !== 'freed')
        return failed(deps, 'a receipt that does not hold', null)
      tell({ news: 'accepted', seq, lines, rejected })
      return { sent: 'settled' }
    }
    case 'refuse':
      tell({ news: 'refused', seq, code: remedy.code })
      await spool.refuse(deps.notary, flight)
      return { sent: 'failed', afterMs: null }
    case 'reposition': {
      const done = await spool.reposition(remedy)
      tell({ news: done === 'gap' ? 'repositioned' : 'resending', seq, expectedSeq: remedy.expectedSeq })
      return { sent: 'failed', afterMs: null }
    }
    case 'stop':
      if (remedy.at !== null) await spool.noteFork(remedy.at)
      tell({ news: 'forked', seq })
      return { sent: 'forked' }
    case 'wait':
      if (remedy.code === 'unknown_key' && (await spool.resendRotation())) return { sent: 'failed', afterMs: null }
      tell({ news: 'waiting', code: remedy.code })
      return { sent: 'waiting', code: remedy.code }
    case 'retry':
      return failed(deps, remedy.why, remedy.afterMs)
    default:
      return unreachable(remedy)
  }
}

const failed = ({ tell }: SendDeps, why: string, afterMs: number | null): Sent => {
  tell({ news: 'trouble', why })
  return { sent: 'failed', afterMs }
}

/** A disk may fail; anything else is a bug and is not caught here. */
export const systemCode = (error: unknown): string => {
  if (error instanceof Error && 'code' in error && 'syscall' in error) return String(error.code)
  throw error
}
