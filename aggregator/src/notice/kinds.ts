import type { Blame } from '@llmstatus/shared/outcome'

/**
 * What somebody should know that is no incident: a closed list. What a kind looks for stands in the file of its name's family;
 * here is what it means, whose it is, how much it matters, and when it is over.
 */

export const severities = ['urgent', 'warning', 'info'] as const
export type Severity = (typeof severities)[number]

const minuteMs = 60_000
const hourMs = 60 * minuteMs

interface KindRow {
  /** urgent: something is not watched until somebody acts · warning: soon · info: good to know */
  readonly severity: Severity
  readonly blame: Blame | null
  readonly meaning: string
  readonly todo: string
  /** It is over when its cause has been away for this long. */
  readonly staysMs: number
}

export const kinds = {
  key_rejected: {
    severity: 'urgent',
    blame: 'account',
    meaning: 'A provider refuses the key: it is missing, wrong, expired or revoked.',
    todo: 'Give this prober a key that works.',
    staysMs: 0,
  },
  quota_gone: {
    severity: 'urgent',
    blame: 'account',
    meaning: 'Credits, a spend cap or the plan of the account are used up.',
    todo: 'Pay, or raise the limit, at the provider.',
    staysMs: 0,
  },
  access_denied: {
    severity: 'warning',
    blame: 'account',
    meaning: 'The key works, and may not use this model or this region.',
    todo: 'Ask the provider for access, or probe another model.',
    staysMs: 0,
  },
  headroom_low: {
    severity: 'warning',
    blame: 'account',
    meaning: 'Less than 30 % of the rate limit of the account is left, seen twice in a row.',
    todo: 'Find out who uses the account, or have the limit raised: the next thing is 429s.',
    staysMs: 10 * minuteMs,
  },
  model_gone: {
    severity: 'warning',
    blame: 'config',
    meaning: 'The provider does not know the model, or no longer.',
    todo: 'Name another model in the configuration of this prober.',
    staysMs: 0,
  },
  question_refused: {
    severity: 'warning',
    blame: 'config',
    meaning: 'The provider takes the key and not the question: it is malformed, filtered, or cut off by our own limit.',
    todo: 'Mend the definition of this probe.',
    staysMs: 0,
  },
  definitions_expired: {
    severity: 'info',
    blame: 'config',
    meaning: 'The signed set of definitions has expired: no prober has asked for it for two weeks.',
    todo: 'Let a prober accept it (remote_definitions), or remove the definitions.',
    staysMs: 0,
  },
  model_changed: {
    severity: 'info',
    blame: null,
    meaning: 'The provider answers with another model than before, by what it calls itself.',
    todo: 'Expect other latencies and other answers; pin a version if that matters.',
    staysMs: 24 * hourMs,
  },
  tokens_slow: {
    severity: 'warning',
    blame: 'provider',
    meaning: 'The median of tokens per second is below the floor that the definition sets.',
    todo: 'Compare with other vantages before you blame the provider.',
    staysMs: 10 * minuteMs,
  },
  certificate_ends: {
    severity: 'warning',
    blame: 'provider',
    meaning: 'The certificate of this origin ends sooner than the definition allows.',
    todo: 'Renew it where it is yours; elsewhere tell whoever runs it.',
    staysMs: 0,
  },
  never_reached: {
    severity: 'warning',
    blame: 'vantage',
    meaning: 'This vantage has never reached the origin: that says something about its network.',
    todo: 'Open the firewall (llmstatus-prober egress lists what is needed), or take the provider out here.',
    staysMs: 0,
  },
  proxy_failing: {
    severity: 'urgent',
    blame: 'vantage',
    meaning: 'The proxy of this vantage fails.',
    todo: 'Mend the proxy, or its address and password in the configuration.',
    staysMs: 0,
  },
  guard_refuses: {
    severity: 'warning',
    blame: 'vantage',
    meaning: "The prober's own guard refuses the address that the name stands for.",
    todo: 'Where it is meant to be private: list it under net.private. Else ask who answers for that name.',
    staysMs: 0,
  },
  coverage_lost: {
    severity: 'warning',
    blame: 'vantage',
    meaning: 'Less than half of what was planned in the last hour was measured.',
    todo: 'See what took it: a budget, an overloaded machine, a network that is away.',
    staysMs: 10 * minuteMs,
  },
  prober_quiet: {
    severity: 'urgent',
    blame: 'vantage',
    meaning: 'Nothing comes from this prober any more.',
    todo: 'See whether it runs, and whether it reaches this aggregator (llmstatus-prober check).',
    staysMs: 0,
  },
  clock_off: {
    severity: 'warning',
    blame: 'vantage',
    meaning: 'The clock of this prober is more than 30 s away from ours.',
    todo: 'Let the machine keep its time (NTP). Results more than 120 s ahead of us do not vote.',
    staysMs: 0,
  },
  outcomes_differ: {
    severity: 'warning',
    blame: 'vantage',
    meaning: 'We read the results of this prober otherwise than it does itself.',
    todo: 'Bring both to the same version. What counts is our reading.',
    staysMs: 10 * minuteMs,
  },
  lines_rejected: {
    severity: 'warning',
    blame: 'vantage',
    meaning: 'Lines of this prober could not be read. Its batches are kept whole.',
    todo: 'Bring both to the same version, and report a bug if they are.',
    staysMs: hourMs,
  },
} as const satisfies Record<string, KindRow>

export type Kind = keyof typeof kinds
export const kindNames = Object.keys(kinds) as [Kind, ...Kind[]]
