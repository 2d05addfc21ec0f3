import { ProbeDefinition } from '@llmstatus/shared/definition'
import { type Placed, readYaml } from '@llmstatus/shared/strict-yaml'
import { schemaProblem } from '../checks/json-schema.ts'
import { patternProblem } from '../checks/pattern.ts'
import { fillPlaceholders, placeholderProblem } from './placeholders.ts'

/**
 * A probe definition, and whether what it expects can come true: a check that can never pass, or never fail, would look
 * like a provider's fault or like health.
 */
export const readDefinition = (text: string, file: string): Placed<ProbeDefinition> => {
  const definition = readYaml(ProbeDefinition, text, file)
  for (const [key, problem] of problems(definition.value))
    if (problem !== null) throw definition.wrong(['expected', key], problem)
  return definition
}

const leaning = ['response_contains', 'response_not_contains', 'response_matches'] as const

const problems = ({
  request,
  expected = {},
}: ProbeDefinition): readonly (readonly [key: string, problem: string | null])[] => {
  const question = request !== undefined && 'messages' in request ? textOf(request) : ''
  const { json_schema: schema, body_contains: part } = expected
  return [
    ...leaning.map(key => [key, placeholderProblem(question, expected[key] ?? '')] as const),
    ['json_schema', schema === undefined ? null : schemaProblem(schema)],
    [
      'body_contains',
      part !== undefined && sample(part) !== part ? 'holds a placeholder, and nothing was asked' : null,
    ],
  ]
}

const textOf = (request: { readonly system?: string | undefined; readonly messages: readonly { content: string }[] }) =>
  [request.system ?? '', ...request.messages.map(({ content }) => content)].join('\n')

const sample = (text: string): string => fillPlaceholders(text, { a: 11, b: 12, nonce: '100000' })

/**
 * Beside the rest, because the matcher of patterns takes ten megabytes and is loaded only where somebody wrote one.
 */
export const checkPatterns = async (definitions: readonly Placed<ProbeDefinition>[]): Promise<void> => {
  for (const { value, wrong } of definitions) {
    const { response_matches: pattern } = value.expected ?? {}
    const problem = pattern === undefined ? null : await patternProblem(sample(pattern))
    if (problem !== null)
      throw wrong(['expected', 'response_matches'], `is not a pattern: ${problem}`, 'the syntax is that of RE2')
  }
}
