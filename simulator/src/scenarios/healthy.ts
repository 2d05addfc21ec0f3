import type { EmbedAsk, Frame, Intent } from '../dialects/dialect.ts'
import { errorNamed, mindOf, type Provider } from '../providers/provider.ts'
import { bytesOf, type Reply, type Step, whole } from '../reply.ts'
import { answerTo } from '../speech/answer.ts'
import { embed } from '../speech/embed.ts'
import { type Ask, type Said, speak } from '../speech/speak.ts'
import { jittered, type Pace } from './pace.ts'

/** One request, understood, and everything that its answer may depend on. */
export interface Scene {
  readonly provider: Provider
  readonly intent: Intent
  readonly pace: Pace
  /** In [0, 1), the n-th of this request. */
  readonly roll: (n: number) => number
  readonly id: string
}

export interface Manner {
  readonly pace?: Pace
  /** Before anything is said, also by what is no model. */
  readonly listingMs?: number
  readonly text?: (prompt: string) => string
  readonly vector?: (text: string) => readonly number[]
}

/** What a provider in good health answers. */
export const healthy = (scene: Scene, manner: Manner = {}): Reply => {
  const { provider, intent } = scene
  const waitMs = manner.listingMs ?? 0
  switch (intent.kind) {
    case 'listing': {
      const ids = [...provider.models.map(({ id }) => id), ...provider.embeds]
      return whole(200, provider.dialect.listing(ids), { waitMs, headers: provider.headers })
    }
    case 'fixed':
      return whole(200, intent.body, { waitMs })
    case 'refused': {
      const form = errorNamed(provider, intent.error) ?? provider.dialect.errors.bad_request
      return whole(form.status, form.body, { waitMs, ...(form.headers && { headers: form.headers }) })
    }
    case 'embeddings':
      return embeddings(scene, intent.ask, manner)
    case 'chat':
      return chat(scene, intent.ask, manner)
  }
}

const embeddings = ({ provider, pace, roll }: Scene, ask: EmbedAsk, manner: Manner): Reply => {
  const vectors = ask.inputs.map(manner.vector ?? embed).filter(vector => vector.length > 0)
  const { firstTokenMs } = manner.pace ?? pace
  const body = provider.dialect.embeddings?.(ask, vectors)
  return whole(200, body, { waitMs: jittered(pace, firstTokenMs, roll(0)), headers: provider.headers })
}

const chat = (scene: Scene, ask: Ask, manner: Manner): Reply => {
  const { provider, roll } = scene
  const pace = manner.pace ?? scene.pace
  const said = speak(ask, mindOf(provider, ask.model), { id: scene.id, text: (manner.text ?? answerTo)(ask.prompt) })
  if (ask.stream) {
    const headers = { 'content-type': provider.dialect.streamType, 'cache-control': 'no-cache', ...provider.headers }
    return {
      status: 200,
      headers,
      steps: paced(provider.dialect.frames(said, provider.quirks), { pace, said, roll }),
      ending: 'end',
    }
  }
  const body = whole(200, provider.dialect.whole(said, provider.quirks), {
    waitMs: jittered(pace, pace.firstTokenMs + pace.perTokenMs * Math.max(0, said.usage.out - 1), roll(0)),
    headers: provider.headers,
  })
  return {
    ...body,
    steps: [...body.steps].map(step => ({ ...step, token: said.usage.out > 0 ? said.usage.out : null })),
  }
}

/** What comes before the first token comes at two fifths of its time; what is thought in secret takes its time too. */
const openingShare = 0.4

const paced = (
  frames: readonly Frame[],
  how: { readonly pace: Pace; readonly said: Said; readonly roll: (n: number) => number },
): readonly Step[] => {
  const { pace, said, roll } = how
  const hiddenMs = (said.usage.reasoning - said.reasoning.length) * pace.perTokenMs
  const openingMs = frames[0]?.part === 'open' ? pace.firstTokenMs * openingShare : 0
  const firstAfter = frames.findIndex(frame => frame.part !== 'open')
  const waitOf = (frame: Frame, at: number): number => {
    if (at === firstAfter) return pace.firstTokenMs - openingMs + hiddenMs
    if (at === 0) return openingMs
    return frame.part === 'token' ? pace.perTokenMs : 0
  }
  let tokens = 0
  return frames.map((frame, at) => {
    if (frame.part === 'token') tokens += 1
    const waitMs = jittered(pace, waitOf(frame, at), roll(at))
    return { waitMs, bytes: bytesOf(frame.text), part: frame.part, token: frame.part === 'token' ? tokens : null }
  })
}
