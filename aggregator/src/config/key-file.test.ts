import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { seededRandom } from '../../test/random.ts'
import { realFiles } from './files.ts'
import { keyFile } from './key-file.ts'

describe("the file of the aggregator's keys", () => {
  let folder = ''
  let path = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'key-'))
    path = join(folder, 'aggregator.key')
  })
  afterEach(() => rmSync(folder, { recursive: true }))
  const open = (kind: 'own' | 'given', seed = 'a', files = realFiles) =>
    keyFile(files, seededRandom(seed), { path, kind })
  const mode = () => statSync(path).mode & 0o777

  it('is made on the first start, for its owner alone, and is the same ever after', () => {
    const first = open('own').read()
    expect([first.length, mode(), readdirSync(folder)]).toEqual([1, 0o600, ['aggregator.key']])
    expect(open('own', 'other randomness').read()).toEqual(first)
    expect(open('given').read()).toEqual(first)
  })

  it('that should be there and is not stops the start', () => {
    expect(() => open('given').read()).toThrow('cannot be read (ENOENT)')
  })

  it.each(['half a k', '', '\n\n', `${'A'.repeat(43)}\nhalf a k\n`, `${'A'.repeat(43)}\n${'A'.repeat(43)}\n`])(
    'is never replaced, however broken it is: %j',
    text => {
      writeFileSync(path, text)
      expect(() => open('own').read()).toThrow('is not 32 bytes in base64url')
      expect(realFiles.read(path)).toBe(text)
    },
  )

  it('keeps every key it had when one is added', () => {
    const file = open('own')
    const [first] = file.read()
    file.add()
    file.add()
    const seeds = file.read()
    expect([seeds.length, seeds[0], mode(), readdirSync(folder)]).toEqual([3, first, 0o600, ['aggregator.key']])
    expect(new Set(seeds.map(String)).size).toBe(3)
  })

  it('takes a line whose end is missing, as an editor leaves it', () => {
    writeFileSync(path, 'A'.repeat(43))
    open('own').add()
    expect(open('own').read()).toHaveLength(2)
  })

  it('is whole or as it was, wherever writing it is cut off', () => {
    const before = open('own').read()
    for (const at of ['write', 'rename', 'settle'] as const) {
      const cut = () => {
        throw new Error(`cut at ${at}`)
      }
      expect(() => open('own', at, { ...realFiles, [at]: cut }).add()).toThrow('cut')
      const seeds = open('own').read()
      expect(seeds[0]).toEqual(before[0])
      expect(seeds).toHaveLength(at === 'settle' ? 2 : 1)
    }
    open('own').add()
    expect(readdirSync(folder)).toEqual(['aggregator.key'])
  })

  it('is not ours to write where it comes from outside', () => {
    writeFileSync(path, 'A'.repeat(43))
    expect(() => open('given').add()).toThrow('not ours')
  })
})
