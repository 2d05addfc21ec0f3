import { type Expected, ProbeDefinition } from '@llmstatus/shared/definition'
import { type Placed, placeValue, readYaml } from '@llmstatus/shared/strict-yaml'
import { schemaProblem } from '../checks/json-schema.ts'
import { patternProblem } from '../checks/pattern.ts'
import { fillPlaceholders, placeholderProblem } from './placeholders.ts'

/**
 * A probe definition, and whether what it expects can come true: a check that can never pass, or never fail, would look
 * like a provider's fault or like health.
 */
export const readDefinition = (text: string, file: string): Placed<ProbeDefinition> =>
  checked(readYaml(ProbeDefinition, text, file))

/** One that no file here holds. */
export const readDefinitionValue = (value: unknown, name: string): Placed<ProbeDefinition> =>
  checked(placeValue(ProbeDefinition, value, name))

const checked = (definition: Placed<ProbeDefinition>): Placed<ProbeDefinition> => {
  for (const { key, what } of expectationProblems(definition.value)) throw definition.wrong(['expected', key], what)
  return definition
}

interface Problem {
  readonly key: keyof Expected
  readonly what: string
}

const leaning = ['response_contains', 'response_not_contains', 'response_matches'] as const

/** All but patterns. */
export const expectationProblems = ({
  request,
  expected = {},
}: Pick<ProbeDefinition, 'request' | 'expected'>): readonly Problem[] => {
  const question = request !== undefined && 'messages' in request ? textOf(request) : ''
  const { json_schema: schema, body_contains: part } = expected
  const found: readonly (readonly [key: keyof Expected, what: string | null])[] = [
    ...leaning.map(key => [key, placeholderProblem(question, expected[key] ?? '')] as const),
    ['json_schema', schema === undefined ? null : schemaProblem(schema)],
    [
      'body_contains',
      part !== undefined && sample(part) !== part ? 'holds a placeholder, and nothing was asked' : null,
    ],
  ]
  return found.flatMap(([key, what]) => (what === null ? [] : [{ key, what }]))
}

const textOf = (request: { readonly system?: string | undefined; readonly messages: readonly { content: string }[] }) =>
  [request.system ?? '', ...request.messages.map(({ content }) => content)].join('\n')

const sample = (text: string): string => fillPlaceholders(text, { a: 11, b: 12, nonce: '100000' })

/**
 * Beside the rest, because the matcher of patterns takes ten megabytes and is loaded only where somebody wrote one.
 */
export const patternExpectationProblem = async ({ response_matches: pattern }: Expected): Promise<string | null> => {
  const problem = pattern === undefined ? null : await patternProblem(sample(pattern))
  return problem === null ? null : `is not a pattern: ${problem}`
}

export const patternHint = 'the syntax is that of RE2'

export const checkPatterns = async (definitions: readonly Placed<ProbeDefinition>[]): Promise<void> => {
  for (const { value, wrong } of definitions) {
    const problem = await patternExpectationProblem(value.expected ?? {})
    if (problem !== null) throw wrong(['expected', 'response_matches'], problem, patternHint)
  }
}
