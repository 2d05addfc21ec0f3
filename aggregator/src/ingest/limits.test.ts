import { expect, it } from 'vitest'
import { createAllowance } from '../api/allowance.ts'
import { doorLimits } from '../api/door-guard.ts'
import { ingestLimits } from './limits.ts'

const batch = 200 * 1024
const batches = 864_000 / 2000

it('a prober that was away for three days drains in two minutes, at whatever pace', () => {
  for (const everyMs of [0, 277]) {
    const prober = createAllowance(ingestLimits.rates)
    const address = createAllowance({ requests: doorLimits.requests, bytes: doorLimits.bytes })
    for (let n = 0; n < batches; n++) {
      const nowMs = n * everyMs
      expect(prober({ sender: '1', of: { batches: 1, bytes: batch }, nowMs })).toBe(0)
      expect(address({ sender: 'ip', of: { requests: 1, bytes: batch }, nowMs })).toBe(0)
    }
  }
})

it('a hundred probers behind one address report as they always do', () => {
  const spend = createAllowance({ requests: doorLimits.requests, bytes: doorLimits.bytes })
  for (let n = 0; n < 10_000; n++)
    expect(spend({ sender: 'ip', of: { requests: 1, bytes: 20_000 }, nowMs: n * 100 })).toBe(0)
})
