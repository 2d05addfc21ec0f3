import { describe, expect, it } from 'vitest'
import { isUnavailable } from './unavailable.ts'

const failure = (message: string, code?: string) =>
  Object.assign(new Error(message), code === undefined ? {} : { code })

describe('a database failure', () => {
  it.each(['ECONNREFUSED', '57P01', '53100', '40P01', '55P03', '57014', '08006'])('%s means: come again', code => {
    expect(isUnavailable(failure('x', code))).toBe(true)
  })

  it('without a code is known by what the driver says', () => {
    expect(isUnavailable(failure('Connection terminated unexpectedly'))).toBe(true)
    expect(isUnavailable(new Error('wrapped', { cause: failure('x', 'ECONNRESET') }))).toBe(true)
  })

  it.each(['23505', '42P01', '22003'])('%s is a bug of ours', code => {
    expect(isUnavailable(failure('x', code))).toBe(false)
  })
})
