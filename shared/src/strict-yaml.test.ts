import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { ProbeDefinition } from './definition.ts'
import { CodedError, explain } from './errors.ts'
import { ProberFile } from './prober-config.ts'
import { ProviderFile } from './provider-file.ts'
import { parseYaml, readYaml } from './strict-yaml.ts'
import { maxYamlBytes } from './yaml-document.ts'

/** A bad file and what a person reads about it: drop one more into testdata/strict-yaml/<schema>/. */
const schemas: Readonly<Record<string, z.ZodType>> = {
  prober: ProberFile,
  definition: ProbeDefinition,
  provider: ProviderFile,
}
const folder = join(import.meta.dirname, 'testdata', 'strict-yaml')

const explained = (run: () => unknown): string => {
  try {
    run()
  } catch (error) {
    if (error instanceof CodedError && error.code === 'config_invalid') return explain(error)
    throw error
  }
  throw new Error('it was accepted')
}

describe.each(Object.entries(schemas))('a bad %s file', (kind, schema) => {
  test.each(readdirSync(join(folder, kind)))('%s is explained', name => {
    const [input = '', expected] = readFileSync(join(folder, kind, name), 'utf8').split('----------\n')
    const said = explained(() => parseYaml(schema, input, `${kind}.yaml`))
    expect(`${said}\n`).toBe(expected)
  })
})

describe('a good file', () => {
  test('comes out as its schema says, with its transforms', () => {
    const text = 'version: 1\nname: tokyo\nevery: { chat: 5m }\n'
    expect(parseYaml(ProberFile, text, 'p.yaml')).toEqual({ version: 1, name: 'tokyo', every: { chat: 300_000 } })
  })

  test('may begin with a byte order mark and end its lines as Windows does', () => {
    expect(parseYaml(ProberFile, '\uFEFFversion: 1\r\nname: tokyo\r\n', 'p.yaml')).toMatchObject({ name: 'tokyo' })
  })

  test('lets its reader say what else is wrong, at the right line', () => {
    const file = readYaml(ProberFile, 'version: 1\nprobes:\n  - a.yaml\n  - b.yaml\n', 'p.yaml')
    expect(file.wrong(['probes', 1], 'is not there', 'see c.yaml')).toMatchObject({
      message: 'p.yaml:4:5: probes[1]: is not there',
      hint: 'see c.yaml',
      exit: 2,
    })
  })
})

describe('a hostile file', () => {
  test('that nests without end is refused, not a crash', () => {
    for (const opening of ['[', '{a: ', '- ', '? '])
      expect(explained(() => parseYaml(z.unknown(), opening.repeat(20_000), 'p.yaml'))).toMatch(/^p\.yaml:1:\d+: /)
  })

  test('that is larger than any of ours is not parsed', () => {
    const text = `# ${'x'.repeat(maxYamlBytes)}`
    expect(explained(() => parseYaml(ProberFile, text, 'p.yaml'))).toBe('p.yaml:1:1: is larger than 256 KiB')
  })

  test('never has a key in the message that is as long as a secret', () => {
    const key = 'sk_live_0123456789abcdef0123456789abcdef'
    for (const text of [
      `${key}: 1\nversion: 1`,
      `version: 1\n${key}: 1\n${key}: 2`,
      `version: 1\nspool: { ${key}: 1, max_mib: 1 }`,
    ])
      expect(explained(() => parseYaml(ProberFile, text, 'p.yaml'))).toMatch(/^(?!.*sk_live).*\(a long key\)/s)
  })

  test('never has one of its values in the message', () => {
    const value = 'sk-must-not-be-shown'
    const places = ['name', 'suite', 'keyless', 'spool', 'probes', 'version', 'credentials', 'continent']
    for (const place of places)
      expect(explained(() => parseYaml(ProberFile, `${place}: ["${value}"]`, 'p.yaml'))).not.toContain(value)
    for (const place of places.filter(place => place !== 'name'))
      expect(explained(() => parseYaml(ProberFile, `${place}: ${value}`, 'p.yaml'))).not.toContain(value)
  })
})
