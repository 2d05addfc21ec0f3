/** A record as indented lines, as YAML would have it; for reading, and not to be read back. */
export const outline = (value: unknown, depth = 0): readonly string[] => {
  const indent = '  '.repeat(depth)
  return entriesOf(value).flatMap(([name, inner]) => {
    if (inner === null || inner === undefined || isEmpty(inner)) return [`${indent}${name} –`]
    if (typeof inner === 'object') return [`${indent}${name}`, ...outline(inner, depth + 1)]
    const [first = '', ...more] = String(inner).trimEnd().split('\n').map(printable)
    if (more.length === 0) return [`${indent}${name} ${first}`]
    return [`${indent}${name}`, ...[first, ...more].map(line => `${indent}  ${line}`.trimEnd())]
  })
}

const entriesOf = (value: unknown): readonly (readonly [string, unknown])[] => {
  if (value === null || typeof value !== 'object') return []
  if (Array.isArray(value)) return value.map(item => ['-', item])
  return Object.entries(value).map(([name, inner]) => [`${printable(name)}:`, inner])
}

const isEmpty = (value: unknown): boolean => typeof value === 'object' && Object.keys(value ?? {}).length === 0

/** A prompt moves no cursor and changes no colour. */
const printable = (text: string): string => text.replace(/[\p{Cc}\p{Cf}]/gu, '?')
