import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { seededRandom } from '../../test/random.ts'
import { realFiles } from './files.ts'
import { loadKey } from './key-file.ts'

describe("the aggregator's key", () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'key-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))
  const load = (kind: 'own' | 'given', seed = 'a') =>
    loadKey(realFiles, seededRandom(seed), { path: join(folder, 'aggregator.key'), kind })

  it('is made on the first start, for its owner alone, and is the same ever after', async () => {
    const first = await load('own')
    expect(statSync(join(folder, 'aggregator.key')).mode & 0o777).toBe(0o600)
    expect((await load('own', 'other randomness')).kid).toBe(first.kid)
    expect((await load('given')).kid).toBe(first.kid)
  })

  it('that should be there and is not stops the start', async () => {
    await expect(load('given')).rejects.toMatchObject({ code: 'secret_unreadable', exit: 2 })
  })

  it('is never replaced, however broken it is', async () => {
    writeFileSync(join(folder, 'aggregator.key'), 'half a k')
    await expect(load('own')).rejects.toMatchObject({ code: 'secret_unreadable' })
    expect(realFiles.read(join(folder, 'aggregator.key'))).toBe('half a k')
  })
})
