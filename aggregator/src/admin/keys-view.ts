import { thumbprintGroups } from '@llmstatus/shared/identity'
import type { KeyRing } from '../keys/key-ring.ts'
import { candidates, type Keys } from '../keys/keys.ts'
import type { KeysView } from './admin.ts'

const instant = (ms: number): string => new Date(ms).toISOString()

export const keysView = ({ file }: Pick<Keys, 'file'>, ring: KeyRing): KeysView => {
  const { kid } = ring.inForce
  return {
    file: file.path,
    in_force: { kid, thumbprint: thumbprintGroups(kid), since: instant(ring.sinceMs) },
    former: ring.former.map(one => ({
      kid: one.kid,
      until: instant(one.untilMs),
      held: ring.held.some(key => key.kid === one.kid),
    })),
    next: candidates(ring).map(key => key.kid),
  }
}
