import { describe, expect, it } from 'vitest'
import { nextMigration } from './migrate.ts'

const known = [1, 2].map(n => ({ n, name: `000${n}-x.sql`, sql: '', sha256: `s${n}` }))

describe('the next migration', () => {
  it('is the first that is not there', () => {
    expect(nextMigration(known, [])?.n).toBe(1)
    expect(nextMigration(known, known.slice(0, 1))?.n).toBe(2)
    expect(nextMigration(known, known)).toBeNull()
  })

  it('does not exist for a database with a file that this version does not know', () => {
    expect(() => nextMigration(known, [...known, { n: 3, name: '0003-y.sql', sha256: 's3' }])).toThrow(
      expect.objectContaining({ code: 'schema_newer' }),
    )
  })

  it('does not exist for a database that was made with another text', () => {
    expect(() => nextMigration(known, [{ n: 1, name: '0001-x.sql', sha256: 'other' }])).toThrow(
      expect.objectContaining({ code: 'schema_changed' }),
    )
  })
})
