import { gzipSync } from 'node:zlib'
import { errorNamed, errorWithStatus } from '../providers/provider.ts'
import { noise } from '../random.ts'
import { bytesOf, type Reply, type Step, whole } from '../reply.ts'
import { wrongAnswerTo } from '../speech/answer.ts'
import { healthy, type Scene } from './healthy.ts'
import type { Args, Do, Scenario } from './schema.ts'
import { dripped, endlessly, reordered, until } from './steps.ts'

type Performed = Exclude<Do, 'hang_accept' | 'hang_tls' | 'bad_certificate'>

/** What each scenario makes of an answer. Those that happen before any request stand in serve/. */
const performances: { readonly [D in Performed]: (scene: Scene, args: Args<D>) => Reply } = {
  healthy: scene => healthy(scene),
  slow: (scene, args) => {
    const pace = { ...scene.pace, firstTokenMs: args.first_token_ms, perTokenMs: args.per_token_ms }
    return healthy(scene, { pace, listingMs: args.first_token_ms })
  },
  stall: (scene, args) => spoiled(scene, { after: args.after_tokens, ending: 'hang' }),
  truncate: (scene, args) => spoiled(scene, { after: args.after_tokens, ending: 'end' }),
  cut: (scene, args) => spoiled(scene, { after: args.after_tokens, ending: 'reset' }),
  error_midstream: (scene, args) => {
    const { provider } = scene
    const form =
      errorNamed(provider, args.error ?? '') ??
      errorNamed(provider, 'server_error') ??
      provider.dialect.errors.server_error
    if (!isStream(scene)) return whole(form.status, form.body)
    const good = healthy(scene)
    const failure: Step = {
      waitMs: 0,
      bytes: bytesOf(provider.dialect.errorFrames(form, provider.quirks)),
      part: 'close',
      token: null,
    }
    return { ...good, steps: [...until(good.steps, args.after_tokens), failure] }
  },
  status: ({ provider }, args) => {
    const form = errorNamed(provider, args.error ?? '') ?? errorWithStatus(provider, args.code ?? 500)
    return whole(
      args.code ?? form.status,
      args.body ?? form.body,
      form.headers === undefined || args.body !== undefined ? {} : { headers: form.headers },
    )
  },
  error_body_200: ({ provider }, args) =>
    whole(
      200,
      args.body ?? (errorNamed(provider, args.error ?? 'server_error') ?? provider.dialect.errors.server_error).body,
    ),
  empty: scene => healthy(scene, { text: () => '', vector: () => [] }),
  wrong_answer: scene => healthy(scene, { text: wrongAnswerTo, vector: () => [0] }),
  redirect: (_, args) => whole(args.status, '', { headers: { location: args.to } }),
  hang_first_byte: () => ({ status: 200, headers: {}, steps: [], ending: 'hang' }),
  garbage: scene => ({
    ...typed(scene),
    steps: [{ waitMs: 0, bytes: noise(Math.floor(scene.roll(0) * 2 ** 32), 2048), part: 'whole', token: null }],
  }),
  endless: scene => {
    if (isStream(scene)) {
      const good = healthy(scene)
      return { ...good, steps: endlessly(good.steps, scene.pace.perTokenMs) }
    }
    return { ...typed(scene), steps: endlessString(scene.pace.perTokenMs) }
  },
  bomb: scene => {
    const { headers, ...reply } = typed(scene)
    return {
      ...reply,
      headers: { ...headers, 'content-encoding': 'gzip' },
      steps: bomb(isStream(scene) ? 'data: ' : '"'),
    }
  },
  drip: (scene, args) => {
    const good = healthy(scene)
    return { ...good, steps: dripped(good.steps, args) }
  },
  reorder: scene => {
    const good = healthy(scene)
    return { ...good, steps: reordered(good.steps) }
  },
}

export const perform = (scene: Scene, scenario: Scenario | null): Reply => {
  if (scenario === null || !(scenario.do in performances)) return healthy(scene)
  // The schema pairs every `do` with its own args; the compiler cannot follow a union through a table.
  const performance = performances[scenario.do as Performed] as (scene: Scene, args: unknown) => Reply
  return performance(scene, scenario.args)
}

const isStream = ({ intent }: Scene): boolean => intent.kind === 'chat' && intent.ask.stream

const typed = (scene: Scene): Reply => ({
  status: 200,
  headers: { 'content-type': isStream(scene) ? scene.provider.dialect.streamType : 'application/json' },
  steps: [],
  ending: 'end',
})

const spoiled = (scene: Scene, how: { readonly after: number; readonly ending: Reply['ending'] }): Reply => {
  const good = healthy(scene)
  return { ...good, steps: until(good.steps, how.after), ending: how.ending }
}

function* endlessString(everyMs: number): Generator<Step> {
  yield {
    waitMs: 0,
    bytes: bytesOf('{"choices":[{"message":{"role":"assistant","content":"'),
    part: 'whole',
    token: null,
  }
  const more = bytesOf('and so on '.repeat(100))
  for (;;) yield { waitMs: Math.max(1, everyMs), bytes: more, part: 'whole', token: null }
}

/** 1 GiB in about 1 MiB: a thousand gzip members, each a mebibyte of one letter. */
function* bomb(opening: string): Generator<Step> {
  const step = (text: string): Step => ({ waitMs: 0, bytes: gzipSync(text), part: 'whole', token: null })
  yield step(opening)
  const member = step('a'.repeat(1 << 20))
  for (let n = 0; n < 1024; n += 1) yield member
}
