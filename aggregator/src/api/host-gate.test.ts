import { describe, expect, it } from 'vitest'
import { hostName, isLoopback } from '../config/loopback.ts'
import { type Access, gate } from './host-gate.ts'

const here = { host: '127.0.0.1', publicUrl: null, publicRead: false }
const everywhere = { ...here, host: '0.0.0.0' }
const ask = (host: string, access: Access = 'read') => ({ host, access })

describe('while it listens on loopback', () => {
  it.each(['127.0.0.1', '127.0.0.1:8420', 'localhost', 'LOCALHOST:9', '[::1]', '[::1]:8420', 'localhost.'])(
    '%s is answered',
    host => {
      expect(gate(here, ask(host))).toBeNull()
    },
  )

  it.each([
    '',
    'evil.example',
    'evil.example:8420',
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    '10.0.0.1',
    '[::2]',
  ])('%s is not', host => {
    for (const access of ['read', 'public', 'door'] as const)
      expect(gate(here, ask(host, access))).toBe('host_not_allowed')
  })

  it('the name that people use is answered too', () => {
    const rules = { ...here, publicUrl: 'https://Status.example.com/llm' }
    expect(gate(rules, ask('status.example.com'))).toBeNull()
    expect(gate(rules, ask('other.example.com'))).toBe('host_not_allowed')
  })
})

describe('while it listens for others', () => {
  it('the doors of probers are open, and nothing can be read', () => {
    expect(gate(everywhere, ask('status.example.com', 'door'))).toBeNull()
    expect(gate(everywhere, ask('localhost', 'read'))).toBe('sign_in_required')
    expect(gate(everywhere, ask('localhost', 'public'))).toBe('sign_in_required')
  })

  it('what is public can be opened, and nothing else', () => {
    const open = { ...everywhere, publicRead: true }
    expect(gate(open, ask('status.example.com', 'public'))).toBeNull()
    expect(gate(open, ask('status.example.com', 'read'))).toBe('sign_in_required')
  })
})

describe('a name', () => {
  it('is compared without port, brackets, case and final dot', () => {
    expect(['A.b:80', '[::1]:80', '[::1]', 'x.', 'x'].map(hostName)).toEqual(['a.b', '::1', '::1', 'x', 'x'])
  })

  it('is loopback when it is this machine by any of its names', () => {
    expect(['127.0.0.1', '127.9.9.9', '::1', 'localhost'].every(isLoopback)).toBe(true)
    expect(['0.0.0.0', '::', '128.0.0.1', '1127.0.0.1', '::ffff:127.0.0.1'].some(isLoopback)).toBe(false)
  })
})
