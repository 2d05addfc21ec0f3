import { createHash, randomUUID } from 'node:crypto'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openMigratedEmbedded, testDatabaseUrl } from '../../../test/postgres.ts'
import { canonicalOf } from '../../test/canonical.ts'
import { createScratchDatabase } from '../../test/scratch-database.ts'
import { testShell } from '../../test/test-shell.ts'
import { openEmbedded } from '../db/open-embedded.ts'
import { openServer } from '../db/open-server.ts'

/** From an embedded database into a folder on one leg, into a server on the other. */
const engine = testDatabaseUrl === undefined ? 'pglite' : 'postgres'

describe(`backup and restore, as commands, on ${engine}`, { timeout: 120_000 }, () => {
  let root = ''
  let source = ''
  let target = ''
  let server: { url: string; drop: () => Promise<unknown> } | null = null
  const at = (name: string): string => join(root, name)

  const command = async (line: string, env: Record<string, string>, pid = 2) => {
    const { run, said } = testShell({ LLMSTATUS_PORT: '0', ...env }, pid)
    const exit = await run(line.split(' '))
    return { exit, ...said }
  }
  const here = () => ({ LLMSTATUS_DATA_DIR: source })
  const there = (over: Record<string, string> = {}): Record<string, string> => ({
    LLMSTATUS_DATA_DIR: target,
    ...(server === null ? {} : { DATABASE_URL: server.url }),
    ...over,
  })
  const contents = async (of: { url: string } | { folder: string }) => {
    const store = 'url' in of ? openServer(of.url, () => undefined) : await openEmbedded({ dataDir: of.folder })
    return canonicalOf(store).finally(() => store.close())
  }
  const targetContents = () => contents(server ?? { folder: join(target, 'database') })

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'drill-'))
    source = at('source')
    mkdirSync(source)
    await openMigratedEmbedded(join(source, 'database')).then(({ store }) => store.close())
    writeFileSync(at('passphrase'), 'correct-horse\n')
    for (let n = 0; n < 3; n++) expect((await command('enrol-token create', here())).exit).toBe(0)
    expect((await command(`backup --out ${at('sealed')} --passphrase-file ${at('passphrase')}`, here())).exit).toBe(0)
    expect((await command(`backup --out ${at('open')}`, here())).exit).toBe(0)
  }, 120_000)
  afterAll(() => rmSync(root, { recursive: true, force: true }))

  beforeEach(async () => {
    target = mkdtempSync(join(root, 'target-'))
    const name = `test_${randomUUID().replaceAll('-', '')}`
    server = testDatabaseUrl === undefined ? null : await createScratchDatabase(testDatabaseUrl, name)
  })
  afterEach(() => server?.drop())

  const restore = (name: string, options = '', over: Record<string, string> = {}) =>
    command(`restore ${at(name)}${options}`, there(over))
  const sealed = () => restore('sealed', ` --passphrase-file ${at('passphrase')}`)

  it('bring everything to another place, the key too, and what runs there is the same aggregator', async () => {
    expect(await sealed()).toMatchObject({ exit: 0, out: expect.stringContaining('whole') })
    expect(readFileSync(join(target, 'aggregator.key'))).toEqual(readFileSync(join(source, 'aggregator.key')))
    expect(statSync(join(target, 'aggregator.key')).mode & 0o777).toBe(0o600)
    expect(await targetContents()).toEqual(await contents({ folder: join(source, 'database') }))
    expect(readdirSync(target).sort()).toEqual(server === null ? ['aggregator.key', 'database'] : ['aggregator.key'])
    const [shown, before] = [await command('key show --json', there()), await command('key show --json', here())]
    expect(JSON.parse(shown.out).in_force).toEqual(JSON.parse(before.out).in_force)

    // and back again, from a server into a folder
    if (server === null) return
    expect((await command(`backup --out ${at('again')}`, there())).exit).toBe(0)
    copyFileSync(join(source, 'aggregator.key'), at('key'))
    const back = { LLMSTATUS_DATA_DIR: at('back'), LLMSTATUS_KEY_FILE: at('key') }
    expect((await command(`restore ${at('again')}`, back)).exit).toBe(0)
    expect(await contents({ folder: at('back/database') })).toEqual(await targetContents())
    rmSync(at('back'), { recursive: true })
  })

  it('say of an archive what it is, and change nothing', async () => {
    expect(await restore('open', ' --check')).toMatchObject({
      exit: 0,
      out: expect.stringContaining('without the signing key'),
    })
    const report = JSON.parse((await restore('sealed', ' --check --json')).out)
    expect(report).toMatchObject({ engine: 'pglite', key: 'sealed', restored: false })
    expect(readdirSync(target)).toEqual([])
  })

  it('say loudly that an archive has no key, and what that means', async () => {
    const { err } = await command(`backup --out ${at('loud')} --json`, here())
    expect(err).toContain('WARNING: the signing key is not in this archive')
    expect(readFileSync(at('loud')).includes(readFileSync(join(source, 'aggregator.key')).subarray(0, 43))).toBe(false)
    expect(readFileSync(at('sealed')).includes(readFileSync(join(source, 'aggregator.key')).subarray(0, 43))).toBe(
      false,
    )
  })

  it('write to a pipe what they write to a file', async () => {
    const { out, err } = await command('backup --out - --json', here())
    writeFileSync(at('piped'), Buffer.from(out, 'latin1'))
    expect(JSON.parse(err.split('\n')[0] ?? '')).toMatchObject({ file: '-', key: 'none' })
    expect((await restore('piped', ' --check')).exit).toBe(0)
  })

  describe('change nothing', () => {
    const nothing = async (asked: Promise<{ exit: number; err: string }>, words: string | RegExp) => {
      const files = readdirSync(target)
      const { exit, err } = await asked
      expect([exit, err]).toEqual([2, expect.stringMatching(words)])
      expect(readdirSync(target)).toEqual(files)
    }

    it('under another passphrase', async () => {
      writeFileSync(at('wrong'), 'correct-hors\n')
      await nothing(
        restore('sealed', ` --passphrase-file ${at('wrong')}`),
        /not the one that this archive was made with/,
      )
    })

    it('without the key that probers trust', async () => {
      await nothing(restore('open'), /Every prober of this archive trusts the key/)
      await nothing(restore('sealed'), /only sealed.*\n.*--passphrase-file/)
    })

    it('with an archive that is cut, altered, empty or none', async () => {
      const bytes = readFileSync(at('sealed'))
      for (let n = 1; n < 8; n++) {
        const place = Math.floor((bytes.length * n) / 8)
        writeFileSync(at('cut'), bytes.subarray(0, place))
        await nothing(restore('cut', ` --passphrase-file ${at('passphrase')}`), /archive/)
        const turned = Buffer.from(bytes)
        turned[place] = (turned[place] ?? 0) ^ 4
        writeFileSync(at('turned'), turned)
        await nothing(restore('turned', ` --passphrase-file ${at('passphrase')} --replace`), /archive/)
      }
      writeFileSync(at('empty'), '')
      await nothing(restore('empty'), /damaged/)
      await nothing(restore('nowhere'), /There is no file/)
      await nothing(command(`restore ${root}`, there()), /EISDIR/)
    })

    it('with an archive of a schema that is newer, or was made with another text', async () => {
      const bytes = readFileSync(at('open'))
      const end = bytes.indexOf('\n')
      const first = bytes.subarray(0, end).toString()
      const newer = first.replace(
        /"schema":\[/,
        `"schema":[{"n":9999,"name":"9999-later.sql","sha256":"${'0'.repeat(64)}"},`,
      )
      // only the digest of the whole says that the header was altered, and it stands at the end
      writeFileSync(at('newer'), rewritten(newer, bytes.subarray(end)))
      await nothing(restore('newer'), /9999-later\.sql, which this version does not know/)
    })

    it('in a database that holds something, unless it may be replaced', async () => {
      if (server === null) await openMigratedEmbedded(join(target, 'database')).then(({ store }) => store.close())
      expect((await command('enrol-token create', there())).exit).toBe(0)
      const before = await targetContents()
      await nothing(sealed(), /There is a database already: enrol_token has rows/)
      expect(await targetContents()).toEqual(before)
      const replaced = await restore('sealed', ` --replace --passphrase-file ${at('passphrase')}`)
      expect(replaced.exit).toBe(0)
      expect(await targetContents()).toEqual(await contents({ folder: join(source, 'database') }))
      if (server === null) expect(await contents({ folder: join(target, 'database.replaced') })).toEqual(before)
    })

    it('where a server runs', async () => {
      if (server === null) {
        const other = createServer(socket => socket.end())
        await new Promise<void>(resolve => other.listen(join(target, 'control.sock'), resolve))
        await nothing(sealed(), /A server runs on/)
        await new Promise(resolve => other.close(resolve))
      } else {
        const other = openServer(server.url, () => undefined)
        await other.transact(session => session.query('select 1'))
        await nothing(sealed(), /llmstatus-aggregator is connected to this database/)
        await other.close()
      }
    })

    it('in a file of keys from outside', async () => {
      writeFileSync(at('theirs'), `${'A'.repeat(43)}\n`)
      const over = { LLMSTATUS_KEY_FILE: at('theirs') }
      await nothing(restore('sealed', ` --passphrase-file ${at('passphrase')}`, over), /holds another key/)
      expect(readFileSync(at('theirs'), 'utf8')).toBe(`${'A'.repeat(43)}\n`)
      if (server === null) return
      rmSync(at('theirs'))
      expect((await restore('sealed', ` --passphrase-file ${at('passphrase')}`, over)).exit).toBe(0)
      expect(readFileSync(at('theirs'))).toEqual(readFileSync(join(source, 'aggregator.key')))
    })
  })

  it('put the keys back where the database cannot be filled', async context => {
    if (server === null && process.env.TEST_LONG !== '1') return context.skip()
    writeFileSync(join(target, 'aggregator.key'), `${'A'.repeat(43)}\n`)
    const bytes = readFileSync(at('sealed'))
    const end = bytes.indexOf('\n')
    // it fits no schema, which is found out behind the point where the key was written
    const first = bytes.subarray(0, end).toString().replace('"auto_approve"', '"auto_approvf"')
    writeFileSync(at('unfit'), rewritten(first, bytes.subarray(end)))
    const { exit, err } = await restore('unfit', ` --passphrase-file ${at('passphrase')}`)
    expect([exit, err]).toEqual([2, expect.stringContaining('does not fit the schema')])
    expect(readFileSync(join(target, 'aggregator.key'), 'utf8')).toBe(`${'A'.repeat(43)}\n`)
    expect(readdirSync(target)).toEqual(['aggregator.key'])
    if (server === null) return
    expect((await sealed()).exit).toBe(0)
    expect(existsSync(join(target, 'aggregator.key.replaced'))).toBe(true)
  })

  it('begin with another key where that is asked for', async context => {
    if (server === null) return context.skip()
    const { exit, err } = await restore('open', ' --new-key')
    expect([exit, err]).toEqual([0, expect.stringContaining('every prober has to enrol again')])
    const keys = JSON.parse((await command('key show --json', there())).out)
    const before = JSON.parse((await command('key show --json', here())).out)
    expect(keys.in_force.kid).not.toBe(before.in_force.kid)
    expect(keys.former).toMatchObject([{ kid: before.in_force.kid, held: false }])
  })
})

/** With a header of somebody's making, and every digest right. */
const rewritten = (header: string, rest: Buffer): Buffer => {
  const at = rest.lastIndexOf('{"end":"archive"')
  const body = Buffer.concat([Buffer.from(header), rest.subarray(0, at)])
  const { rows } = JSON.parse(rest.subarray(at).toString())
  const sha256 = createHash('sha256').update(body).digest('hex')
  return Buffer.concat([body, Buffer.from(`${JSON.stringify({ end: 'archive', rows, bytes: body.length, sha256 })}\n`)])
}
