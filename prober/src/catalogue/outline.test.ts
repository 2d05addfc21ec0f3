import { expect, test } from 'vitest'
import { outline } from './outline.ts'

test('a record is read as YAML would have it', () => {
  const record = {
    id: 'acme',
    price: { input: 0.1, note: null },
    env: ['A', 'B'],
    messages: [{ role: 'user', content: 'one\ntwo\n' }],
    nothing: {},
    isIt: false,
  }
  expect(outline(record)).toEqual([
    'id: acme',
    'price:',
    '  input: 0.1',
    '  note: –',
    'env:',
    '  - A',
    '  - B',
    'messages:',
    '  -',
    '    role: user',
    '    content:',
    '      one',
    '      two',
    'nothing: –',
    'isIt: false',
  ])
})

test('text from a file moves no cursor', () => {
  expect(outline({ '\u001b[2J': 'a\u001b]0;b\u0007\u202ec' })).toEqual(['?[2J: a?]0;b??c'])
})
