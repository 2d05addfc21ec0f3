import { expect, test } from 'vitest'
import { costOf } from './cost.ts'

const tokens = (input: number | null, out: number | null) => ({ in: input, out, reasoning: null })

test.each([
  [{ input: 0.1, output: 0.4 }, tokens(24, 5), 0.0000044],
  [{ input: 0.1, output: 0.4 }, tokens(24, null), null],
  [{ input: 0.1, output: 0.4 }, tokens(null, 5), null],
  [{ input: 0.02, output: 0 }, tokens(20, null), 0.0000004],
  [{ input: 0, output: 0 }, tokens(null, null), 0],
  [null, tokens(24, 5), null],
])('at %j, %j cost %s', (price, counted, usd) => expect(costOf(price, counted)).toBe(usd))
