import { parseAst } from 'rolldown/parseAst'

export interface Import {
  readonly specifier: string
  /** `import type`, or nothing but `type` names: gone when the program runs. */
  readonly typeOnly: boolean
  /** What is left at run time: `*` for a namespace, `default` for a default; empty where only the side effect is wanted. */
  readonly names: readonly string[]
}

/** What the rules ask of a source file, read from its syntax tree: comments and messages are not code. */
export interface Source {
  readonly imports: readonly Import[]
  /** Things of the outside that it touches: `process.env`, `Date.now`, `new Date()`, `fetch()`, … */
  readonly touches: readonly string[]
  readonly strings: readonly string[]
  readonly hasDefaultExport: boolean
}

interface Node {
  readonly type: string
  readonly [key: string]: unknown
}

export const readSource = (text: string, path = 'a.ts'): Source => {
  const lang = path.endsWith('.tsx') ? 'tsx' : 'ts'
  const nodes = [...walk(parseAst(text, { lang, sourceType: 'module' }, path) as unknown as Node)]
  return {
    imports: nodes.flatMap(importOf),
    touches: nodes.flatMap(touchOf),
    strings: nodes.flatMap(node => (node.type === 'Literal' && typeof node.value === 'string' ? [node.value] : [])),
    hasDefaultExport: nodes.some(node => node.type === 'ExportDefaultDeclaration'),
  }
}

function* walk(node: Node): Generator<Node> {
  yield node
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) yield* walk(child)
  }
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as Node).type === 'string'

const importOf = (node: Node): readonly Import[] => {
  const specifier = (node.source as { value?: unknown } | null | undefined)?.value
  if (typeof specifier !== 'string') return []
  if (node.type === 'TSImportType') return [{ specifier, typeOnly: true, names: [] }]
  if (node.type === 'ImportExpression' || node.type === 'ExportAllDeclaration')
    return [{ specifier, typeOnly: node.exportKind === 'type', names: ['*'] }]
  if (node.type !== 'ImportDeclaration' && node.type !== 'ExportNamedDeclaration') return []
  const specifiers = node.specifiers as readonly Node[]
  const isType = (each: Node): boolean => [each.importKind, each.exportKind].includes('type')
  const names = specifiers.filter(each => !isType(each)).map(nameOf)
  return [
    {
      specifier,
      typeOnly: isType(node) || (specifiers.length > 0 && names.length === 0),
      names: isType(node) ? [] : names,
    },
  ]
}

const nameOf = (specifier: Node): string => {
  if (specifier.type === 'ImportNamespaceSpecifier') return '*'
  if (specifier.type === 'ImportDefaultSpecifier') return 'default'
  return String(((specifier.imported ?? specifier.local) as Node).name)
}

const touchOf = (node: Node): readonly string[] => {
  if (node.type === 'MemberExpression') return [`${lastName(node.object)}.${lastName(node.property)}`]
  if (node.type === 'NewExpression' && (node.arguments as readonly unknown[]).length === 0)
    return [`new ${lastName(node.callee)}()`]
  if (node.type === 'CallExpression' && (node.callee as Node).type === 'Identifier')
    return [`${lastName(node.callee)}()`]
  if (node.type !== 'VariableDeclarator' || (node.id as Node).type !== 'ObjectPattern') return []
  const keys = (node.id as { properties?: readonly Node[] }).properties ?? []
  return keys.map(each => `${lastName(node.init)}.${lastName(each.key)}`)
}

/** `globalThis.process` is `process` to us. */
const lastName = (value: unknown): string => {
  if (!isNode(value)) return ''
  if (value.type === 'MemberExpression') return lastName(value.property)
  return String(value.name ?? value.value ?? '')
}
