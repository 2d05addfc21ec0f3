import { generateKeyPairSync } from 'node:crypto'
import { openDefinitionSet } from '@llmstatus/shared/definition-set'
import { keyFromJwk, PublicJwk } from '@llmstatus/shared/identity'
import { describe, expect, test } from 'vitest'
import { load } from '../config/testing/told.ts'
import { runCommand } from './testing/test-shell.ts'

const nowMs = Date.UTC(2026, 5, 1)
const pair = generateKeyPairSync('ed25519')
const pem = String(pair.privateKey.export({ format: 'pem', type: 'pkcs8' }))
const jwk = PublicJwk.parse(pair.publicKey.export({ format: 'jwk' }))
const chat =
  'provider: openai\nmodel: gpt-4.1-nano\nprobe_type: chat\nevery: 10m # seldom\nrequest: { messages: [{ role: user, content: hi }] }\n'
const files = { 'p.pem': pem, 'a.yaml': `${chat}name: a\n`, 'b.yaml': `${chat}name: b\n` }

const sign = (args: readonly string[], more: Record<string, string> = {}) =>
  runCommand(['definitions', 'sign', ...args], { files: { ...files, ...more } }, { nowMs: () => nowMs })

describe('definitions sign', () => {
  test('makes a set that runs where its key is listed as it is said', async () => {
    const { code, out, err } = await sign(['--key', 'p.pem', 'a.yaml', 'b.yaml'])
    expect([code, err]).toEqual([
      0,
      `version ${nowMs / 1000}, good until 2026-07-01T00:00:00.000Z, signed by ed25519:${jwk.x}\n`,
    ])
    const opened = await openDefinitionSet(out, [await keyFromJwk(jwk)], nowMs)
    if (!opened.ok) throw new Error(opened.detail)
    const settings = load({
      env: { OPENAI_API_KEY: 'k' },
      config: `remote_definitions: { accept: true, keys: ["ed25519:${jwk.x}"] }\n`,
    })
    const plan = await settings.remote?.plan(opened.set.definitions)
    expect(plan?.probes.map(({ probe, everyMs }) => [probe, everyMs])).toEqual([
      ['a', 600_000],
      ['b', 600_000],
    ])
    expect(settings.remote?.keys).toEqual([jwk])
  })

  test('takes a number and an end', async () => {
    const { out } = await sign(['--key', 'p.pem', '--number', '7', '--days', '1', 'a.yaml'])
    expect(await openDefinitionSet(out, [await keyFromJwk(jwk)], nowMs)).toMatchObject({
      set: { version: 7, expires: '2026-06-02T00:00:00.000Z' },
    })
  })

  const rsa = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  test.each([
    ['no key', ['a.yaml'], /wants --key FILE/],
    ['no definition', ['--key', 'p.pem'], /at least one definition/],
    ['another kind of key', ['--key', 'other.pem', 'a.yaml'], /other.pem holds no Ed25519 private key/],
    ['the same key twice', ['--key', 'p.pem', '--key', 'p.pem', 'a.yaml'], /each key signs once/],
    ['a definition that is wrong', ['--key', 'p.pem', 'bad.yaml'], /bad.yaml:7:1: host: is not a known key/],
    ['an end too far away', ['--key', 'p.pem', '--days', '31', 'a.yaml'], /--days: is not a whole number from 1 to 30/],
    ['no number', ['--key', 'p.pem', '--number', '1e3', 'a.yaml'], /--number: is not a whole number/],
  ])('refuses %s', async (_what, args, words) => {
    const more = {
      'other.pem': String(rsa.export({ format: 'pem', type: 'pkcs8' })),
      'bad.yaml': `${chat}name: a\nhost: x\n`,
    }
    const { code, out, err } = await sign(args, more)
    expect([code, out]).toEqual([2, ''])
    expect(err).toMatch(words)
    expect(err).not.toContain('PRIVATE')
  })
})
