import { ProbeDefinition, probeName } from '@llmstatus/shared/definition'
import { setLimits } from '@llmstatus/shared/definition-set'
import { CodedError } from '@llmstatus/shared/errors'
import { parseYaml } from '@llmstatus/shared/strict-yaml'
import { z } from 'zod'

/** A definition as somebody wrote it, and what it is known by. */
export interface CustomDefinition {
  readonly provider: string
  /** '' where a probe has no model. */
  readonly model: string
  readonly name: string
  /** As it was written, as JSON: what travels is read by the prober that runs it. */
  readonly text: string
}

/** Read as strictly as a file of the prober's own; errors name file, line and what to do. */
export const readCustom = (text: string, file: string): CustomDefinition => {
  const definition = parseYaml(ProbeDefinition, text, file)
  const written = parseYaml(z.record(z.string(), z.unknown()), text, file)
  return {
    provider: definition.provider,
    model: definition.model ?? '',
    name: probeName(definition),
    text: JSON.stringify(written),
  }
}

/** What was too much for one set, said to whoever added to it. */
export const tooMuchFor = (error: unknown): unknown =>
  error instanceof RangeError
    ? new CodedError('config_invalid', `With this one ${error.message}.`, {
        hint: `All of them together are at most ${setLimits.definitions}, and ${setLimits.textBytes >> 20} MiB.`,
      })
    : error

export const named = ({ provider, model, name }: Pick<CustomDefinition, 'provider' | 'model' | 'name'>): string =>
  [provider, model, name].filter(part => part !== '').join(' ')
