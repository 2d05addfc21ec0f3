import { z } from 'zod'

/**
 * Where in the life of a request a scenario takes hold.
 * listen: the port itself · connection: before any request, so no model is known · whole: instead of any answer ·
 * said: only answers of a model, chat and embeddings
 */
export type Stage = 'listen' | 'connection' | 'whole' | 'said'

const Ms = z.number().min(0).max(600_000)
const none = z.strictObject({}).default({})
const afterTokens = z.int().min(0).max(100_000).default(3)
const After = z.strictObject({ after_tokens: afterTokens }).prefault({})
/** An object goes out as JSON, a string as it is. */
const Body = z.union([z.string(), z.record(z.string(), z.unknown()), z.array(z.unknown())])
/** One of the documented errors that GET /_sim/catalogue lists. */
const ErrorName = z.string().min(1).max(64)

const oneOfTwo = (args: { body?: unknown; error?: unknown }) => args.body === undefined || args.error === undefined
const justOne = 'give body or error, not both'

/** Every `do` with its stage and its arguments. What it does stands in perform.ts. */
export const scenarios = {
  healthy: { stage: 'said', args: none },
  slow: {
    stage: 'whole',
    args: z.strictObject({ first_token_ms: Ms.default(4000), per_token_ms: Ms.default(100) }).prefault({}),
  },
  stall: { stage: 'said', args: After },
  truncate: { stage: 'said', args: After },
  cut: { stage: 'whole', args: After },
  error_midstream: {
    stage: 'said',
    args: z.strictObject({ after_tokens: afterTokens, error: ErrorName.optional() }).prefault({}),
  },
  status: {
    stage: 'whole',
    args: z
      .strictObject({ code: z.int().min(200).max(599).optional(), body: Body.optional(), error: ErrorName.optional() })
      .refine(oneOfTwo, justOne)
      .refine(
        args => args.code !== undefined || args.error !== undefined,
        'give code, or the name of a documented error',
      ),
  },
  error_body_200: {
    stage: 'whole',
    args: z.strictObject({ body: Body.optional(), error: ErrorName.optional() }).refine(oneOfTwo, justOne).prefault({}),
  },
  empty: { stage: 'said', args: none },
  wrong_answer: { stage: 'said', args: none },
  redirect: {
    stage: 'whole',
    args: z
      .strictObject({
        status: z.int().min(300).max(399).default(302),
        to: z
          .string()
          .regex(/^[\x21-\x7e]+$/)
          .default('https://elsewhere.invalid/'),
      })
      .prefault({}),
  },
  hang_accept: { stage: 'listen', args: none },
  hang_tls: { stage: 'connection', args: none },
  hang_first_byte: { stage: 'whole', args: none },
  garbage: { stage: 'whole', args: none },
  endless: { stage: 'whole', args: none },
  bomb: { stage: 'whole', args: none },
  drip: {
    stage: 'whole',
    args: z.strictObject({ bytes: z.int().min(1).max(65_536).default(1), every_ms: Ms.default(10) }).prefault({}),
  },
  reorder: { stage: 'said', args: none },
  bad_certificate: { stage: 'connection', args: none },
} as const satisfies Record<string, { stage: Stage; args: z.ZodType }>

export type Do = keyof typeof scenarios
export type Args<D extends Do> = z.infer<(typeof scenarios)[D]['args']>

const common = { provider: z.string().min(1).max(64), model: z.string().min(1).max(128).optional() }

const one = <D extends Do>(name: D) =>
  z.strictObject({
    ...common,
    share: z.number().min(0).max(1).default(1),
    do: z.literal(name),
    args: scenarios[name].args,
  })

export const Scenario = z
  .discriminatedUnion('do', [
    one('healthy'),
    one('slow'),
    one('stall'),
    one('truncate'),
    one('cut'),
    one('error_midstream'),
    one('status'),
    one('error_body_200'),
    one('empty'),
    one('wrong_answer'),
    one('redirect'),
    one('hang_accept'),
    one('hang_tls'),
    one('hang_first_byte'),
    one('garbage'),
    one('endless'),
    one('bomb'),
    one('drip'),
    one('reorder'),
    one('bad_certificate'),
  ])
  .refine(scenario => scenario.model === undefined || !beforeRequest(scenario.do), {
    path: ['model'],
    error: 'this happens before any request, when no model is known yet: leave model out',
  })
  .refine(scenario => scenario.share === 1 || scenarios[scenario.do].stage !== 'listen', {
    path: ['share'],
    error: 'a port hangs for everybody: share is 1',
  })
export type Scenario = z.infer<typeof Scenario>

/** As it is written in a request: what has a default may be left out. */
export type ScenarioInput = { readonly provider: string; readonly model?: string; readonly share?: number } & {
  [D in Do]: { readonly do: D } & (D extends 'status'
    ? { readonly args: ArgsInput<D> }
    : { readonly args?: ArgsInput<D> })
}[Do]
type ArgsInput<D extends Do> = z.input<(typeof scenarios)[D]['args']>

const beforeRequest = (name: Do): boolean =>
  scenarios[name].stage === 'listen' || scenarios[name].stage === 'connection'

/** What DELETE takes away: one model's, all of one provider's, or, when nothing is named, everything. PUT's own body will do. */
export const Removal = z
  .strictObject({
    provider: common.provider.optional(),
    model: common.model,
    share: z.unknown().optional(),
    do: z.unknown().optional(),
    args: z.unknown().optional(),
  })
  .refine(
    removal => removal.model === undefined || removal.provider !== undefined,
    'a model belongs to a provider: name it too',
  )
export type Removal = Pick<z.infer<typeof Removal>, 'provider' | 'model'>
