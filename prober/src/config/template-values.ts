import { PlaceholderValue } from '@llmstatus/shared/prober-config'
import type { ProviderFile } from '@llmstatus/shared/provider-file'
import type { Env } from '@llmstatus/shared/read-secret'
import { templateNames } from '../credentials/origin.ts'

/** What fills `{NAME}` in a provider file: the credential's `values`, else the variable NAME. */
export type TemplateValues =
  | { readonly ok: true; readonly values: Readonly<Record<string, string>> }
  | { readonly ok: false; readonly what: string }

export const templateValues = (
  file: ProviderFile,
  origin: string,
  given: { readonly values: Readonly<Record<string, string>>; readonly env: Env },
): TemplateValues => {
  const { reachability, chat, embeddings, token_origin: tokens = '' } = file
  const paths = [reachability.path, chat.path, chat.unstreamed_path ?? '', embeddings?.path ?? '', tokens]
  const names = [...new Set([origin, ...paths].flatMap(templateNames))]
  const values = Object.fromEntries(names.map(name => [name, given.values[name] ?? given.env[name] ?? '']))
  const missing = names.find(name => values[name] === '')
  if (missing !== undefined) return { ok: false, what: `needs ${missing}, which is not set` }
  const wrong = names.find(name => !PlaceholderValue.safeParse(values[name]).success)
  if (wrong !== undefined)
    return { ok: false, what: `needs ${wrong}, which is not 1 to 63 letters, digits and hyphens` }
  return { ok: true, values }
}
