import { spawn, spawnSync } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { root } from '../../tasks/root.ts'

/** On Linux, for a user who may make a namespace; elsewhere it is skipped, and the list of skipped tests says so. */
const inside = ['--user', '--map-root-user', '--net']
const mayMakeOne = spawnSync('unshare', [...inside, 'ip', 'link', 'add', 'a0', 'type', 'veth']).status === 0

test.skipIf(!mayMakeOne)(
  'a prober opens connections to its providers and its aggregator, and to nothing else',
  async () => {
    const child = spawn('unshare', [...inside, process.execPath, 'test/e2e/in-namespace.ts'], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 120_000,
    })
    const [said, troubles] = await Promise.all([text(child.stdout), text(child.stderr)])
    expect(said, troubles).not.toBe('')
    const { prober, other } = JSON.parse(said)
    expect(prober).toEqual({ elsewhere: 0, opened: expect.any(Number), failed: 0, datagrams: 0 })
    expect(prober.opened).toBeGreaterThan(10)
    // and the counters count: a datagram to an address outside, and a connection that nobody takes
    expect(other).toMatchObject({ failed: 1, datagrams: 1 })
    expect(other.elsewhere).toBeGreaterThan(0)
  },
)
