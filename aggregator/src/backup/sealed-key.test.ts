import { Secret } from '@llmstatus/shared/secret'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../test/random.ts'
import { openSealedKey, sealKey } from './sealed-key.ts'

const passphrase = new Secret('correct-horse')
const kid = 'the-aggregator'
const text = `${'A'.repeat(43)}\n`
const sealed = sealKey(text, { passphrase, kid }, seededRandom('salt'))

describe('a sealed key', () => {
  it('opens with its passphrase, and shows nothing of itself', () => {
    expect(openSealedKey(sealed, { passphrase, kid })).toBe(text)
    expect(JSON.stringify(sealed)).not.toContain('AAAAAAAA')
    expect(sealed).toMatchObject({ kdf: 'scrypt', n: 131_072, cipher: 'aes-256-gcm' })
  })

  it('opens with no other, for no other aggregator, and not at a lower cost', () => {
    const refusal = { code: 'archive_unusable' }
    const open =
      (over: Partial<typeof sealed>, with_ = { passphrase, kid }) =>
      () =>
        openSealedKey({ ...sealed, ...over }, with_)
    expect(open({}, { passphrase: new Secret('correct-hors'), kid })).toThrow(expect.objectContaining(refusal))
    expect(open({}, { passphrase, kid: 'another' })).toThrow(expect.objectContaining(refusal))
    expect(open({ n: 1 << 14 })).toThrow(expect.objectContaining(refusal))
    const turned = Buffer.from(sealed.sealed, 'base64url')
    turned[3] = (turned[3] ?? 0) ^ 1
    expect(open({ sealed: turned.toString('base64url') })).toThrow(expect.objectContaining(refusal))
  })
})
