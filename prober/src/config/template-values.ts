import { PlaceholderValue } from '@llmstatus/shared/prober-config'
import { chatRoads, type ProviderFile } from '@llmstatus/shared/provider-file'
import type { Env } from '@llmstatus/shared/read-secret'
import { templateNames } from '../credentials/origin.ts'
import { isOurs } from './secret-names.ts'

/** What fills `{NAME}` in a provider file: the credential's `values`, else the variable NAME. */
export type TemplateValues =
  | { readonly ok: true; readonly values: Readonly<Record<string, string>> }
  | { readonly ok: false; readonly what: string }

interface Given {
  readonly values: Readonly<Record<string, string>>
  readonly env: Env
  /** Variables that fill nothing. */
  readonly secrets: ReadonlySet<string>
}

export const templateValues = (file: ProviderFile, origin: string, given: Given): TemplateValues => {
  const { reachability, embeddings, token_origin: tokens = '' } = file
  const roads = chatRoads(file).flatMap(({ path, unstreamed_path: whole = path, body = {} }) => [
    ...[path, whole],
    ...Object.values(body),
  ])
  const region = file.auth.signing?.region ?? ''
  const paths = [reachability.path, ...roads, embeddings?.path ?? '', tokens, region]
  const names = [...new Set([origin, ...paths].flatMap(templateNames))]
  const secret = names.find(name => given.values[name] === undefined && (isOurs(name) || given.secrets.has(name)))
  if (secret !== undefined) return { ok: false, what: `needs ${secret}, which is the name of a secret` }
  const values = Object.fromEntries(names.map(name => [name, given.values[name] ?? given.env[name] ?? '']))
  const missing = names.find(name => values[name] === '')
  if (missing !== undefined) return { ok: false, what: `needs ${missing}, which is not set` }
  const wrong = names.find(name => !PlaceholderValue.safeParse(values[name]).success)
  if (wrong !== undefined)
    return { ok: false, what: `needs ${wrong}, which is not 1 to 63 letters, digits and hyphens` }
  return { ok: true, values }
}
