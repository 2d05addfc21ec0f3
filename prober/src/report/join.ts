import { CodedError } from '@llmstatus/shared/errors'
import { keyFromSeed } from '@llmstatus/shared/identity'
import type { Secret } from '@llmstatus/shared/secret'
import { type EnrolDeps, type Enrolment, enrol, openToken } from './enrol.ts'
import { enrollingSeed, type Identity, loadIdentity } from './identity-file.ts'

/** Who we are at start: an identity, or a token to get one with, which is asked about once before anything else runs. */
export interface Joined {
  /** Its first key's thumbprint: what is seeded by it stays as it is when the key is followed by another. */
  readonly seed: string
  readonly enrolled: { readonly identity: Identity; readonly state: string } | null
  readonly enrol: () => Promise<Enrolment>
}

export interface JoinDeps extends Omit<EnrolDeps, 'token'> {
  /** Read only where there is no identity. */
  readonly token: () => Secret | null
}

const firstTimeoutMs = 2500
const timeoutMs = 10_000

/** What can be refused without asking anybody is refused here; what it gives back asks. */
export const join = async (deps: JoinDeps): Promise<() => Promise<Joined>> => {
  const identity = await loadIdentity(deps.files)
  if (identity !== null)
    return async () => ({ seed: firstKid(identity), enrolled: { identity, state: 'enrolled' }, enrol: never })
  const token = deps.token()
  if (token === null) throw notEnrolled()
  const enrolling = { ...deps, token: openToken(token) }
  return async () => {
    const key = await keyFromSeed(await enrollingSeed(deps.files, () => deps.random(32)))
    const first = await enrol(enrolling, firstTimeoutMs)
    return { seed: key.kid, enrolled: first.ok ? first : null, enrol: () => enrol(enrolling, timeoutMs) }
  }
}

const firstKid = ({ former, key }: Identity): string => (former[0] ?? key).kid

export const notEnrolled = (): CodedError =>
  new CodedError('not_enrolled', 'This prober has no identity yet, and no token to get one with.', {
    hint: 'Make a token with `llmstatus-aggregator enrol-token create` and set LLMSTATUS_ENROL_TOKEN for the first start.',
  })

/** For whoever asks about a prober rather than to be one: most often it keeps its data elsewhere. */
export const noIdentityIn = (dataDir: string): CodedError =>
  new CodedError('not_enrolled', `No prober has enrolled with the data folder ${dataDir}.`, {
    hint: 'Set LLMSTATUS_DATA_DIR to the folder of the one that is meant; a new one enrols at its first start.',
  })

const never = (): Promise<never> => Promise.reject(new Error('this prober is enrolled already'))
