import { parseYaml } from '@llmstatus/shared/strict-yaml'
import { z } from 'zod'

/**
 * The corpus is data: a case is a line in corpus.yaml, and its kind is what is done with it (plays/). `deny` is the reason
 * that must be given: a word of the guard's closed list, an outcome, or a part of what the operator is told. `allow` is
 * the outcome that must come of it. In texts `{key}` is the run's own random key, `{sink}` where the sink really listens.
 */
const Text = z.string().min(1).max(4096)
const Headers = z.record(z.string(), z.string())

const named = { name: Text, allow: Text.optional(), deny: Text.optional() }
const kind = <K extends string, S extends z.ZodRawShape>(word: K, shape: S) =>
  z.strictObject({ kind: z.literal(word), ...named, ...shape })

const Case = z
  .discriminatedUnion('kind', [
    /** The sink stands where the provider should, and must see the key: this test can fail. */
    kind('control', { at: z.enum(['provider', 'target']) }),
    /** The provider answers with a redirect. */
    kind('redirect', { status: z.int(), to: Text, connection: z.literal('warm').optional() }),
    /** Somebody writes this as an origin, as the address of a target, or as a proxy. */
    kind('origin', {
      at: z.enum(['credential', 'target', 'environment', 'proxy']),
      origin: Text,
      net: z.array(Text).optional(),
    }),
    /** Past the configuration, should it ever let one through: the way of a key itself is given this credential. */
    kind('credential', {
      origin: Text.optional(),
      header: Text.optional(),
      headers: Headers.optional(),
      proxy: Text.optional(),
    }),
    /** This is asked with the key, whether it stands on the list or not. */
    kind('ask', {
      method: Text.optional(),
      path: Text.optional(),
      headers: Headers.optional(),
      body: Text.optional(),
      listed: z.boolean().optional(),
    }),
    /** What the name server says, one time after another. */
    kind('name', { answers: z.array(Text).min(1) }),
    /** The connection turns out to be with somebody else. */
    kind('peer', { peer: Text }),
    kind('certificate', { certificate: z.enum(['another_name', 'unknown_authority', 'expired']) }),
    /** A probe definition, over one that is good. */
    kind('definition', { with: z.record(z.string(), z.unknown()), provider: z.enum(['openai', 'inside']).optional() }),
    /** A set of definitions, each over one that is good, that comes over the network (plays/remote-set.ts). */
    kind('remote_set', {
      with: z.array(z.record(z.string(), z.unknown())).optional(),
      provider: z.enum(['openai', 'inside']).optional(),
      allow_private: z.boolean().optional(),
      signed_by: z.enum(['publisher', 'stranger', 'aggregator']).optional(),
      version: z.int().optional(),
      ends_in_days: z.number().optional(),
      spoilt: z
        .enum(['cut', 'long', 'page', 'twice', 'unsigned', 'payload', 'alg_none', 'crit', 'jwk', 'hs256'])
        .optional(),
    }),
    /** A provider file, over OpenAI's own. */
    kind('provider_file', { with: z.record(z.string(), z.unknown()) }),
    /** prober.yaml, over nothing. */
    kind('setting', { with: z.record(z.string(), z.unknown()), env: Headers.optional() }),
    /** The surroundings of the process. */
    kind('environment', { env: Headers }),
    /** What the provider says back. */
    kind('echo', { status: z.int(), headers: Headers.optional(), body: Text.optional() }),
    /** What comes, or who is there, where a key is exchanged for a token. */
    kind('token', {
      status: z.int().optional(),
      headers: Headers.optional(),
      body: Text.optional(),
      /** What its name is said to be. */
      is: Text.optional(),
      /** Where somebody wrote down that tokens are. */
      token_origin: Text.optional(),
    }),
    /** The way leads through a proxy that belongs to somebody else. */
    kind('proxy', {
      proxy: Text.optional(),
      says: Text.optional(),
      leads_to: z.enum(['own', 'sink']).optional(),
      certificate: z.enum(['another_name', 'unknown_authority', 'expired']).optional(),
      names: z.record(z.string(), Text).optional(),
      origin: Text.optional(),
    }),
  ])
  .refine(one => (one.allow === undefined) !== (one.deny === undefined), 'has either allow or deny')

export type Case = z.infer<typeof Case>
export type Kind = Case['kind']
export type CaseOf<K extends Kind> = Extract<Case, { readonly kind: K }>

const Corpus = z.array(Case).min(1)

export const readCorpus = (text: string, file: string): readonly Case[] => parseYaml(Corpus, text, file)
