import type { z } from 'zod'
import { CodedError } from './errors.ts'
import { schemaProblems } from './schema-problems.ts'
import { type Place, readYamlDocument, shownKey } from './yaml-document.ts'

/**
 * Every file that a person writes is read here. A problem is one line, `file:line:column: path: what`; a file with
 * several names the first six of them. No value is ever repeated in a message: it might be a key pasted into the wrong place.
 */

/** A file that was read, and the way to say what else is wrong with it, at the right line. */
export interface Placed<T> {
  readonly value: T
  /** `file:line:column: path`, for a message that another part of the program writes. */
  readonly where: (path: readonly PropertyKey[]) => string
  readonly wrong: (path: readonly PropertyKey[], what: string, hint?: string) => CodedError
}

interface Problem extends Place {
  readonly path: readonly PropertyKey[]
  readonly what: string
  readonly hint: string | undefined
}

export const parseYaml = <T>(schema: z.ZodType<T>, text: string, file: string): T => readYaml(schema, text, file).value

export const readYaml = <T>(schema: z.ZodType<T>, text: string, file: string): Placed<T> => {
  const read = readYamlDocument(text)
  if (!read.ok)
    throw errorOf(
      file,
      read.problems.map(problem => ({ ...problem, path: [], hint: undefined })),
    )
  const { value, placeOf } = read.document
  const parsed = schema.safeParse(value, { reportInput: true })
  if (!parsed.success) {
    const problems = schemaProblems(schema, parsed.error).map(problem => ({
      ...problem,
      ...placeOf(problem.path, problem.at),
    }))
    throw errorOf(
      file,
      problems.sort((a, b) => a.line - b.line || a.column - b.column),
    )
  }
  return {
    value: parsed.data,
    where: path => headOf(file, { ...placeOf(path, 'value'), path }),
    wrong: (path, what, hint) => errorOf(file, [{ ...placeOf(path, 'value'), path, what, hint }]),
  }
}

/** A value that came another way, held to the same schema: a problem is `name: path: what`. */
export const placeValue = <T>(schema: z.ZodType<T>, value: unknown, name: string): Placed<T> => {
  const where = (path: readonly PropertyKey[]): string => (path.length === 0 ? name : `${name}: ${written(path)}`)
  const wrong: Placed<T>['wrong'] = (path, what, hint) =>
    new CodedError('config_invalid', `${where(path)}: ${what}`, { hint })
  const parsed = schema.safeParse(value, { reportInput: true })
  if (parsed.success) return { value: parsed.data, where, wrong }
  const [first] = schemaProblems(schema, parsed.error)
  if (first === undefined) throw new Error('an error without a problem')
  throw wrong(first.path, first.what, first.hint)
}

const shown = 6

const errorOf = (file: string, problems: readonly Problem[]): CodedError => {
  const [first, ...others] = problems
  if (first === undefined) throw new Error('an error without a problem')
  if (others.length === 0) return new CodedError('config_invalid', line(file, first), { hint: first.hint })
  const rest = problems.length > shown ? [`and ${problems.length - shown} more`] : []
  const lines = problems.slice(0, shown).map(problem => line(file, problem) + aside(problem))
  return new CodedError('config_invalid', [...lines, ...rest].join('\n'))
}

const line = (file: string, problem: Problem): string => `${headOf(file, problem)}: ${problem.what}`

const headOf = (file: string, { line, column, path }: Place & Pick<Problem, 'path'>): string =>
  `${file}:${line}:${column}${path.length === 0 ? '' : `: ${written(path)}`}`

/** Among other problems a hint is an aside, and a long one would bury them. */
const aside = ({ hint }: Problem): string => (hint === undefined || hint.length > 80 ? '' : ` (${hint})`)

/** `credentials[0].secret` */
const written = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`
    return text === '' ? shownKey(String(step)) : `${text}.${shownKey(String(step))}`
  }, '')
