import { spawn, spawnSync } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { root } from '../../tasks/root.ts'
import { type Account, accountOf } from './account.ts'
import { isWhole } from './judged.ts'
import { within } from './scenario.ts'
import type { Row, Stored } from './stored.ts'

/** On Linux, for a user who may make a namespace; elsewhere it is skipped, and the list of skipped tests says so. */
const inside = ['--user', '--map-root-user', '--net']
const mayMakeOne = spawnSync('unshare', [...inside, 'ip', 'link', 'add', 'a0', 'type', 'veth']).status === 0

interface Told {
  readonly cutMs: number
  /** When it had noticed. */
  readonly offlineMs: number
  readonly backMs: number
  readonly stored: Stored
  readonly said: string
}

const listings = ['openai', 'mistral', 'groq']
const endpoints = {
  ...Object.fromEntries(listings.map(each => [`${each}//listing`, 1000])),
  'deepseek//listing': 1000,
  'openai/gpt-4.1-nano/ask': 2000,
}

test.skipIf(!mayMakeOne)(
  'a firewall that drops packets is nobody’s outage, and neither is a line that is down while the aggregator answers',
  within,
  async () => {
    const child = spawn('unshare', [...inside, process.execPath, 'test/faults/cut-off.ts'], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: within.timeout,
    })
    const [out, troubles] = await Promise.all([text(child.stdout), text(child.stderr)])
    expect(out, troubles).not.toBe('')
    const { cutMs, offlineMs, backMs, stored, said }: Told = JSON.parse(out)
    const account: Account = accountOf(stored, endpoints)
    // a machine that is too busy says so of itself, and proves nothing here
    const of = (endpoint: string) =>
      stored.rows.filter(row => row.endpoint === endpoint && row.word !== 'prober_overloaded')
    const lasting = (rows: readonly Row[]) => rows.filter(({ fromMs }) => fromMs > offlineMs && fromMs < backMs - 1500)

    // who fails while another is seen to answer cannot be told from an outage of its own
    const isAtTurn = (ms: number) => [cutMs, backMs].some(turnMs => Math.abs(ms - turnMs) < 2500)

    expect(account.wrong).toEqual([])
    isWhole(account)
    expect(stored.gaps).toEqual([])

    // nobody was ever there: a notice about this vantage, whatever else happens
    const dropped = of('deepseek//listing').filter(({ is }) => is === 'result')
    expect(dropped.length).toBeGreaterThanOrEqual(3)
    for (const row of dropped.filter(({ fromMs }) => fromMs < cutMs - 2000))
      expect(row).toMatchObject({ word: 'connect_failed', errno: 'ETIMEDOUT', signal: 'never_reached' })

    // the line is down: who was well before is not blamed, what would cost is not asked, and all of it has arrived
    for (const provider of listings) {
      const rows = of(`${provider}//listing`)
      expect(rows.filter(({ fromMs, word }) => fromMs < cutMs && word === 'ok').length).toBeGreaterThan(0)
      expect(rows.filter(({ fromMs, word }) => fromMs > backMs && word === 'ok').length).toBeGreaterThan(0)
      const blamed = rows.filter(({ word }) => word === 'connect_failed')
      expect(blamed.filter(({ fromMs }) => !isAtTurn(fromMs))).toEqual([])
      const down = lasting(rows).filter(({ is }) => is === 'result')
      expect(down.length).toBeGreaterThan(0)
      for (const row of down) expect(row).toMatchObject({ word: 'vantage_offline', signal: 'controls_failed' })
    }
    const asked = lasting(of('openai/gpt-4.1-nano/ask'))
    expect(asked.filter(({ is }) => is === 'result')).toEqual([])
    expect(asked.map(({ word }) => word)).toContain('vantage_offline')
    expect(said).toMatch(/this vantage is offline: all that answered here lately fails/)
    expect(said).toMatch(/this vantage is online again/)
  },
)
