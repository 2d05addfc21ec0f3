import { discard } from '../framing/body.ts'
import type { Dialect } from './dialect.ts'

/** A port that opens. Nothing is sent, and so no key can be. */
export const tcp = {
  name: 'tcp',
  goal: 'connection',
  speaks: false,
  ask: ({ method, path }) => ({ method, path, headers: {}, body: null }),
  framing: () => discard,
  read: () => [],
  finishCloses: () => true,
} satisfies Dialect<'tcp'>
