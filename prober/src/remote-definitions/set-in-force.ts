import { openDefinitionSet, type VerifiedSet, verifyDefinitionSet } from '@llmstatus/shared/definition-set'
import type { VerifyingKey } from '@llmstatus/shared/identity'
import type { Files } from '../spool/files.ts'
import { type Judged, judgeOffer } from './judge-offer.ts'
import { keepSet, readKept } from './kept-set.ts'

/**
 * The set that counts.
 *
 * Invariants
 * - It is on disk, as it was signed, before it counts: a restart finds it, and its version.
 * - Nothing replaces it but a newer good one. When its time is over it stays in force and is stale; when its key is taken
 *   off the list it is gone.
 */
export interface SetInForce {
  readonly current: () => VerifiedSet | null
  readonly offer: (text: string) => Promise<Judged>
  /** After the keys changed: what is kept counts as far as they say. */
  readonly reload: () => Promise<void>
}

export interface SetDeps {
  readonly files: Files
  readonly trusted: () => Promise<readonly VerifyingKey[]>
  readonly nowMs: () => number
  /** What is kept cannot be used. */
  readonly unusable: (why: string) => void
}

export const openSetInForce = async (deps: SetDeps): Promise<SetInForce> => {
  let text = await readKept(deps.files)
  let current: VerifiedSet | null = null
  const reload = async (): Promise<void> => {
    current = null
    if (text === null) return
    const opened = await verifyDefinitionSet(text, await deps.trusted())
    if (opened.ok) current = opened.set
    else deps.unusable(opened.reason)
  }
  await reload()
  return {
    current: () => current,
    offer: async offered => {
      const judged = judgeOffer(await openDefinitionSet(offered, await deps.trusted(), deps.nowMs()), current)
      if (judged.verdict !== 'take') return judged
      const failed = await keepOrSay(deps.files, offered)
      if (failed !== null) return { verdict: 'refused', reason: 'not_kept', detail: failed }
      text = offered
      current = judged.set
      return judged
    },
    reload,
  }
}

/** A disk may fail; anything else is a bug. */
const keepOrSay = async (files: Files, text: string): Promise<string | null> => {
  try {
    await keepSet(files, text)
    return null
  } catch (error) {
    if (error instanceof Error && 'syscall' in error && 'code' in error) return String(error.code)
    throw error
  }
}
