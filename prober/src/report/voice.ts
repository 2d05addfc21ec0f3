import { unreachable } from '@llmstatus/shared/errors'
import type { Log } from '../log.ts'
import type { Announcer } from './announce.ts'
import { hints } from './hints.ts'
import type { WaitCode } from './remedy.ts'
import type { ReportNews } from './send-one.ts'

/** What the operator reads of the way to the aggregator: a line when something changes, none while it goes well. */
export const createVoice =
  (deps: { readonly log: Log; readonly announcer: Announcer; readonly spoolBytes: () => number }) =>
  (news: ReportNews, { isNew }: { readonly isNew: boolean }): void => {
    if (news.news === 'trouble')
      deps.announcer.trouble('results wait for the aggregator', { why: news.why, spool_bytes: deps.spoolBytes() })
    if (news.news === 'accepted') deps.announcer.over('the aggregator takes results again')
    const isSaidOnce = news.news === 'waiting' || news.news === 'forked'
    const said = isSaidOnce && !isNew ? null : wordsFor(news)
    if (said !== null) deps.log[said.level](said.fields, said.words)
  }

interface Said {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly fields: Readonly<Record<string, unknown>>
  readonly words: string
}

const wordsFor = (news: ReportNews): Said | null => {
  switch (news.news) {
    case 'accepted': {
      const { seq, lines, rejected } = news
      const [first] = rejected
      if (first === undefined) return { level: 'debug', fields: { seq, lines }, words: 'a batch was taken' }
      const fields = { seq, lines: rejected.length, first: first.line, reason: first.reason }
      return { level: 'warn', fields, words: 'a batch was taken, and some of its lines were not understood' }
    }
    case 'approved':
      return { level: 'info', fields: {}, words: 'approved: the aggregator takes results now' }
    case 'waiting':
      return { level: 'warn', fields: { code: news.code }, words: waiting[news.code] }
    case 'refused':
      return {
        level: 'error',
        fields: { seq: news.seq, code: news.code },
        words: 'a batch was refused; it is in quarantine',
      }
    case 'repositioned': {
      const fields = { seq: news.seq, expected_seq: news.expectedSeq }
      return { level: 'warn', fields, words: 'the aggregator stands elsewhere in the chain; a gap record says so' }
    }
    case 'resending': {
      const fields = { seq: news.seq, expected_seq: news.expectedSeq }
      return { level: 'warn', fields, words: 'the aggregator has lost what it had; it gets it again from here' }
    }
    case 'rewound':
      return { level: 'info', fields: {}, words: 'going on from where the aggregator stands, as somebody asked' }
    case 'forked':
      return { level: 'error', fields: { seq: news.seq }, words: forked }
    case 'trouble':
    case 'offset':
      return null
    default:
      return unreachable(news)
  }
}

const waiting: Readonly<Record<WaitCode, string>> = {
  not_approved: `waiting for approval at the aggregator; ${hints.not_approved}`,
  unknown_key: `the aggregator does not know this prober's key; ${hints.unknown_key}`,
  revoked: `this prober was revoked; ${hints.revoked}`,
  quarantined: `the aggregator holds this prober in quarantine; ${hints.quarantined}`,
}

const forked = `two histories under one key: this prober was cloned, or its volume restored; ${hints.forked}`
