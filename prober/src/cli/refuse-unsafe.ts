import { CodedError } from '@llmstatus/shared/errors'

/** A process that verifies no certificate would hand its keys to anybody on the way. */
export const refuseUnsafe = (env: Readonly<Record<string, string | undefined>>): void => {
  if (env.NODE_TLS_REJECT_UNAUTHORIZED === '0')
    throw new CodedError('egress_unsafe', 'NODE_TLS_REJECT_UNAUTHORIZED=0 would send keys to whoever answers.', {
      hint: 'Unset it; for a private authority set LLMSTATUS_CA_FILE.',
    })
}
