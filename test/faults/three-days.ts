import { setTimeout as sleep } from 'node:timers/promises'
import { createProber } from '../../prober/src/prober.ts'
import type { Door } from '../../prober/src/report/door.ts'
import { openDoor } from '../../prober/src/report/open-door.ts'
import { nodeFiles } from '../../prober/src/spool/node-files.ts'
import { chanceOf } from './chance-of.ts'
import { type QuickDeps, quickDeps } from './quick-deps.ts'
import { quickLine } from './quick-line.ts'
import { simulatedTime } from './simulated-time.ts'

/** A prober that was enrolled three days ago and has reached its aggregator for one minute; then it comes back. */

const asked: Pick<QuickDeps, 'name' | 'dataDir' | 'token' | 'everyMs'> & { readonly url: string } = JSON.parse(
  process.argv[2] ?? '',
)
const [dayMs, minuteMs] = [24 * 3_600_000, 60_000]

const startMs = Date.now() - 3 * dayMs
const time = simulatedTime(startMs)
const deps = quickDeps({
  ...asked,
  ...time,
  spoolMaxBytes: 64 << 20,
  write: () => undefined,
  measure: time.measuring(async (probe, slot) =>
    quickLine(chanceOf(`${probe.model} ${slot.slotMs}`), { probe, slot, nowMs: time.clock.nowMs() }),
  ),
})
let isAway = false
let taken = { batches: 0, lastMs: 0 }
const noting = (door: Door): Door => ({
  ...door,
  call: async request => {
    if (isAway) return { ok: false, why: 'ECONNREFUSED' }
    const answer = await door.call(request)
    if (answer.ok && answer.status === 201) taken = { batches: taken.batches + 1, lastMs: performance.now() }
    return answer
  },
})
const prober = await createProber({
  ...deps,
  openFiles: folder => time.files(nodeFiles(folder)),
  openDoor: url => noting(time.door(openDoor({ url, ca: null, proxy: null, clock: time.clock }))),
})

const metric = async (name: string): Promise<number> => {
  const text = await (await fetch(`http://127.0.0.1:${prober.healthPort}/metrics`)).text()
  const line = text.split('\n').find(each => each.startsWith(`llmstatus_prober_${name}`))
  return Number(line?.split(' ').at(-1) ?? 0)
}

await time.pass(startMs + minuteMs)
isAway = true
const awayMs = performance.now()
await time.pass(Date.now() - minuteMs)
const waitingBytes = await metric('spool_bytes')
const before = taken.batches
isAway = false
const backMs = performance.now()
// it asks again within half a minute; what it signs and packs then takes real time, on threads that nobody sees
for (let ms = time.clock.nowMs(); ms < Date.now(); ms += 500) {
  await time.pass(ms)
  await sleep(10)
}
time.becomeReal()
await sleep(1500)
await prober.stop()
const [passedS, sentS] = [backMs - awayMs, taken.lastMs - backMs].map(ms => Math.round(ms / 100) / 10)
process.stdout.write(
  `three days in ${passedS} s; ${waitingBytes} bytes waited, and were out in ${sentS} s and ${taken.batches - before} batches\n`,
)
// whoever slept until tomorrow in that time still does
process.exit(0)
