import { CodedError } from '@llmstatus/shared/errors'
import { loadSettings, type ProberSettings } from '../config/settings.ts'
import { dialects } from '../dialects/dialects.ts'
import type { World } from './world.ts'

export const settingsOf = (world: World): ProberSettings => {
  refuseUnsafe(world.env)
  return loadSettings({ ...world, dialects: new Set(Object.keys(dialects)) })
}

/** A process that verifies no certificate would hand its keys to anybody on the way. */
const refuseUnsafe = (env: World['env']): void => {
  if (env.NODE_TLS_REJECT_UNAUTHORIZED === '0')
    throw new CodedError('egress_unsafe', 'NODE_TLS_REJECT_UNAUTHORIZED=0 would send keys to whoever answers.', {
      hint: 'Unset it; for a private authority set LLMSTATUS_CA_FILE.',
    })
}
