import { isAlias, isScalar, type Node, type ParsedNode, visit, type YAMLError } from 'yaml'

/** What is refused of YAML although it is YAML, and what is wrong with the rest, in words. */

export interface Finding {
  readonly node: Node
  readonly what: string
}

/** The first of each kind: mending one means looking for the others. */
export const hidden = (root: ParsedNode): readonly Finding[] => {
  const found: Finding[] = []
  visit(root, {
    Alias: (_key, node) => void found.push({ node, what: 'an alias (*) has no place here; write the value out' }),
    Node: (_key, node) => {
      if (!isAlias(node) && node.tag !== undefined)
        found.push({ node, what: 'a tag (!) has no place here; quote the value if it is text' })
    },
    Pair: (_key, pair) => {
      if (isScalar(pair.key) && pair.key.value === '<<')
        found.push({ node: pair.key, what: 'a merge key (<<) has no place here; write the keys out' })
    },
  })
  return found.filter(({ what }, index) => found.findIndex(other => other.what === what) === index)
}

const words: Readonly<Record<string, string>> = {
  MULTIPLE_DOCS: 'a second document begins here; one file holds one',
  TAB_AS_INDENT: 'a tab stands in the indentation; use spaces',
  RESOURCE_EXHAUSTION: 'is nested too deeply',
  NON_STRING_KEY: 'a key is a plain name',
  BLOCK_AS_IMPLICIT_KEY: 'is indented as if it went on below, or holds an unquoted ": "',
  BAD_SCALAR_START: 'a value cannot begin with this character; quote it',
  MISSING_CHAR: 'a quote or bracket that was opened before this is not closed',
  BAD_ALIAS: 'an alias (*) has no place here; write the value out',
}

export const syntaxWords = (error: YAMLError): string => {
  if (error.code === 'BAD_INDENT' && error.message.startsWith('Flow')) return words.MISSING_CHAR ?? ''
  return words[error.code] ?? printable(error.message.charAt(0).toLowerCase() + error.message.slice(1))
}

/** Some messages repeat a character of the file, and it may be one that a terminal obeys. */
const printable = (text: string): string => text.replace(/[\p{Cc}\p{Cf}]/gu, '?')
