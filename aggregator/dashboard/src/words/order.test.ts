import { expect, it } from 'vitest'
import { readStatus } from '../api/read.ts'
import { inOldOrder, inOrder } from './order.ts'

const providers =
  readStatus({
    vantages: [],
    providers: [
      { id: 'fine-b', name: 'B' },
      { id: 'fine-a', name: 'A' },
      { id: 'lost', state: 'unknown', reason: 'no_results' },
      { id: 'mine', state: 'unknown', blame: 'account', reason: 'auth_rejected' },
      { id: 'down', state: 'outage', blame: 'provider' },
    ].map(one => ({ state: 'operational', ...one })),
  })?.providers ?? []
const ids = (some: readonly { readonly id: string }[]) => some.map(({ id }) => id)

it('puts failures first, then what is yours, then the unknown, then the rest by name', () =>
  expect(ids(inOrder(providers))).toEqual(['down', 'mine', 'lost', 'fine-a', 'fine-b']))

it('keeps the order on the screen while it is held, and puts new rows last', () =>
  expect(ids(inOldOrder(providers, ['fine-b', 'fine-a', 'lost', 'mine']))).toEqual([
    'fine-b',
    'fine-a',
    'lost',
    'mine',
    'down',
  ]))
