import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readLine } from '@llmstatus/shared/result'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { nodeFlags } from '../../prober/src/cli/node-flags.ts'
import { accountFile, tokenDoor } from '../../prober/src/testing/ask-everything.ts'
import { createSimulator, type Simulator } from '../../simulator/src/simulator.ts'
import { bundle } from '../../tasks/build/bundle.ts'
import { bundles } from '../../tasks/build/programs.ts'
import { root } from '../../tasks/root.ts'
import { run } from './running.ts'

/** Every provider file that ships, the standard suite, once, as it is shipped and started there: its seconds and its memory. */

const mostMs = 10_000
const mostMib = 120

const folder = mkdtempSync(join(tmpdir(), 'llmstatus-everything-'))
let sim: Simulator
beforeAll(async () => {
  sim = await createSimulator()
  const prober = bundles.find(({ program }) => program === 'prober')
  if (prober === undefined) throw new Error('no prober is shipped')
  await bundle(prober, join(folder, 'dist'))
})
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await sim.close()
})

interface Provider {
  readonly id: string
  readonly kind: string | undefined
  /** What stands in braces in its paths, filled with something. */
  readonly values: string
  /** Its key, and where that is exchanged for a token. */
  readonly signIn: string
}

const signInOf = (text: string): string => {
  const secret = text.includes('grant: google_jwt') ? 'file:account.json' : 'env:KEY'
  const tokens = text.includes('exchange:') ? `token_origin: "${sim.providers[tokenDoor]?.https}", ` : ''
  return `${tokens}secret: "${secret}"`
}

const shipped = (): readonly Provider[] => {
  const files = join(root, 'probe-definitions/providers')
  return readdirSync(files).map(name => {
    const text = readFileSync(join(files, name), 'utf8')
    const [, kind] = /^kind: (\w+)/m.exec(text) ?? []
    const names = new Set([...text.matchAll(/\{([A-Z_]+)\}/g)].map(([, inner]) => `${inner}: here`))
    return {
      id: name.replace(/\.yaml$/, ''),
      kind,
      values: `values: { ${[...names].join(', ')} }`,
      signIn: signInOf(text),
    }
  })
}

/** Each with a key that is good for nothing, and at an origin here. */
const configOf = (providers: readonly Provider[]): string => {
  const origin = (id: string) => `origin: "${sim.providers[id]?.https}"`
  const own = providers.filter(({ kind }) => kind === 'self_hosted')
  const others = providers.filter(({ kind }) => kind !== 'self_hosted')
  return [
    'version: 1',
    'credentials:',
    ...others.map(
      ({ id, values, signIn }) => `  - { name: ${id}, provider: ${id}, ${origin(id)}, ${values}, ${signIn} }`,
    ),
    'targets:',
    ...own.map(({ id }) => `  - { id: ${id}, provider: ${id}, ${origin(id)} }`),
    '',
  ].join('\n')
}

/**
 * A program's last words: the most memory it ever held. The kernel's own count of a process (maxrss) begins with what its
 * parent held when it was forked, and a test runner holds more than we may.
 */
const lastWords = `
import { readFileSync } from 'node:fs'
const held = () => /^VmHWM:\\s+(\\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))[1]
process.on('exit', () => process.stderr.write('held ' + held() + ' KiB\\n'))
`
const withLastWords = ['--import', `data:text/javascript,${encodeURIComponent(lastWords)}`]

test.runIf(existsSync('/proc/self/status'))(
  `all provider files, the standard suite once: within ${mostMs / 1000} s and ${mostMib} MiB`,
  async () => {
    const providers = shipped()
    expect(
      providers.filter(({ id }) => !(id in sim.providers)),
      'not simulated yet',
    ).toEqual([])
    writeFileSync(join(folder, 'ca.pem'), sim.ca)
    writeFileSync(join(folder, 'account.json'), accountFile())
    writeFileSync(join(folder, 'prober.yaml'), configOf(providers))
    const env = { KEY: 'k-1', LLMSTATUS_CA_FILE: join(folder, 'ca.pem'), LLMSTATUS_SUITE: 'standard' }

    const startMs = performance.now()
    const main = join(folder, 'dist/main.js')
    const once = run(
      [...nodeFlags(folder), ...withLastWords, main, 'once', '--json', '--config', join(folder, 'prober.yaml')],
      env,
      folder,
    )
    await once.ended
    const tookMs = performance.now() - startMs
    const heldMib = Number(/^held (\d+) KiB$/m.exec(once.said())?.[1]) / 1024

    const lines = once
      .said()
      .split('\n')
      .filter(text => text.startsWith('{'))
      .map(text => readLine(text))
    const results = lines.flatMap(line => (line.ok && line.kind === 'result' ? [line.line] : []))
    console.info(
      `${providers.length} provider files, ${results.length} probes: ${(tookMs / 1000).toFixed(2)} s, ${heldMib.toFixed(1)} MiB`,
    )
    expect(new Set(results.map(({ provider }) => provider)), once.said()).toEqual(
      new Set(providers.map(({ id }) => id)),
    )
    // a machine with a lot to do says so, and that is nobody else's fault
    expect(results.filter(({ outcome }) => outcome !== 'ok' && outcome !== 'prober_overloaded')).toEqual([])
    expect(tookMs).toBeLessThan(mostMs)
    expect(heldMib).toBeLessThan(mostMib)
  },
)
