import { describe, expect, test } from 'vitest'
import { refuseAddress, refuseAddresses, refuseName } from './guard.ts'
import { createReached, reachedWindowMs } from './reached.ts'

const outside = { private: false, cidrs: [] }

describe('the guard', () => {
  test('lets public addresses be, and no other', () => {
    expect(refuseAddress('93.184.215.14', outside)).toBeNull()
    expect(refuseAddress('10.0.0.1', outside)).toBe('private')
    expect(refuseAddress('127.0.0.1', outside)).toBe('loopback')
    expect(refuseAddress('', outside)).toBe('invalid')
  })
  test('knows metadata where private is allowed', () => {
    expect(refuseAddress('169.254.169.254', { private: true, cidrs: [] })).toBe('metadata')
    expect(refuseName('metadata.google.internal')).toBe('metadata_name')
    expect(refuseName('api.openai.com')).toBeNull()
  })
  test('refuses a name for any of its addresses', () => {
    expect(refuseAddresses(['93.184.215.14', '10.0.0.1'], outside)).toBe('private')
    expect(refuseAddresses(['93.184.215.14', '2606:2800:21f:cb07:6820:80da:af6b:8b2c'], outside)).toBeNull()
  })
})

describe('an origin', () => {
  const origin = 'https://a.example'
  test('is reached for a day after its last answer', () => {
    const reached = createReached()
    expect(reached.within(origin, 0)).toBe(false)
    reached.note(origin, 1000)
    expect(reached.within(origin, 1000 + reachedWindowMs)).toBe(true)
    expect(reached.within(origin, 1001 + reachedWindowMs)).toBe(false)
  })
  test('is still reached after a restart that kept it', () => {
    const before = createReached()
    before.note(origin, 1000)
    expect(createReached(before.entries()).within(origin, 2000)).toBe(true)
  })
})
