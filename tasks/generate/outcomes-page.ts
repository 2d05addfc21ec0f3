import { type Blame, operations, outcomeCodes, outcomes, type Retry, skipCodes, skips } from '@llmstatus/shared/outcome'
import { table } from './markdown.ts'

const whose: Readonly<Record<Blame, string>> = {
  provider: 'the provider',
  account: 'your account',
  config: 'your configuration',
  vantage: 'this vantage',
}

const nextLook: Readonly<Record<Retry, string>> = {
  none: '',
  followup: 'within seconds',
  next_slot: 'at its next time',
  after_change: 'not before something changes',
}

export const outcomesPage =
  (): string => `<!-- Written by \`npm run generate\` from shared/src/outcome.ts: change it there. -->

# Outcomes

Every planned probe ends as exactly one of these outcomes, or as a skip. The list is closed: the same word stands in the
log, in the database, in the API and on the page. Only what counts against the provider can make a provider look down.

${table(
  ['outcome', 'whose problem', 'looked at again', 'meaning'],
  outcomeCodes.map(code => {
    const { blame, retry, meaning } = outcomes[code]
    return [`\`${code}\``, blame === null ? '–' : whose[blame], nextLook[retry], meaning]
  }),
)}

\`dns_failed\`, \`connect_failed\`, \`tls_failed\` and \`connection_reset\` count against the provider only where this vantage
has reached that origin in the last 24 hours. Otherwise they carry the signal \`never_reached\` and belong to the vantage. So does what a proxy of one's own did (signal
\`proxy_failed\`): it was not there, it refused, it did not speak HTTP. Where it answered 502, 503 or 504, or nothing within
the time for a connection, it may be the provider that could not be reached, and the rule above holds.

## Skips

A slot that was planned and not measured. It counts as coverage, never as up or down.

${table(
  ['skip', 'meaning'],
  skipCodes.map(code => [`\`${code}\``, skips[code]]),
)}

## Operations

Where in its life a probe ended, in this order: ${operations.map(operation => `\`${operation}\``).join(' → ')}.
`
