import type { Store } from '../db/store.ts'
import { readPolicy } from '../judge/policy.ts'
import { type Episode, readFirstMs, readProviders } from '../replay/archive.ts'
import type { Difference } from '../replay/differences.ts'
import { replayProvider } from '../replay/replay-provider.ts'
import type { Admin, DifferenceView, EpisodeView } from './admin.ts'

/** The archive judged again: one provider in a request, so that whoever asks can say how far it is. */
export const localReplay = ({ db }: { readonly db: Store['db'] }): Pick<Admin, 'replayable' | 'replay'> => ({
  replayable: async () => {
    const firstMs = await readFirstMs(db)
    return { providers: await readProviders(db), from: firstMs === null ? null : new Date(firstMs).toISOString() }
  },
  replay: async ({ provider, kind, policy, file, from, to, outcomes }) => {
    const span = { fromMs: Date.parse(from), toMs: Date.parse(to) }
    const wish = { provider, kind, outcomes, policy: readPolicy(policy, file), ...span }
    const { results, reclassified, differences } = await replayProvider(db, wish)
    return { results, reclassified, differences: differences.map(viewOf) }
  },
})

const viewOf = ({ is, was, now, opensS, resolvesS }: Difference): DifferenceView => ({
  is,
  was: episodeOf(was),
  now: episodeOf(now),
  opens_s: opensS,
  resolves_s: resolvesS,
})

const episodeOf = (episode: Episode | null): EpisodeView | null =>
  episode === null
    ? null
    : {
        id: episode.id,
        opened_at: new Date(episode.openedMs).toISOString(),
        resolved_at: episode.resolvedMs === null ? null : new Date(episode.resolvedMs).toISOString(),
        impact: episode.impact,
        reason: episode.reason,
      }
