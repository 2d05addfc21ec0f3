import { readFileSync } from 'node:fs'
import { CodedError } from '@llmstatus/shared/errors'
import { parseYaml } from '@llmstatus/shared/strict-yaml'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defaultPolicy, PolicyFile, readPolicy } from './policy.ts'

const demoText = readFileSync(new URL('../../../demo.policy.yaml', import.meta.url), 'utf8')

const failure = (text: string): CodedError => {
  try {
    readPolicy(text, 'my.policy.yaml')
  } catch (error) {
    if (error instanceof CodedError) return error
    throw error
  }
  throw new Error('was accepted')
}

describe('a policy file', () => {
  it('changes what it names and leaves the rest at its default', () => {
    const policy = readPolicy('version: 1\ndegraded:\n  window: 3m\n', 'my.policy.yaml')
    expect(policy).toEqual({ ...defaultPolicy, degraded: { ...defaultPolicy.degraded, windowMs: 180_000 } })
  })

  it('that says only its version is the default', () => {
    expect(readPolicy('version: 1\n', 'my.policy.yaml')).toEqual(defaultPolicy)
  })

  it('is refused with its line and what was meant', () => {
    const error = failure('version: 1\nslow:\n  flor: 3s\n')
    expect(error.message).toContain('my.policy.yaml:3:3: slow.flor')
    expect(error.hint).toContain('floor')
    expect(failure('version: 1\ndegraded:\n  share: 30\n').message).toContain('degraded.share')
    expect(failure('version: 2\n').message).toContain('version')
  })

  it('cannot be changed once it is read', () => {
    expect(() => Object.assign(defaultPolicy.hold, { share: 1 })).toThrow(TypeError)
    expect(() => Object.assign(defaultPolicy, { hold: null })).toThrow(TypeError)
  })

  it('explains every number', () => {
    const unexplained = sections().flatMap(([name, shape]) =>
      Object.entries(shape).flatMap(([key, schema]) => (schema.description === undefined ? [`${name}.${key}`] : [])),
    )
    expect(unexplained).toEqual([])
  })
})

describe('demo.policy.yaml', () => {
  const demo = readPolicy(demoText, 'demo.policy.yaml')

  it('says every value, so that nobody has to know the defaults to read it', () => {
    const written = parseYaml(z.record(z.string(), z.unknown()), demoText, 'demo.policy.yaml')
    for (const [name, shape] of sections())
      expect([name, Object.keys(Object(written[name]))]).toEqual([name, Object.keys(shape)])
  })

  it('has all windows divided by 15, and all other numbers as they are', () => {
    const scaled = { ...defaultPolicy, late: divided(defaultPolicy.late) }
    const expected = {
      ...scaled,
      degraded: divided(defaultPolicy.degraded),
      outage: divided(defaultPolicy.outage),
      hold: divided(defaultPolicy.hold),
      vantages: divided(defaultPolicy.vantages),
      incident: divided(defaultPolicy.incident),
      slow: {
        ...divided(defaultPolicy.slow),
        floorMs: defaultPolicy.slow.floorMs,
        reasoningFloorMs: defaultPolicy.slow.reasoningFloorMs,
      },
    }
    expect(demo).toEqual(expected)
  })
})

const divided = <T extends object>(part: T): T =>
  Object.fromEntries(
    Object.entries(part).map(([key, value]) => [key, key.endsWith('Ms') ? Math.round(value / 15) : value]),
  ) as T

const sections = () =>
  Object.entries(PolicyFile.shape).flatMap(([name, schema]) =>
    'unwrap' in schema ? [[name, schema.unwrap().shape] as const] : [],
  )
