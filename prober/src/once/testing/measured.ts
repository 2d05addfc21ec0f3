import type { Outcome } from '@llmstatus/shared/outcome'
import type { ResultLine } from '@llmstatus/shared/result'
import { okLine, testProbe } from '../../../test/test-probe.ts'
import type { Probe } from '../../probe.ts'
import type { Measured } from '../table.ts'

const slot = { id: '01a1f919-89de-7ea9-9cc0-92268a32b492', slotMs: Date.parse('2026-11-20T12:00:00.000Z') }

/** A result as it might have come, for what is written about it. */
export const measured = (probe: Partial<Probe>, line: Partial<ResultLine> = {}): Measured => {
  const whole = testProbe(probe)
  return { probe: whole, line: { ...okLine(whole, { ...slot, why: 'manual' }, slot.slotMs), ...line } }
}

const us = { dns: 4000, tcp: 12_000, tls: 31_000, sent: 31_200, first_byte: 240_000 }

export const reachability = (provider: string, line: Partial<ResultLine> = {}): Measured =>
  measured({ provider }, { us: { ...us, first_token: null, first_visible: null, last_byte: 251_000 }, ...line })

export const chat = (
  provider: string,
  { probe = {}, line = {} }: { readonly probe?: Partial<Probe>; readonly line?: Partial<ResultLine> } = {},
): Measured =>
  measured(
    {
      provider,
      model: 'small-1',
      probe: 'chat',
      type: 'chat',
      billed: true,
      price: { input: 0.1, output: 0.4 },
      timeoutMs: 30_000,
      expected: { response_contains: '{{nonce}}', max_tokens: 10 },
      credential: {
        ...testProbe().credential,
        name: provider,
        provider,
        origin: `https://api.${provider}.example`,
        auth: { header: 'authorization', scheme: 'bearer', secret: {} as never },
      },
      ...probe,
    },
    {
      us: { ...us, first_token: 312_000, first_visible: 312_000, last_byte: 455_000 },
      tokens: { in: 24, out: 5, reasoning: null },
      chunks: 5,
      cost_usd: 0.0000044,
      content: 'pass',
      ...line,
    },
  )

/** One that did not get as far as its first token. */
export const failed = (provider: string, outcome: Outcome, line: Partial<ResultLine> = {}): Measured =>
  chat(provider, {
    line: {
      outcome,
      us: { ...us, first_token: null, first_visible: null, last_byte: 260_000 },
      tokens: { in: null, out: null, reasoning: null },
      chunks: 0,
      cost_usd: null,
      content: 'none',
      ...line,
    },
  })
