import { outcomeCodes, outcomes } from '@llmstatus/shared/outcome'
import { describe, expect, test } from 'vitest'
import { tokensPerSecond } from './speed.ts'
import { glyphs, slownessOf, stateOf } from './state.ts'
import { chat, failed, reachability } from './testing/measured.ts'

const state = ({ probe, line }: ReturnType<typeof chat>) => stateOf(probe, line)
const slowness = ({ probe, line }: ReturnType<typeof chat>) => slownessOf(probe, line)
const at = (firstTokenMs: number, lastMs = firstTokenMs + 100) => ({
  us: {
    ...chat('a').line.us,
    first_token: firstTokenMs * 1000,
    first_visible: firstTokenMs * 1000,
    last_byte: lastMs * 1000,
  },
})

describe('the shape of a result', () => {
  test('follows from whose problem it is', () => {
    for (const outcome of outcomeCodes.filter(each => each !== 'ok')) {
      const { blame } = outcomes[outcome]
      const shape = state(failed('acme', outcome))
      if (blame === 'account' || blame === 'config') expect(shape, outcome).toBe('yours')
      else if (blame === 'provider') expect(['broken', 'absent'], outcome).toContain(shape)
      else expect(shape, outcome).toBe('unknown')
    }
  })

  test('says whether something came at all', () => {
    expect(state(failed('acme', 'timeout'))).toBe('absent')
    expect(state(failed('acme', 'server_error'))).toBe('absent')
    expect(state(chat('acme', { line: { outcome: 'server_error' } }))).toBe('broken')
    expect(state(failed('acme', 'wrong_answer'))).toBe('broken')
  })

  test('of a network failure is unknown where nothing was ever reached, and the provider’s where it was', () => {
    expect(state(failed('acme', 'connect_failed', { signal: 'never_reached' }))).toBe('unknown')
    expect(state(failed('acme', 'connect_failed'))).toBe('absent')
  })

  test('is another for every state', () => {
    expect(new Set(Object.values(glyphs)).size).toBe(6)
  })
})

describe('slow', () => {
  test('is a first token after 3 s, of a reasoning model after 10, of a server of one’s own never', () => {
    expect(slowness(chat('acme', { line: at(3000) }))).toBeNull()
    expect(slowness(chat('acme', { line: at(3001) }))).toBe('first token after 3 s; slow is above 3 s')
    expect(slowness(chat('acme', { probe: { reasoning: true }, line: at(9000) }))).toBeNull()
    expect(slowness(chat('acme', { probe: { reasoning: true }, line: at(10_500) }))).not.toBeNull()
    expect(slowness(chat('acme', { probe: { billed: false }, line: at(60_000) }))).toBeNull()
  })

  test('is what a definition’s sla says, where it says something', () => {
    const probe = { sla: { ttfb_p95_ms: 200, total_p95_ms: 5000 } }
    expect(slowness(chat('acme', { probe, line: at(312) }))).toBe('first token after 0.31 s; slow is above 0.2 s')
    expect(slowness(chat('acme', { probe, line: at(100, 5001) }))).toBe('answer after 5 s; slow is above 5 s')
    expect(slowness(chat('acme', { probe: { sla: { ttfb_p95_ms: 5000 } }, line: at(4000) }))).toBeNull()
  })

  test('is too few tokens a second, where there are enough to tell', () => {
    const probe = { sla: { tps_p50_min: 100 } }
    const tokens = { in: 1, out: 50, reasoning: null }
    expect(slowness(chat('acme', { probe, line: { ...at(300, 1300), tokens, chunks: 50 } }))).toBe(
      '50 tokens/s; slow is below 100',
    )
    expect(slowness(chat('acme', { probe, line: { ...at(300, 700), tokens, chunks: 50 } }))).toBeNull()
  })

  test('is no word for reachability, which has nothing to be compared with', () => {
    const { line } = reachability('acme')
    expect(slowness(reachability('acme', { us: { ...line.us, last_byte: 60_000_000 } }))).toBeNull()
  })
})

describe('tokens a second', () => {
  const speed = (line: Parameters<typeof chat>[1]) => tokensPerSecond(chat('acme', line).line)
  const tokens = (out: number | null, reasoning: number | null = null) => ({ in: 1, out, reasoning })

  test('are the provider’s count over the time in which they came', () => {
    expect(speed({ line: { ...at(500, 1500), tokens: tokens(80), chunks: 20 } })).toBe(80)
  })

  test('leave out reasoning that was not streamed, and count what was', () => {
    expect(speed({ line: { ...at(500, 1500), tokens: tokens(80, 60), chunks: 20 } })).toBe(20)
    const us = { ...at(500, 1500).us, first_visible: 1_200_000 }
    expect(speed({ line: { us, tokens: tokens(80, 60), chunks: 20 } })).toBe(80)
  })

  test('are not known from a single piece, from a few tokens, without a count, or from a time that may be none', () => {
    expect(speed({ line: { ...at(500, 1500), tokens: tokens(80), chunks: 1 } })).toBeNull()
    expect(speed({ line: { ...at(500, 1500), tokens: tokens(5), chunks: 5 } })).toBeNull()
    expect(speed({ line: { ...at(500, 1500), tokens: tokens(null), chunks: 20 } })).toBeNull()
    expect(speed({ line: { ...at(500, 500), tokens: tokens(80), chunks: 20 } })).toBeNull()
    expect(speed({ line: { ...at(500, 510), tokens: tokens(80), chunks: 20, uncertainty_us: 4000 } })).toBeNull()
  })
})
