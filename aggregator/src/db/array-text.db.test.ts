import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { eachEngine } from '../../../test/postgres.ts'
import { arrayText, type Cell } from './array-text.ts'

eachEngine('an array that is written here', database => {
  const read = async (cells: readonly Cell[], type: string) => {
    const { rows } = await sql<{ cell: unknown }>`
      select cell from unnest(${arrayText(cells)}::${sql.raw(type)}[]) with ordinality as u(cell, n) order by n
    `.execute(database.store().db)
    return rows.map(row => row.cell)
  }

  it('reads as what went in, whatever its text', async () => {
    const texts = [
      '',
      ' ',
      'a b',
      'null',
      'NULL',
      '{',
      '}',
      ',',
      '"',
      '\\',
      '\\"',
      "'",
      'ü€😀',
      '\n',
      'a,{"b":"\\\\"}',
      null,
    ]
    expect(await read(texts, 'text')).toEqual(texts)
  })

  it('reads as the numbers and truths that went in', async () => {
    expect(await read([0, -1, 2_147_483_647, null], 'int')).toEqual([0, -1, 2_147_483_647, null])
    expect(await read([0.1, 1e-7, 3.4e38], 'float8')).toEqual([0.1, 1e-7, 3.4e38])
    expect(await read([9_007_199_254_740_991], 'bigint')).toEqual([9_007_199_254_740_991])
    expect(await read([true, false, null], 'boolean')).toEqual([true, false, null])
    expect(await read([], 'int')).toEqual([])
  })
})
