import fc from 'fast-check'
import { expect, it } from 'vitest'
import { csvCell } from './csv.ts'

it.each([
  ['=1+1', `"'=1+1"`],
  ['+1', `"'+1"`],
  ['-1', `"'-1"`],
  [-1, `"'-1"`],
  ['@cf/meta', `"'@cf/meta"`],
  ['\t=1', `"'\t=1"`],
  ['\r=1', `"'\r=1"`],
  ['a,b', '"a,b"'],
  ['a"b', '"a""b"'],
  [null, ''],
  [true, 'true'],
  [0.5, '0.5'],
])('%j is written %s', (cell, text) => {
  expect(csvCell(cell)).toBe(text)
})

it('no cell is a formula to whoever opens it, and every one is read back', () => {
  fc.assert(
    fc.property(fc.string(), text => {
      const written = csvCell(text)
      const read = written.startsWith('"') ? written.slice(1, -1).replaceAll('""', '"') : written
      expect(/^[=+\-@\t\r]/.test(read)).toBe(false)
      expect(read.replace(/^'(?=[=+\-@\t\r])/, '')).toBe(text.replace(/^'(?=[=+\-@\t\r])/, ''))
    }),
  )
})
