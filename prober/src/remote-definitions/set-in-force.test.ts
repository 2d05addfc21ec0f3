import { sealDefinitionSet } from '@llmstatus/shared/definition-set'
import { keyFromSeed, type SigningKey } from '@llmstatus/shared/identity'
import { instant } from '@llmstatus/shared/ids'
import { describe, expect, test } from 'vitest'
import { createDisk } from '../../test/crash-disk.ts'
import type { Judged } from './judge-offer.ts'
import { openSetInForce } from './set-in-force.ts'

const startMs = Date.UTC(2026, 5, 1)
const dayMs = 86_400_000
const keyOf = (byte: number) => keyFromSeed(new Uint8Array(32).fill(byte))
const [publisher, stranger] = [await keyOf(1), await keyOf(2)]

const definition = { provider: 'openai', probe_type: 'reachability', name: 'edge' }
const seal = (version: number, more: { by?: readonly SigningKey[]; days?: number; name?: string } = {}) =>
  sealDefinitionSet(more.by ?? [publisher], {
    version,
    expires: instant(startMs + (more.days ?? 7) * dayMs),
    definitions: [{ ...definition, name: more.name ?? 'edge' }],
  })

const begin = async (disk = createDisk(), trusted: readonly SigningKey[] = [publisher]) => {
  const state = { nowMs: startMs, trusted }
  const unusable: string[] = []
  const set = await openSetInForce({
    files: disk.files,
    trusted: async () => state.trusted,
    nowMs: () => state.nowMs,
    unusable: why => unusable.push(why),
  })
  return { ...set, disk, state, unusable, version: () => set.current()?.version ?? null }
}

const verdictOf = (judged: Judged): string => (judged.verdict === 'refused' ? judged.reason : judged.verdict)

describe('the set in force', () => {
  test('is the newest good one, and a restart finds it as it was signed', async () => {
    const run = await begin()
    expect(run.version()).toBeNull()
    expect([verdictOf(await run.offer(await seal(3))), run.version()]).toEqual(['take', 3])
    expect([verdictOf(await run.offer(await seal(3))), run.version()]).toEqual(['same', 3])
    expect([verdictOf(await run.offer(await seal(9))), run.version()]).toEqual(['take', 9])
    expect(run.disk.bytes('definitions.json').toString()).toBe(await seal(9))
    expect((await begin(run.disk)).version()).toBe(9)
  })

  test('does not go back, not even over a restart', async () => {
    const run = await begin()
    await run.offer(await seal(3))
    expect(verdictOf(await run.offer(await seal(2)))).toBe('rolled_back')
    expect(verdictOf(await (await begin(run.disk)).offer(await seal(2)))).toBe('rolled_back')
  })

  test('is not another one of the same version', async () => {
    const run = await begin()
    await run.offer(await seal(3))
    expect(verdictOf(await run.offer(await seal(3, { name: 'other' })))).toBe('version_reused')
    expect(verdictOf(await run.offer(await seal(3, { days: 8 })))).toBe('version_reused')
    expect(run.current()?.definitions).toEqual([definition])
  })

  test('is the same with a signature more', async () => {
    const run = await begin()
    await run.offer(await seal(3))
    expect(verdictOf(await run.offer(await seal(3, { by: [publisher, stranger] })))).toBe('same')
  })

  test('stays in force when its time is over, and a restart keeps it', async () => {
    const run = await begin()
    await run.offer(await seal(3))
    run.state.nowMs = startMs + 30 * dayMs
    await run.reload()
    expect(run.version()).toBe(3)
    expect((await begin(run.disk)).version()).toBe(3)
  })

  test.each([
    ['of the wrong key', () => seal(4, { by: [stranger] }), 'untrusted_key'],
    ['that has ended', () => seal(4, { days: -1 }), 'expired'],
    ['that would not end for a year', () => seal(4, { days: 365 }), 'lives_too_long'],
    ['cut off', async () => (await seal(4)).slice(0, -9), 'malformed'],
    ['of another text under an old signature', async () => swapped(await seal(3), await seal(4)), 'bad_signature'],
    ['of 1 MiB and a byte', async () => (await seal(4)).padEnd((1 << 20) + 1), 'too_large'],
    ['that is a page of a captive portal', async () => '<html>Welcome</html>', 'malformed'],
    ['that is empty', async () => '', 'malformed'],
  ])('gives way to no set %s', async (_what, offered, reason) => {
    const run = await begin()
    await run.offer(await seal(3))
    expect(verdictOf(await run.offer(await offered()))).toBe(reason)
    expect([run.version(), run.disk.bytes('definitions.json').toString()]).toEqual([3, await seal(3)])
  })

  test('counts only when it is on disk', async () => {
    const run = await begin()
    await run.offer(await seal(3))
    run.disk.failAt(0, Object.assign(new Error('full'), { syscall: 'write', code: 'ENOSPC' }))
    expect(await run.offer(await seal(4))).toEqual({ verdict: 'refused', reason: 'not_kept', detail: 'ENOSPC' })
    expect(run.version()).toBe(3)
    run.disk.heal()
    expect(verdictOf(await run.offer(await seal(4)))).toBe('take')
  })

  test('is gone with its key, and so is its version: a stolen key cannot use up the numbers', async () => {
    const run = await begin()
    await run.offer(await seal(Number.MAX_SAFE_INTEGER))
    run.state.trusted = [stranger]
    await run.reload()
    expect([run.version(), run.unusable]).toEqual([null, ['untrusted_key']])
    expect(verdictOf(await run.offer(await seal(1, { by: [stranger] })))).toBe('take')
  })

  test('is none where what is on disk was touched', async () => {
    const run = await begin()
    await run.offer(await seal(3))
    const bytes = run.disk.bytes('definitions.json')
    bytes.writeUInt8(bytes.readUInt8(40) ^ 1, 40)
    expect((await begin(run.disk)).version()).toBeNull()
  })
})

/** The payload of one under the signature of another. */
const swapped = (signed: string, other: string): string =>
  JSON.stringify({ ...JSON.parse(signed), payload: JSON.parse(other).payload })
