import { Secret } from '@llmstatus/shared/secret'
import type { Auth, Credential } from '../../probe.ts'
import type { Deadlines, Listener } from '../../transport/attempt.ts'
import { type Finding, findingOf } from '../finding.ts'
import { nobody } from '../internet.ts'
import type { Stage } from '../stage.ts'
import type { Play } from './play.ts'
import { hosted } from './told.ts'

/** Past the configuration: the one function that reveals a key is asked directly, with what should never reach it. */

const deadlines: Deadlines = {
  connectMs: 4_000,
  firstByteMs: 4_000,
  firstTokenMs: 4_000,
  stallMs: 4_000,
  totalMs: 5_000,
}

interface Sent {
  readonly credential: Credential
  readonly method?: string | undefined
  readonly path?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly body?: string | undefined
}

const send = async (
  stage: Stage,
  { credential, method = 'GET', path = '/v1/models', headers = {}, body }: Sent,
): Promise<Finding> => {
  const listener: Listener = { head: () => {}, chunk: () => 'waiting' }
  const ask = { method, path, headers, body: body ?? null }
  const options = { goal: 'answer', awaitsToken: false, wantsCertificate: false, deadlines } as const
  const sent = await stage.send({ credential, ask, options }, listener, new AbortController().signal)
  stage.said(JSON.stringify(sent))
  const outcome = sent.head === null ? `${sent.failure?.operation ?? 'no'}_failed` : 'ok'
  return findingOf({ outcome, refusal: sent.refusal })
}

const credentialOf = async (stage: Stage): Promise<Credential> => {
  const settings = await stage.settings(hosted())
  const [probe] = settings.probes
  if (probe === undefined) throw new Error('a key was configured, and nothing is asked with it')
  return probe.credential
}

export const ask: Play<'ask'> = async (
  stage,
  { method = 'GET', path = '/v1/models', headers, body, listed = false },
) => {
  stage.set(nobody)
  const credential = await credentialOf(stage)
  const allow = listed ? [...credential.allow, `${method} ${path}`] : credential.allow
  const words = [
    `${method} ${JSON.stringify(path)}`,
    headers === undefined ? '' : JSON.stringify(headers),
    listed ? 'on the list' : '',
  ]
  return {
    tried: words.filter(word => word !== '').join(' '),
    finding: await send(stage, { credential: { ...credential, allow }, method, path, headers, body }),
  }
}

export const credential: Play<'credential'> = async (stage, { origin, header, headers, proxy }) => {
  stage.set(nobody)
  const made = await credentialOf(stage)
  const { auth } = made
  return {
    tried: `a credential with ${JSON.stringify({ origin, header, headers, proxy })}`,
    finding: await send(stage, {
      credential: {
        ...made,
        ...(origin === undefined ? {} : { origin }),
        ...(header === undefined || auth === null ? {} : { auth: { ...auth, header } as Auth }),
        ...(headers === undefined ? {} : { headers }),
        ...(proxy === undefined
          ? {}
          : { proxy: { origin: proxy, secret: new Secret(`prober:${stage.password}`), ca: null } }),
      },
    }),
  }
}
