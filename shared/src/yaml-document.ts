import {
  type Document,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type ParsedNode,
  parseDocument,
} from 'yaml'
import { hidden, syntaxWords } from './yaml-refusals.ts'

/**
 * YAML as it is written by hand: one document of mappings, lists and plain values. What can hide something from the
 * person who reads it (aliases, merge keys, tags, directives, a key written twice) is refused with its place.
 */

export interface Place {
  readonly line: number
  readonly column: number
}

export interface YamlProblem extends Place {
  readonly what: string
}

export interface YamlDocument {
  readonly value: unknown
  /** Where the value of this path stands, or its key, or the nearest thing above it that exists. */
  readonly placeOf: (path: readonly PropertyKey[], at: 'key' | 'value') => Place
}

export type ReadYaml =
  | { readonly ok: true; readonly document: YamlDocument }
  | { readonly ok: false; readonly problems: readonly YamlProblem[] }

export const maxYamlBytes = 256 * 1024

export const readYamlDocument = (text: string): ReadYaml => {
  const top = { line: 1, column: 1 }
  if (Buffer.byteLength(text) > maxYamlBytes)
    return { ok: false, problems: [{ ...top, what: `is larger than ${maxYamlBytes / 1024} KiB` }] }
  const lines = new LineCounter()
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }
  const parsed = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true })
  const problems = refusals(text, parsed).map(({ offset, what }) => ({ ...placeAt(offset), what }))
  if (problems.length > 0) return { ok: false, problems }
  const root = parsed.contents
  if (root === null) return { ok: false, problems: [{ ...top, what: 'the file is empty' }] }
  const placeOf = (path: readonly PropertyKey[], at: 'key' | 'value') => placeAt(offsetOf(root, path, at))
  return { ok: true, document: { value: parsed.toJS(), placeOf } }
}

interface Refusal {
  readonly offset: number
  readonly what: string
}

const refusals = (text: string, parsed: Document.Parsed<ParsedNode>): readonly Refusal[] => {
  // What follows a syntax error is noise: the first one is the one to mend.
  const broken = parsed.errors.find(error => error.code !== 'DUPLICATE_KEY')
  if (broken !== undefined) return [{ offset: broken.pos[0], what: syntaxWords(broken) }]
  // %YAML 1.1 would turn `no` into false and bring merge keys back.
  if (parsed.directives.yaml.explicit || parsed.warnings.some(warning => warning.code === 'BAD_DIRECTIVE'))
    return [{ offset: 0, what: 'a directive (%…) has no place here' }]
  const twice = parsed.errors.map(({ pos: [offset] }) => ({
    offset,
    what: `${keyText(text, offset)} stands here twice`,
  }))
  const found = parsed.contents === null ? [] : hidden(parsed.contents)
  return [...twice, ...found.map(({ node, what }) => ({ offset: start(node), what }))].sort(
    (a, b) => a.offset - b.offset,
  )
}

const start = (node: Node): number => node.range?.[0] ?? 0

const keyText = (text: string, offset: number): string =>
  shownKey(/^("[^"\n]*"|'[^'\n]*'|[^:\s]+)/.exec(text.slice(offset))?.[0] ?? 'a key')

/**
 * What is longer than any name of ours may be a secret that was pasted in front of a colon; and no file moves the cursor
 * of who reads about it.
 */
export const shownKey = (key: string): string =>
  key.length < 32 ? key.replace(/[\p{Cc}\p{Cf}]/gu, '?') : '(a long key)'

const offsetOf = (root: Node, path: readonly PropertyKey[], at: 'key' | 'value'): number => {
  let node: Node = root
  let offset = start(root)
  for (const [depth, step] of path.entries()) {
    const next = stepInto(node, step)
    if (next === null) return offset
    const isLast = depth === path.length - 1
    offset = start(isLast && at === 'key' ? next.key : next.value)
    node = next.value
  }
  return offset
}

const stepInto = (node: Node, step: PropertyKey): { readonly key: Node; readonly value: Node } | null => {
  if (isSeq(node)) {
    const item = node.items[Number(step)]
    return isNode(item) ? { key: item, value: item } : null
  }
  if (!isMap(node)) return null
  const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step))
  if (pair === undefined || !isNode(pair.key)) return null
  return { key: pair.key, value: isNode(pair.value) ? pair.value : pair.key }
}
