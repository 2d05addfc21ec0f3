import { execFileSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { nodeFiles } from '../../prober/src/spool/node-files.ts'
import { readyThreads } from '../../prober/src/threads.ts'
import { systemResolve } from '../../prober/src/transport/resolve.ts'

/**
 * Runs inside namespaces of its own (dead-name-server.test.ts makes them), where the only name server takes questions and
 * never answers. With sixteen names hanging there, how long do a sync to disk and a name of the hosts file take?
 */

readyThreads(process.env)

const folder = mkdtempSync(join(tmpdir(), 'llmstatus-names-'))
const resolver = join(folder, 'resolv.conf')
writeFileSync(resolver, 'nameserver 127.0.0.1\noptions timeout:3 attempts:1\n')
execFileSync('ip', ['link', 'set', 'lo', 'up'])
execFileSync('mount', ['--bind', resolver, '/etc/resolv.conf'])

const server = createSocket('udp4')
await new Promise<void>(resolve => server.bind(53, '127.0.0.1', resolve))
let asked = 0
server.on('message', () => {
  asked += 1
})

for (let n = 0; n < 16; n++) systemResolve(`dead-${n}.example.com`).catch(() => undefined)
while (asked < 16) await sleep(10)

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const startedMs = performance.now()
  await work()
  return Math.round(performance.now() - startedMs)
}
const log = await nodeFiles(folder).create('segment')
const syncMs = await timed(async () => {
  await log.append(Buffer.from('a result\n'))
  await log.sync()
})
const nameMs = await timed(() => systemResolve('localhost'))
await log.close()
execFileSync('umount', ['/etc/resolv.conf'])
rmSync(folder, { recursive: true })
// the end waits for the threads, and they for the resolver
process.stdout.write(JSON.stringify({ syncMs, nameMs }), () => process.exit())
