import { describe, expect, it } from 'vitest'
import { readSource } from './source.ts'

const imports = (source: string) =>
  readSource(source).imports.map(
    ({ specifier, typeOnly, names }) => `${typeOnly ? 'type ' : ''}${names.join(' ')} < ${specifier}`,
  )

describe('imports of a source file', () => {
  it('are seen in every form', () => {
    expect(
      imports(`import a from 'one'\nimport { b, c as d } from "two";import * as e from 'three'\nimport 'four'`),
    ).toEqual(['default < one', 'b c < two', '* < three', ' < four'])
    expect(imports(`export { a as b } from './a.ts'\nexport * from './b.ts'\nexport * as c from './c.ts'`)).toEqual([
      'a < ./a.ts',
      '* < ./b.ts',
      '* < ./c.ts',
    ])
    expect(imports(`const a = await import('lazy')`)).toEqual(['* < lazy'])
    expect(imports(`import a, {\n  b,\n  type C,\n} from 'many'`)).toEqual(['default b < many'])
  })

  it('are type-only where nothing is left at run time', () => {
    expect(
      imports(
        `import type { A } from 'a'\nimport { type B } from 'b'\nexport type { D } from 'd'\nlet e: import('e').E`,
      ),
    ).toEqual(['type  < a', 'type  < b', 'type  < d', 'type  < e'])
    expect(imports(`import { type A, b } from 'ab'`)).toEqual(['b < ab'])
  })

  it('are not found in comments and strings', () => {
    expect(imports(`// import a from 'x'\n/* import 'y' */\nconst s = "import 'z'"`)).toEqual([])
  })
})

describe('what a source file touches', () => {
  it('is seen through other spellings', () => {
    expect(readSource(`process.env['HOME']`).touches).toContain('process.env')
    expect(readSource(`globalThis.process.env`).touches).toContain('process.env')
    expect(readSource(`const { env } = process`).touches).toContain('process.env')
    expect(readSource(`Date['now']()`).touches).toContain('Date.now')
    expect(readSource(`new Date()`).touches).toContain('new Date()')
    expect(readSource(`\`\${Math.random()}\``).touches).toContain('Math.random')
  })

  it('is not what a comment says, or a date that is given', () => {
    expect(readSource(`// Date.now()\nconst a = 'Math.random()'\nnew Date(5)`).touches).toEqual([])
  })
})
