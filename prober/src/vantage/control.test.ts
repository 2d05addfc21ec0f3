import { DefinitionLine } from '@llmstatus/shared/result'
import { describe, expect, test } from 'vitest'
import { testProbe } from '../../test/test-probe.ts'
import { definitionLine } from '../report/definition-lines.ts'
import { type ControlSources, controlsOf } from './control.ts'
import { createSides } from './sides.ts'
import { worldProbe } from './testing/world.ts'

const of = (sources: Partial<ControlSources>) =>
  controlsOf({ probes: [], listed: [], aggregator: null, ...sources }).map(
    ({ provider, key, isStanding }) => `${provider} ${key}${isStanding ? ' standing' : ''}`,
  )

describe('a control', () => {
  test('is each origin that is probed, once', () => {
    expect(of({ probes: [worldProbe('a'), worldProbe('a', { model: 'm' }), worldProbe('b')] })).toEqual([
      'a https://a.example direct',
      'b https://b.example direct',
    ])
  })
  test('is another one by another way', () => {
    const proxy = { origin: 'http://proxy:3128', secret: null, ca: null }
    const through = worldProbe('a')
    expect(of({ probes: [{ ...through, credential: { ...through.credential, proxy } }] })).toEqual([
      'a https://a.example http://proxy:3128',
    ])
  })
  test('is not the reference, and nothing that only opens a port', () => {
    expect(of({ probes: [testProbe({ type: 'reference' }), testProbe({ type: 'tcp' })] })).toEqual([])
  })
  test('that is listed and probed as well is the provider', () => {
    const listed = [{ name: 'control-1', origin: 'https://a.example', proxy: null }]
    expect(of({ probes: [worldProbe('a')], listed })).toEqual(['a https://a.example direct'])
    expect(of({ listed })).toEqual(['control-1 https://a.example direct standing'])
  })
  test('is the aggregator over https alone', () => {
    expect(of({ aggregator: { url: 'https://status.example/base', ca: null } })).toEqual([
      'aggregator https://status.example direct standing',
    ])
    expect(of({ aggregator: { url: 'http://status.example', ca: null } })).toEqual([])
  })
  test('carries no key and no request, whatever the probe does', () => {
    const probe = worldProbe('a', { type: 'chat', model: 'm', billed: true })
    const [control] = controlsOf({ probes: [probe], listed: [], aggregator: null })
    expect(control?.probe).toMatchObject({ question: null, billed: false, model: null, type: 'control' })
    expect(control?.probe.credential).toMatchObject({ auth: null, headers: {}, allow: [], net: probe.credential.net })
  })
  test('has a definition of its own, without a host', () => {
    const controls = controlsOf({ probes: [worldProbe('a'), worldProbe('b')], listed: [], aggregator: null })
    const lines = controls.map(({ probe }) => DefinitionLine.parse(definitionLine(probe, 0)))
    expect(new Set(lines.map(({ def }) => def)).size).toBe(2)
    expect(JSON.stringify(lines)).not.toContain('example')
  })
})

describe('outside', () => {
  const net = { private: true, cidrs: [] }
  test('is what ships, wherever its name leads: the guard lets nothing else through', () => {
    expect(createSides().isOutside({ origin: 'https://a.example', net: { private: false, cidrs: [] } })).toBe(true)
  })
  test('is what was set here, once all its addresses were seen to be public', async () => {
    const sides = createSides()
    const origin = { origin: 'https://gateway.example', net }
    const leadingTo = (...addresses: string[]) => sides.watching(async () => addresses)('gateway.example')
    expect(sides.isOutside(origin)).toBe(false)
    await leadingTo('93.184.215.14')
    expect(sides.isOutside(origin)).toBe(true)
    await leadingTo('93.184.215.14', '10.0.0.1')
    expect(sides.isOutside(origin)).toBe(false)
  })
  test('is an address that is public', () => {
    expect(createSides().isOutside({ origin: 'https://93.184.215.14', net })).toBe(true)
    expect(createSides().isOutside({ origin: 'http://[fd00::1]:8080', net })).toBe(false)
  })
})
