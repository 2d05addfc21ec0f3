import { writeLedgerLine } from '@llmstatus/shared/ledger'
import { describe, expect, test } from 'vitest'
import { createDisk } from '../../test/crash-disk.ts'
import { knownIdentity, testLine } from '../../test/known-identity.ts'
import { createModelAggregator } from '../../test/model-aggregator.ts'
import { drain, openOn } from '../../test/open-spool.ts'
import { leaveAsk, takeAsk } from '../report/asks.ts'
import { loadIdentity } from '../report/identity-file.ts'
import type { Files } from '../spool/files.ts'
import { linesOf, longestLineBytes } from './lines.ts'
import type { Shell } from './shell.ts'
import { runCommand } from './testing/test-shell.ts'

/** A prober with a past, on one disk, and what its aggregator exports of it. */
const past = async (batches = 3) => {
  const disk = createDisk()
  const { notary, aggregatorKey, prober, keys } = await knownIdentity({ files: disk.files })
  const aggregator = createModelAggregator({ key: aggregatorKey, prober: () => prober })
  const { spool } = await openOn(disk)
  const exported: string[] = []
  const recording = {
    take: async (jws: string, body: Uint8Array) => {
      const answer = await aggregator.take(jws, body)
      if (answer.status === 201) exported.push(writeLedgerLine({ jws, body, receipt: String(answer.body.receipt) }, 0))
      return answer
    },
  }
  const say = async (index: number) => {
    await keys.tend()
    await spool.append([testLine(index)])
    return drain(spool, notary, recording)
  }
  for (let index = 0; index < batches; index++) await say(index)
  return { disk, spool, aggregator, exported, say, shell: shellOn(disk.files, exported) }
}

const shellOn = (files: Files, exported: readonly string[]): Partial<Shell> => ({
  files: () => files,
  identity: () => loadIdentity(files),
  lines: async function* (path) {
    if (path === 'missing') throw Object.assign(new Error('ENOENT'), { code: 'ENOENT', syscall: 'open' })
    yield* linesOf(inPieces(exported.join('')))
  },
})

/** As a pipe would bring it. */
async function* inPieces(text: string, size = 700) {
  for (let at = 0; at < text.length; at += size) yield Buffer.from(text.slice(at, at + size))
}

const told = { env: {} }

describe('verify', () => {
  test('says in a few lines what an intact ledger holds', async () => {
    const { shell, disk, say } = await past()
    await leaveAsk(disk.files, 'rotate')
    await say(3)
    const { code, out } = await runCommand(['verify', 'ledger.ndjson'], told, shell)
    expect(code).toBe(0)
    expect(out).toBe(
      [
        'intact, 1 to 5: 5 records',
        expect.stringMatching(/^ {2}prober {6}0/),
        expect.stringMatching(/^ {2}aggregator {2}\S{43}$/),
        '  holds       4 results, 0 skips, 0 definitions',
        '  measured    2026-01-01T00:00:00.000Z to 2026-01-01T00:00:03.000Z',
        '  receipts    one for each, by the aggregator',
        '  keys        followed by another 1 time',
        '  gaps        none',
        '',
      ]
        .map((line, index) => (typeof line === 'string' ? line : (out.split('\n')[index] ?? '')))
        .join('\n'),
    )
  })

  test('names the gaps, and says what the export does not hold although this prober has a receipt for it', async () => {
    const { shell, spool, exported, say } = await past(2)
    await spool.append([testLine(2)])
    const { notary } = await knownIdentity()
    const refused = await spool.next(notary)
    if (refused !== null) await spool.refuse(notary, refused)
    await say(3)
    exported.pop()
    const { code, out } = await runCommand(['verify', '-'], told, shell)
    expect(code).toBe(0)
    expect(out).toMatch(/gaps {8}1, each with its signed reason\n {4}3: rejected, 1 result lost, 2026/)
    expect(out).toContain('This prober has receipts up to 5; what is behind 4 is not in this file.')
  })

  test('exits with 1 where something does not hold, and says at which number', async () => {
    const { shell, exported } = await past()
    exported.splice(1, 1)
    const { code, out } = await runCommand(['verify', 'ledger.ndjson'], told, shell)
    expect(code).toBe(1)
    expect(out).toMatch(/^broken at 3: a record is missing before it; 1 to 1 before it hold\n/)
    const json = await runCommand(['verify', 'ledger.ndjson', '--json'], told, shell)
    expect([json.code, JSON.parse(json.out)]).toMatchObject([1, { broken: { seq: 3 }, to: 1, acknowledged: 3 }])
  })

  test.each([
    ['a file that is not there', 'missing', [], 'missing cannot be read (ENOENT).'],
    ['a page of a proxy', '-', ['<html>\n'], 'What came in is no export of a ledger, or was cut off: line 1.'],
    ['an export that was cut off', 'x', null, 'x is no export of a ledger, or was cut off: line 3.'],
    ['nothing at all', '-', [], 'What came in holds no record.'],
  ])('exits with 2 for %s', async (_what, file, given, message) => {
    const { shell, exported } = await past()
    if (given === null) exported.push(exported.pop()?.slice(0, 200) ?? '')
    else exported.splice(0, exported.length, ...given)
    const { code, err } = await runCommand(['verify', file], told, shell)
    expect([code, err.split('\n')[0]]).toEqual([2, message])
  })

  test('works on any machine with the public keys that identity prints', async () => {
    const { shell, disk, say } = await past()
    await leaveAsk(disk.files, 'rotate')
    await say(3)
    const { out: jwks } = await runCommand(['identity', '--jwks'], told, shell)
    expect(JSON.parse(jwks).keys).toHaveLength(2)
    const elsewhere = { ...shell, identity: async () => null }
    const files = { ...told, files: { 'keys.json': jwks, 'no.json': '{}' } }
    const ran = await runCommand(['verify', '-', '--key', 'keys.json'], files, elsewhere)
    expect(ran.code).toBe(0)
    expect(ran.out).toContain('not looked at: no --aggregator-key')
    expect((await runCommand(['verify', '-', '--key', 'no.json'], files, elsewhere)).err).toContain('no public key')
    expect((await runCommand(['verify', '-'], told, elsewhere)).err).toContain('LLMSTATUS_DATA_DIR')
  })
})

describe('rewound', () => {
  test('says where the aggregator stands, and leaves word for the prober', async () => {
    const { disk, spool, shell, aggregator } = await past(2)
    expect(await runCommand(['rewound'], told, shell)).toMatchObject({ code: 2, err: expect.stringMatching(/nothing/) })
    await spool.noteFork({ expectedSeq: 41, head: aggregator.head().hash })
    const { code, out } = await runCommand(['rewound'], told, shell)
    expect(code).toBe(0)
    expect(out).toMatch(/This prober has 2 of 40 records.*probers release 0/s)
    expect(await takeAsk(disk.files, 'rewound', spool.rewind)).toBe(true)
    expect(spool.status().forked).toBe(false)
    expect(await takeAsk(disk.files, 'rewound', spool.rewind)).toBe(false)
  })
})

describe('lines', () => {
  const all = async (chunks: AsyncIterable<Uint8Array>): Promise<readonly string[]> => {
    const lines: string[] = []
    for await (const line of linesOf(chunks)) lines.push(line)
    return lines
  }

  test('are the same however they come', async () => {
    for (const size of [1, 2, 3, 100]) expect(await all(inPieces('a\n\nbc\nd', size))).toEqual(['a', '', 'bc', 'd'])
    expect(await all(inPieces(''))).toEqual([])
  })

  test('that never end are cut where no line of an export goes on', async () => {
    let sent = 0
    const endless = async function* () {
      for (;;) {
        sent += 1 << 16
        yield Buffer.alloc(1 << 16, 'x')
      }
    }
    expect((await all(endless())).map(({ length }) => length)).toEqual([longestLineBytes + (1 << 16)])
    expect(sent).toBe(longestLineBytes + (1 << 16))
  })
})
