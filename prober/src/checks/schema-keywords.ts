import { isDeepStrictEqual } from 'node:util'
import { canonical } from '@llmstatus/shared/ids'

/** What a schema may say of a value, a keyword each. A keyword says nothing of a value of another type than its own. */

export type Schema = boolean | Readonly<Record<string, unknown>>

interface Asked {
  /** What the schema says under this keyword. */
  readonly said: unknown
  readonly value: unknown
  /** The schema it stands in. */
  readonly schema: Readonly<Record<string, unknown>>
  readonly fits: (schema: Schema, value: unknown) => boolean
}

export interface Keyword {
  /** What it wants to be told, in words. */
  readonly takes: string
  readonly isSaidWell: (said: unknown) => boolean
  readonly holds: (asked: Asked) => boolean
  /** Where schemas stand inside what is said. */
  readonly holdsSchemas?: 'one' | 'list' | 'map'
}

type Fields = Readonly<Record<string, unknown>>

const isMap = (value: unknown): value is Fields => value !== null && typeof value === 'object' && !Array.isArray(value)
const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value)
const isText = (value: unknown): value is string => typeof value === 'string'
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)
const isCount = (value: unknown): value is number => Number.isInteger(value) && Number(value) >= 0
const isSchema = (value: unknown): value is Schema => typeof value === 'boolean' || isMap(value)
const isSchemas = (value: unknown): value is readonly Schema[] =>
  isList(value) && value.length > 0 && value.every(isSchema)
const isNames = (value: unknown): value is readonly string[] => isList(value) && value.every(isText)

const types: Readonly<Record<string, (value: unknown) => boolean>> = {
  object: isMap,
  array: isList,
  string: isText,
  number: isNumber,
  integer: Number.isInteger,
  boolean: value => typeof value === 'boolean',
  null: value => value === null,
}
const namesOf = (said: unknown): readonly unknown[] => (isList(said) ? said : [said])
const isTypes = (said: unknown): said is string | readonly string[] =>
  namesOf(said).length > 0 && namesOf(said).every(name => isText(name) && Object.hasOwn(types, name))

/** A keyword that is told something of type S, and looks at values of type V alone. */
const keyword = <S, V>(
  of: readonly [takes: string, isSaidWell: (said: unknown) => said is S, isOurs: (value: unknown) => value is V],
  holds: (said: S, value: V, asked: Pick<Asked, 'schema' | 'fits'>) => boolean,
  holdsSchemas?: NonNullable<Keyword['holdsSchemas']>,
): Keyword => {
  const [takes, isSaidWell, isOurs] = of
  return {
    takes,
    isSaidWell,
    holds: ({ said, value, ...asked }) => !isOurs(value) || (isSaidWell(said) && holds(said, value, asked)),
    ...(holdsSchemas === undefined ? {} : { holdsSchemas }),
  }
}

const isAny = (value: unknown): value is unknown => value !== undefined
const ofNumbers = ['a number', isNumber, isNumber] as const
const ofTexts = ['a count', isCount, isText] as const
const ofLists = ['a count', isCount, isList] as const
const ofMaps = ['a count', isCount, isMap] as const
const ofSchemas = ['a list of schemas', isSchemas, isAny] as const

/** As a person counts them, not as they are stored. */
const lengthOf = (text: string): number => [...text].length

/** For who reads the schema; nothing is checked. */
const remark = keyword(['anything', isAny, isAny], () => true)

export const keywords: Readonly<Record<string, Keyword>> = {
  type: keyword([`one of ${Object.keys(types).join(', ')}, or a list of them`, isTypes, isAny], (said, value) =>
    namesOf(said).some(name => types[String(name)]?.(value)),
  ),
  enum: keyword(['a list', isList, isAny], (said, value) => said.some(one => isDeepStrictEqual(one, value))),
  const: keyword(['a value', isAny, isAny], (said, value) => isDeepStrictEqual(said, value)),

  properties: keyword(
    [
      'a mapping of schemas',
      (said): said is Readonly<Record<string, Schema>> => isMap(said) && Object.values(said).every(isSchema),
      isMap,
    ],
    (said, value, { fits }) =>
      Object.entries(said).every(([name, schema]) => !Object.hasOwn(value, name) || fits(schema, value[name])),
    'map',
  ),
  required: keyword(['a list of names', isNames, isMap], (said, value) =>
    said.every(name => Object.hasOwn(value, name)),
  ),
  additionalProperties: keyword(
    ['a schema', isSchema, isMap],
    (said, value, { schema, fits }) => {
      const named = isMap(schema.properties) ? schema.properties : {}
      return Object.entries(value).every(([name, other]) => Object.hasOwn(named, name) || fits(said, other))
    },
    'one',
  ),
  minProperties: keyword(ofMaps, (said, value) => Object.keys(value).length >= said),
  maxProperties: keyword(ofMaps, (said, value) => Object.keys(value).length <= said),

  items: keyword(['a schema', isSchema, isList], (said, value, { fits }) => value.every(one => fits(said, one)), 'one'),
  minItems: keyword(ofLists, (said, value) => value.length >= said),
  maxItems: keyword(ofLists, (said, value) => value.length <= said),
  uniqueItems: keyword(
    ['true or false', (said): said is boolean => typeof said === 'boolean', isList],
    (said, value) => !said || new Set(value.map(canonical)).size === value.length,
  ),

  minLength: keyword(ofTexts, (said, value) => lengthOf(value) >= said),
  maxLength: keyword(ofTexts, (said, value) => lengthOf(value) <= said),

  minimum: keyword(ofNumbers, (said, value) => value >= said),
  maximum: keyword(ofNumbers, (said, value) => value <= said),
  exclusiveMinimum: keyword(ofNumbers, (said, value) => value > said),
  exclusiveMaximum: keyword(ofNumbers, (said, value) => value < said),

  anyOf: keyword(ofSchemas, (said, value, { fits }) => said.some(one => fits(one, value)), 'list'),
  allOf: keyword(ofSchemas, (said, value, { fits }) => said.every(one => fits(one, value)), 'list'),
  oneOf: keyword(ofSchemas, (said, value, { fits }) => said.filter(one => fits(one, value)).length === 1, 'list'),
  not: keyword(['a schema', isSchema, isAny], (said, value, { fits }) => !fits(said, value), 'one'),

  title: remark,
  default: remark,
  description: remark,
  examples: remark,
  $schema: remark,
  $comment: remark,
}

export const schemasIn = ({ holdsSchemas }: Keyword, said: unknown): readonly unknown[] => {
  switch (holdsSchemas) {
    case 'one':
      return [said]
    case 'list':
      return isList(said) ? said : []
    case 'map':
      return isMap(said) ? Object.values(said) : []
    default:
      return []
  }
}
