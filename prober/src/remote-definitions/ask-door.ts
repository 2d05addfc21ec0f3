import { definitionsPath, setLimits } from '@llmstatus/shared/definition-set'
import { uuid7 } from '@llmstatus/shared/ids'
import { signRequest } from '@llmstatus/shared/request-token'
import type { Clock, Random } from '../probe.ts'
import type { Door, HttpAnswer } from '../report/door.ts'
import type { Identity } from '../report/identity-file.ts'

/** One question for the set of definitions, and what came of it. A status alone never changes anything. */
export type Answer =
  | { readonly came: 'set'; readonly text: string; readonly etag: string | null }
  | { readonly came: 'nothing_new' }
  | { readonly came: 'trouble'; readonly why: string }

export interface AskDeps {
  readonly door: Door
  /** The aggregator's address, as it is asked. */
  readonly url: string
  readonly identity: Pick<Identity, 'prober' | 'key'>
  readonly clock: Clock
  readonly random: Random
}

const timeoutMs = 15_000

export const askDoor = async (deps: AskDeps, etag: string | null): Promise<Answer> => {
  const token = await tokenOf(deps)
  const answer = await deps.door.call({
    method: 'GET',
    path: definitionsPath,
    headers: { authorization: `Bearer ${token}`, ...(etag === null ? {} : { 'if-none-match': etag }) },
    body: null,
    timeoutMs,
    mostBytes: setLimits.textBytes,
  })
  return answer.ok ? read(answer) : { came: 'trouble', why: answer.why }
}

const tokenOf = ({ url, identity, clock, random }: AskDeps): Promise<string> => {
  const nowMs = clock.nowMs()
  return signRequest(identity.key, {
    iss: identity.prober,
    htm: 'GET',
    htu: `${url}${definitionsPath}`,
    iat: Math.floor(nowMs / 1000),
    jti: uuid7(nowMs, random(10)),
  })
}

/** Nothing there (404) is nothing new: what is in force stays in force, and only an empty set takes it away. */
const read = ({ status, json, etag = null }: HttpAnswer): Answer => {
  if (status === 200 && json !== null) return { came: 'set', text: textOf(json), etag: plainEtag(etag) }
  if (status === 304 || (status === 404 && json !== null)) return { came: 'nothing_new' }
  const code = typeof json?.code === 'string' && /^[a-z_]{1,48}$/.test(json.code) ? `, ${json.code}` : ''
  return {
    came: 'trouble',
    why: json === null ? `status ${status}, and not from an aggregator` : `status ${status}${code}`,
  }
}

/** An object can be parsed that is too deep to be written again; nothing of ours is. */
const textOf = (json: object): string => {
  try {
    return JSON.stringify(json)
  } catch {
    return ''
  }
}

/** It goes back into a header. */
const plainEtag = (etag: string | null): string | null =>
  etag !== null && /^(W\/)?"[\x21\x23-\x7e]{0,128}"$/.test(etag) ? etag : null
