import { thumbprintGroups } from '@llmstatus/shared/identity'
import { leaveAsk } from '../report/asks.ts'
import type { Identity } from '../report/identity-file.ts'
import { noIdentityIn } from '../report/join.ts'
import type { Command } from './command.ts'
import type { Shell } from './shell.ts'

export const identity: Command = {
  name: 'identity',
  summary: 'says who this prober is, and what the aggregator thinks of it',
  about: [
    'Compare the thumbprint with the one the aggregator shows before you approve the prober there.',
    'The state is asked from the aggregator; without an answer it is `unreachable`.',
    'The key is followed by another after 180 days by itself. With --rotate it is at the next start, or within the hour where this prober runs: the next key is written down, the one before signs it into the chain, and both are kept until a receipt says that it was taken.',
  ],
  flags: [
    { name: 'json', summary: 'as one JSON object' },
    { name: 'jwks', summary: 'its public keys, the first one first, as `verify --key` takes them' },
    { name: 'rotate', summary: 'asks for another key' },
  ],
  example: 'llmstatus-prober identity --json',
  run: async (shell, flags) => {
    const settings = await shell.settings()
    const found = await shell.identity(settings.dataDir)
    if (found === null) throw noIdentityIn(settings.dataDir)
    if (flags.has('rotate')) return rotate(shell, settings.dataDir)
    if (flags.has('jwks')) {
      shell.out(`${JSON.stringify({ keys: [...found.former, found.key].map(({ jwk }) => jwk) })}\n`)
      return 0
    }
    const url = settings.aggregator.url ?? found.aggregator.url
    const state = await stateOf(shell, found, { ...settings.aggregator, url })
    const { kid } = found.key
    const facts = { prober_id: found.prober, kid, groups: thumbprintGroups(kid), aggregator: url, state }
    shell.out(flags.has('json') ? `${JSON.stringify(facts)}\n` : asText(facts))
    return 0
  },
}

const rotate = async (shell: Shell, dataDir: string): Promise<number> => {
  await leaveAsk(shell.files(dataDir), 'rotate')
  shell.out('Its next key is made at its next start, or within the hour where it runs.\n')
  return 0
}

const stateOf = async (shell: Shell, { prober }: Identity, to: Parameters<Shell['openDoor']>[0]): Promise<string> => {
  const door = shell.openDoor(to)
  const path = `/api/v1/enrol/${prober}`
  const answer = await door.call({ method: 'GET', path, headers: {}, body: null, timeoutMs: 3000 })
  await door.close()
  if (!answer.ok || answer.json === null) return 'unreachable'
  if (answer.status === 404) return 'unknown'
  return typeof answer.json.state === 'string' ? answer.json.state.slice(0, 32) : 'unreachable'
}

const asText = (facts: Readonly<Record<string, string>>): string =>
  Object.entries(facts)
    .map(([name, value]) => `${names[name] ?? name}: ${value}\n`)
    .join('')

const names: Readonly<Record<string, string>> = {
  prober_id: 'prober',
  kid: 'key',
  groups: 'thumbprint',
}
