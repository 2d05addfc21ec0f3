import type { Definitions } from '../config/read-definitions.ts'
import type { Probe } from '../probe.ts'
import { probeRow } from './probes.ts'

/** A probe in full: what is asked of whom, how often and at what price. Its key is not in here. */
export const probeInFull = (
  probe: Probe,
  here: { readonly definitions: Definitions; readonly nowMs: number },
): Readonly<Record<string, unknown>> => {
  const { credential, method, path, warmUp, question, expected, quirks, sla, def } = probe
  const isAsked = probe.type !== 'tcp'
  return {
    ...probeRow(probe, here),
    asks: isAsked ? `${method} ${credential.origin}${path}` : `a connection to ${credential.origin}`,
    connection: warmUp === undefined ? 'cold' : `warm, after ${warmUp.method} ${credential.origin}${warmUp.path}`,
    proxy: credential.proxy?.origin ?? null,
    key_header: credential.auth?.header ?? null,
    private_addresses: credential.net.private,
    request:
      question === null
        ? null
        : {
            system: question.system,
            messages: question.messages,
            max_tokens: question.maxTokens,
            stream: question.stream,
          },
    expected,
    quirks,
    sla,
    def,
  }
}
