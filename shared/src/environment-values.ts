import { z } from 'zod'
import { Cadence } from './definition.ts'
import { Slug } from './ids.ts'
import { PlainUrl } from './prober-config.ts'
import { EnvName, OriginTemplate } from './provider-file.ts'

/** What a variable's text may be. `form` says it in words, for the documentation and for the person who got it wrong. */
export interface ValueType<T> {
  readonly form: string
  readonly schema: z.ZodType<T, string>
}

const type = <T>(form: string, schema: z.ZodType<T, string>): ValueType<T> => ({ form, schema })

const entries = (value: string): readonly string[] =>
  value
    .split(',')
    .map(entry => entry.trim())
    .filter(entry => entry !== '')

const isPort = (value: string) => /^\d{1,5}$/.test(value) && Number(value) <= 65_535

export const text = type('text', z.string())
export const path = type('path', z.string())
export const host = type(
  'host name or address',
  z.string().regex(/^[A-Za-z0-9._:[\]-]{1,253}$/, 'is not a host name or address'),
)
export const port = type(
  'port, 0 to 65535',
  z.string().refine(isPort, 'is not a port from 0 to 65535').transform(Number),
)
export const url = type('http or https URL', PlainUrl)
/** May hold a user and a password, and is a secret for that. */
export const proxyUrl = type(
  'http or https URL',
  z.url({ protocol: /^https?$/, error: 'is not a URL such as http://proxy.internal:3128' }),
)
export const databaseUrl = type(
  'postgres URL',
  z.string().regex(/^postgres(ql)?:\/\/\S+$/, 'is not a URL such as postgres://user@host:5432/name'),
)
export const onOff = type(
  'on or off',
  z.enum(['on', 'off']).transform(value => value === 'on'),
)
export const duration = type('duration such as 30s, 5m or 1h', Cadence)
export const amount = type(
  'number, 0 or more',
  z
    .string()
    .regex(/^\d{1,9}(\.\d{1,6})?$/, 'is not a number such as 1.50')
    .transform(Number),
)
export const days = type(
  'whole number of days, 1 or more',
  z
    .string()
    .regex(/^[1-9]\d{0,4}$/, 'is not a whole number of days')
    .transform(Number),
)
export const oneOf = <const T extends readonly [string, ...string[]]>(...values: T): ValueType<T[number]> =>
  type(values.join(', '), z.enum(values))

export const matching = (form: string, schema: z.ZodType<string, string>): ValueType<string> => type(form, schema)

const listOf = <T>(form: string, entry: z.ZodType<T, string>): ValueType<readonly T[]> =>
  type(`comma-separated ${form}`, z.string().transform(entries).pipe(z.array(entry)))

export const names = listOf('environment names', EnvName)
export const cidrs = listOf(
  'address ranges',
  z.union([z.cidrv4(), z.cidrv6()], 'is not an address range such as 10.0.0.0/8'),
)

const TargetEntry = z
  .string()
  .regex(/^[^=]+=[^=]+$/, 'is not id=origin, such as vllm=http://10.1.2.3:8000')
  .transform(entry => {
    const [id = '', origin = ''] = entry.split('=')
    return { id, origin }
  })
  .pipe(z.object({ id: Slug, origin: OriginTemplate }))

export const targets = listOf('id=origin', TargetEntry)
