import { spawn, spawnSync } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { root } from '../../tasks/root.ts'

/** On Linux, for a user who may make namespaces; elsewhere it is skipped, and the list of skipped tests says so. */
const inside = ['--user', '--map-root-user', '--net', '--mount']
const mayMakeThem = spawnSync('unshare', [...inside, 'mount', '--bind', '/etc/hosts', '/etc/resolv.conf']).status === 0

test.skipIf(!mayMakeThem)(
  'sixteen names whose server is dead hold up neither the disk nor another name',
  async () => {
    const child = spawn('unshare', [...inside, process.execPath, 'test/e2e/dead-name-server.ts'], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 20_000,
    })
    const [said, troubles] = await Promise.all([text(child.stdout), text(child.stderr)])
    expect(said, troubles).not.toBe('')
    const { syncMs, nameMs } = JSON.parse(said)
    // a lookup there gives up after 3 s, and with the usual four threads eight of them would be waited for
    expect(syncMs).toBeLessThan(3_000)
    expect(nameMs).toBeLessThan(3_000)
  },
  30_000,
)
