import { createHmac } from 'node:crypto'
import { definitionsType, sealDefinitionSet } from '@llmstatus/shared/definition-set'
import { keyFromSeed } from '@llmstatus/shared/identity'
import { instant } from '@llmstatus/shared/ids'
import { openSetInForce } from '../../remote-definitions/set-in-force.ts'
import { trustedKeys } from '../../remote-definitions/trusted-keys.ts'
import type { CaseOf } from '../case.ts'
import { type Finding, findingOf, together } from '../finding.ts'
import { nobody } from '../internet.ts'
import type { Stage } from '../stage.ts'
import type { Play } from './play.ts'
import { goodDefinition } from './settings.ts'
import { insideAt, insideTold, readTold } from './told.ts'

/** A set of definitions as an aggregator hands it out, to a prober that trusts one publisher and has version 10 in force. */
export const remoteSet: Play<'remote_set'> = async (stage, one) => {
  const tried = `a set of definitions: ${JSON.stringify({ ...one, kind: undefined, name: undefined, deny: undefined })}`
  return { tried, finding: await offered(stage, one) }
}

const keyOf = (byte: number) => keyFromSeed(new Uint8Array(32).fill(byte))
const dayMs = 86_400_000

const offered = async (stage: Stage, one: CaseOf<'remote_set'>): Promise<Finding> => {
  const publisher = await keyOf(1)
  const keys = [`ed25519:${publisher.jwk.x}`]
  const remote_definitions = { accept: true, keys, allow_private: one.allow_private ?? false }
  const read = await readTold(stage, { ...insideTold, config: { ...insideTold.config, remote_definitions } })
  if ('finding' in read) return read.finding
  const { remote } = read.settings
  if (remote === null) throw new Error('definitions are accepted, and nobody takes them')
  const trusted = await trustedKeys(remote, [await keyOf(3)])
  const set = await openSetInForce({
    files: forgetful,
    trusted: async () => trusted,
    nowMs: stage.nowMs,
    unusable: () => undefined,
  })
  const ends = instant(stage.nowMs() + dayMs)
  await set.offer(await sealDefinitionSet([publisher], { version: 10, expires: ends, definitions: [] }))
  const judged = await set.offer(await textOf(stage, one))
  if (judged.verdict !== 'take') return denied(judged.verdict === 'same' ? 'same' : judged.reason)
  const plan = await remote.plan(judged.set.definitions)
  const [refused] = plan.refused
  if (refused !== undefined) return denied(`${refused.reason}: ${refused.what}`)
  stage.set({ ...nobody, ...(one.provider === 'inside' ? { own: insideAt } : {}) })
  return together((await stage.measure(plan.probes)).map(findingOf))
}

const denied = (reason: string): Finding => ({ verdict: 'deny', by: 'settings', reason })

/** 1: the publisher that is listed · 2: a stranger · 3: the aggregator, which is not listed. */
const signers = { publisher: 1, stranger: 2, aggregator: 3 } as const

const textOf = async (stage: Stage, one: CaseOf<'remote_set'>): Promise<string> => {
  const { provider = 'openai', version = 11, ends_in_days: days = 7, signed_by: by = 'publisher' } = one
  const definitions = (one.with ?? [{}]).map(change => ({ ...goodDefinition(provider), ...change }))
  const expires = instant(stage.nowMs() + days * dayMs)
  const text = await sealDefinitionSet([await keyOf(signers[by])], { version, expires, definitions })
  return one.spoilt === undefined ? text : spoil[one.spoilt](text, (await keyOf(signers.publisher)).jwk.x)
}

interface Envelope {
  readonly payload: string
  readonly signatures: readonly { readonly protected: string; readonly signature: string }[]
}

const changed = (text: string, change: (envelope: Envelope) => unknown): string =>
  JSON.stringify(change(JSON.parse(text)))

const withHeader = (text: string, header: object): string =>
  changed(text, ({ payload, signatures: [first] }) => {
    const own: object = JSON.parse(Buffer.from(first?.protected ?? '', 'base64url').toString())
    const head = Buffer.from(JSON.stringify({ ...own, ...header })).toString('base64url')
    return { payload, signatures: [{ protected: head, signature: first?.signature }] }
  })

/** Another payload under a signature that was good. */
const otherPayload = (payload: string): string =>
  Buffer.from(Buffer.from(payload, 'base64url').toString().replace('"version":11', '"version":99')).toString(
    'base64url',
  )

const spoil: Readonly<
  Record<NonNullable<CaseOf<'remote_set'>['spoilt']>, (text: string, publicKey: string) => string>
> = {
  cut: text => text.slice(0, -20),
  long: text => text.padEnd((1 << 20) + 1),
  page: () => `<html><!-- ${definitionsType} --></html>`,
  twice: text => changed(text, ({ payload, signatures }) => ({ payload, signatures: [...signatures, ...signatures] })),
  unsigned: text => changed(text, ({ payload }) => ({ payload, signatures: [] })),
  payload: text => changed(text, ({ payload, signatures }) => ({ payload: otherPayload(payload), signatures })),
  alg_none: text => withHeader(text, { alg: 'none' }),
  crit: text => withHeader(text, { crit: ['b64'], b64: false }),
  jwk: text => withHeader(text, { jwk: { kty: 'OKP', crv: 'Ed25519', x: 'A'.repeat(43) } }),
  hs256: (text, publicKey) =>
    changed(withHeader(text, { alg: 'HS256' }), ({ payload, signatures: [first] }) => ({
      payload,
      signatures: [
        {
          protected: first?.protected,
          // what everybody knows, as if it were a secret
          signature: createHmac('sha256', Buffer.from(publicKey, 'base64url'))
            .update(`${first?.protected}.${payload}`)
            .digest('base64url'),
        },
      ],
    })),
}

/** Nothing of a case outlives it. */
const forgetful: Parameters<typeof openSetInForce>[0]['files'] = {
  list: async () => [],
  read: () => Promise.reject(new Error('nothing was kept')),
  create: async () => ({ append: async () => {}, sync: async () => {}, close: async () => {} }),
  overwrite: async () => {},
  rename: async () => {},
  remove: async () => {},
  syncFolder: async () => {},
}
