import { describe, expect, it } from 'vitest'
import { createBook } from './book.ts'
import { Scenario, type ScenarioInput } from './schema.ts'

const scenario = (input: ScenarioInput): Scenario => Scenario.parse(input)
const stages = ['whole', 'said'] as const

describe('createBook', () => {
  it("puts a model's scenario before its provider's", () => {
    const book = createBook(1)
    book.put(scenario({ provider: 'a', do: 'status', args: { code: 500 } }))
    book.put(scenario({ provider: 'a', model: 'm', do: 'healthy' }))
    expect(book.pick({ provider: 'a', model: 'm', stages })?.do).toBe('healthy')
    expect(book.pick({ provider: 'a', model: 'n', stages })?.do).toBe('status')
    expect(book.pick({ provider: 'b', model: 'm', stages })).toBeNull()
  })

  it('keeps one scenario for each place: a later one replaces it', () => {
    const book = createBook(1)
    book.put(scenario({ provider: 'a', do: 'stall' }))
    book.put(scenario({ provider: 'a', do: 'empty' }))
    expect(book.all().map(one => one.do)).toEqual(['empty'])
  })

  it("leaves a listing alone where only what is said is spoilt, and a request alone that waits for its connection's turn", () => {
    const book = createBook(1)
    book.put(scenario({ provider: 'a', do: 'stall' }))
    expect(book.pick({ provider: 'a', model: null, stages: ['whole'] })).toBeNull()
    book.put(scenario({ provider: 'a', do: 'hang_tls' }))
    expect(book.pick({ provider: 'a', model: 'm', stages })).toBeNull()
    expect(book.pick({ provider: 'a', model: null, stages: ['connection'] })?.do).toBe('hang_tls')
  })

  it('gives a share its share, the same for the same seed, whatever other providers do', () => {
    const run = (seed: number, disturbed: readonly number[]) => {
      const book = createBook(seed)
      book.put(scenario({ provider: 'a', share: 0.3, do: 'empty' }))
      book.put(scenario({ provider: 'b', share: 0.3, do: 'empty' }))
      return Array.from({ length: 1000 }, (_, n) => {
        if (disturbed.includes(n)) book.pick({ provider: 'b', model: null, stages })
        return book.pick({ provider: 'a', model: null, stages }) !== null
      })
    }
    const first = run(7, [])
    expect(first.filter(Boolean).length / 1000).toBeCloseTo(0.3, 1)
    expect(run(7, [3, 50, 999])).toEqual(first)
    expect(run(8, [])).not.toEqual(first)
  })

  it('takes away one model, one provider, or everything', () => {
    const filled = () => {
      const book = createBook(1)
      book.put(scenario({ provider: 'a', do: 'empty' }))
      book.put(scenario({ provider: 'a', model: 'm', do: 'empty' }))
      book.put(scenario({ provider: 'b', do: 'empty' }))
      return book
    }
    const left = (removal: { provider?: string; model?: string }) => {
      const book = filled()
      book.remove(removal)
      return book.all().map(one => `${one.provider}/${one.model ?? ''}`)
    }
    expect(left({ provider: 'a', model: 'm' })).toEqual(['a/', 'b/'])
    expect(left({ provider: 'a' })).toEqual(['b/'])
    expect(left({})).toEqual([])
  })
})
