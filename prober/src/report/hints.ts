import type { Standing } from './reporter.ts'

/** What an operator does about where this prober stands with its aggregator; the log and /readyz say the same. */
export const hints: Readonly<Record<Exclude<Standing, 'approved'>, string>> = {
  enrolling: 'nobody has answered the enrolment yet: check the address of the aggregator; results are kept here',
  not_approved:
    'compare the thumbprint of `llmstatus-prober identity`, then `llmstatus-aggregator probers approve`; results are kept here',
  unknown_key:
    'one of the two was restored from before the other knew it, or this one was away while keys changed: delete identity.json in the data folder and start with a new token; results are kept here, and go out then',
  revoked:
    'to take part again, delete identity.json in the data folder and start with a new token; results are kept here, and go out then',
  quarantined: 'find out why, then `llmstatus-aggregator probers release`; results are kept here',
  forked:
    'if this one is the true one, say `llmstatus-prober rewound` here and `llmstatus-aggregator probers release` there; nothing is sent until then, results are kept here',
}
