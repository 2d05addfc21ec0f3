import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { EnrolAnswer, keyFromSeed, readToken, signEnrolment, types, verifyJws } from '@llmstatus/shared/identity'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { eachEngine } from '../../../test/postgres.ts'
import { seededRandom } from '../../test/random.ts'
import { testShell } from '../../test/test-shell.ts'

/** The real program, its real socket and folder; on a server leg DATABASE_URL points to the file's own database. */
eachEngine('the program', database => {
  let folder = ''
  let env: Record<string, string> = {}
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'agg-'))
    const url = database.url()
    env = {
      LLMSTATUS_DATA_DIR: join(folder, 'data'),
      LLMSTATUS_PORT: '0',
      ...(url === null ? {} : { DATABASE_URL: url }),
    }
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const command = async (line: string, over: { env?: Record<string, string>; pid?: number } = {}) => {
    const { run, said } = testShell({ ...env, ...over.env }, over.pid ?? 2)
    const exit = await run(line.split(' '))
    return { exit, ...said }
  }

  const serving = async (over: Record<string, string> = {}) => {
    const { run, said, stop } = testShell({ ...env, ...over })
    const exit = run(['serve'])
    const url = await listening(said, exit)
    return {
      url,
      said,
      stop: async () => {
        stop()
        return exit
      },
    }
  }

  const enrol = async (url: string, text: string, name: string) => {
    const token = readToken(text)
    if (token === null) throw new Error(`not a token: ${text}`)
    const key = await keyFromSeed(seededRandom(name)(32))
    const envelope = await signEnrolment(await keyFromSeed(token.seed), key, {
      v: 1,
      aud: token.aggregator,
      jwk: key.jwk,
      name,
      region: null,
      version: '0.1.0',
      iat: 0,
    })
    const headers = { 'content-type': 'application/jose+json' }
    return fetch(`${url}/api/v1/enrol`, { method: 'POST', headers, body: JSON.stringify(envelope) })
  }

  it('serves, is administered while it does, and leaves its folder free', { timeout: 120_000 }, async () => {
    const server = await serving()
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200)
    expect(statSync(join(folder, 'data')).mode & 0o777).toBe(0o700)
    expect(statSync(join(folder, 'data/control.sock')).mode & 0o777).toBe(0o600)

    const port = new URL(server.url).port
    expect((await command('health', { env: { LLMSTATUS_PORT: port } })).exit).toBe(0)
    expect((await command('check', { env: { LLMSTATUS_PORT: port } })).exit).toBe(0)
    const out = join(folder, 'token')
    const made = await command(`enrol-token create --out ${out}`, { env: { LLMSTATUS_PORT: port } })
    expect([made.exit, made.out, statSync(out).mode & 0o777]).toEqual([0, '', 0o600])

    const { files } = testShell({}).shell
    expect((await enrol(server.url, files.read(out), 'eu-1')).status).toBe(201)
    expect((await command('probers list')).out).toMatch(/eu-1 +pending/)
    const [listed] = JSON.parse((await command('probers list --json')).out)
    expect((await command('probers approve eu-1')).out).toContain(`eu-1 is approved  ${listed.thumbprint}`)
    expect((await command(`probers approve ${listed.id}`)).exit).toBe(0)
    expect(await command('probers release eu-1')).toMatchObject({
      exit: 2,
      err: expect.stringContaining('eu-1 is approved: it cannot be released.'),
    })
    expect((await command('probers revoke eu-1 --json')).out).toContain('"state":"revoked"')
    expect((await command('probers approve eu-1')).exit).toBe(2)
    expect(await command('probers approve eu-9')).toMatchObject({ exit: 2, err: expect.stringContaining('eu-9') })
    expect(await command('ledger verify')).toMatchObject({ exit: 0, out: 'eu-1: nothing was sent yet\n' })
    expect(await command('incidents list')).toMatchObject({ exit: 0, out: 'There was no incident yet.\n' })
    expect(await command('incidents note openai We have told them')).toMatchObject({
      exit: 2,
      err: expect.stringContaining('openai is no incident, and no provider that has an open one.'),
    })

    const nothing = { exit: 0, err: 'There is no result in this time.\n' }
    const policy = fileURLToPath(new URL('../../../demo.policy.yaml', import.meta.url))
    expect(await command(`replay --policy ${policy}`)).toMatchObject(nothing)

    const exported = join(folder, 'ledger.ndjson')
    expect(await command(`ledger export --from 2026-01-01 --out ${exported}`)).toMatchObject({
      exit: 0,
      err: '0 records\n',
    })
    expect([files.read(exported), statSync(exported).mode & 0o777]).toEqual(['', 0o600])
    expect(await command('ledger export --prober eu-9')).toMatchObject({
      exit: 2,
      err: expect.stringContaining('eu-9'),
    })
    expect(await command('ledger export --from yesterday')).toMatchObject({ exit: 2 })

    expect(await command('serve', { pid: 3 })).toMatchObject({
      exit: 2,
      err: expect.stringContaining('is in use by process 1'),
    })
    expect(await server.stop()).toBe(0)
    expect(readdirSync(join(folder, 'data')).filter(name => name !== 'database')).toEqual(['aggregator.key'])

    // nobody serves: commands take the folder themselves, and the next start finds everything
    expect((await command('probers list')).out).toMatch(/eu-1 +revoked/)
    expect((await command('migrate')).out).toBe('The schema is up to date.\n')
    expect(await command(`replay --policy ${policy} --reclassify --json`)).toMatchObject(nothing)
    const auto = await command('enrol-token create --auto-approve')
    const again = await serving()
    const answer = (await (await enrol(again.url, auto.out, 'eu-2')).json()) as { answer: string }
    const key = await keyFromSeed(Buffer.from(files.read(join(folder, 'data/aggregator.key')).trim(), 'base64url'))
    expect(EnrolAnswer.parse(await verifyJws(key, types.receipt, answer.answer)).state).toBe('approved')
    expect(await again.stop()).toBe(0)
  })

  it('is told over its socket what probers are offered, and to change its key', { timeout: 120_000 }, async () => {
    const server = await serving()
    const file = join(folder, 'sums.yaml')
    const text = 'provider: openai\nmodel: gpt-5-mini\nprobe_type: chat\nname: sums\n'
    writeFileSync(file, `${text}request: { messages: [{ role: user, content: "2 + 2?" }] }\n`)
    expect((await command('definitions list')).out).toContain('Probers are offered no definition')
    expect((await command(`definitions add ${file}`)).out).toBe('openai gpt-5-mini sums is offered\n')
    expect((await command(`definitions add ${file}`)).out).toBe('openai gpt-5-mini sums is offered already\n')
    expect((await command('definitions list')).out).toMatch(
      /openai +gpt-5-mini +sums .*\nversion \d+, signed until 2026/,
    )
    expect(JSON.parse((await command('definitions list --json')).out).definitions).toMatchObject([{ name: 'sums' }])
    expect((await command('definitions remove sums')).out).toBe('openai gpt-5-mini sums is offered no longer\n')
    writeFileSync(file, `${text}host: example.com\n`)
    expect(await command(`definitions add ${file}`)).toMatchObject({
      exit: 2,
      err: expect.stringContaining(`${file}:5:1: host`),
    })
    expect(await command('definitions add none.yaml')).toMatchObject({
      exit: 2,
      err: expect.stringContaining('ENOENT'),
    })

    const before = JSON.parse((await command('key show --json')).out)
    const rotated = JSON.parse((await command('key rotate --json')).out)
    expect(rotated).toMatchObject({ former: [{ kid: before.in_force.kid, held: true }], next: [] })
    expect(statSync(join(folder, 'data/aggregator.key')).mode & 0o777).toBe(0o600)
    expect((await command('key show')).out).toContain(`in force  ${rotated.in_force.kid}  since 2026`)
    const made = readToken((await command('enrol-token create --auto-approve')).out)
    expect(made?.aggregator).toBe(rotated.in_force.kid)
    expect(await server.stop()).toBe(0)
    expect(JSON.parse((await command('key show --json')).out)).toEqual(rotated)
  })

  describe('starts nothing', () => {
    it('on a port that is taken', async () => {
      const other = createServer()
      await new Promise<void>(resolve => other.listen({ host: '127.0.0.1', port: 0 }, resolve))
      const { port } = other.address() as { port: number }
      const { exit, err } = await command('serve', { env: { LLMSTATUS_PORT: String(port) } })
      await new Promise(resolve => other.close(resolve))
      expect([exit, err]).toEqual([2, expect.stringContaining(`Port ${port} on 127.0.0.1 is taken`)])
      expect(readdirSync(join(folder, 'data'))).toEqual([])
    })

    it('in a folder that cannot be written', async () => {
      writeFileSync(join(folder, 'data'), 'a file')
      expect(await command('serve')).toMatchObject({ exit: 2, err: expect.stringContaining('cannot be written') })
      rmSync(join(folder, 'data'))
      if (process.getuid?.() === 0) return
      mkdirSync(join(folder, 'data'))
      chmodSync(join(folder, 'data'), 0o500)
      expect(await command('serve')).toMatchObject({ exit: 2, err: expect.stringContaining('EACCES') })
    })

    it('in a folder whose path is too long for a socket', async () => {
      const { exit, err } = await command('serve', { env: { LLMSTATUS_DATA_DIR: join(folder, 'x'.repeat(120)) } })
      expect([exit, err]).toEqual([2, expect.stringContaining('too long')])
    })

    it('with a policy that is not there', async () => {
      const { exit, err } = await command('serve', { env: { LLMSTATUS_POLICY: join(folder, 'none.yaml') } })
      expect([exit, err]).toEqual([2, expect.stringContaining('LLMSTATUS_POLICY')])
      expect(existsSync(join(folder, 'data'))).toBe(false)
    })

    it('on a database that does not answer, and names no password', async () => {
      const { exit, err } = await command('serve', { env: { DATABASE_URL: 'postgres://u:hunter2@127.0.0.1:1/x' } })
      expect([exit, err]).toEqual([2, expect.stringContaining('127.0.0.1:1')])
      expect(err).not.toContain('hunter2')
      expect(readdirSync(join(folder, 'data'))).toEqual(['aggregator.key'])
    })

    it('on the database of an aggregator with another key', async context => {
      if (database.engine === 'pglite') return context.skip()
      await database
        .store()
        .db.insertInto('aggregator')
        .values({ kid: 'A'.repeat(43), since: new Date(0) })
        .execute()
      expect(await command('serve')).toMatchObject({ exit: 2, err: expect.stringContaining('LLMSTATUS_KEY_FILE') })
    })

    it('where another server answers that it cannot see', async () => {
      mkdirSync(join(folder, 'data'))
      const other = createServer(socket => socket.end())
      await new Promise<void>(resolve => other.listen(join(folder, 'data/control.sock'), resolve))
      const { exit, err } = await command('serve')
      await new Promise(resolve => other.close(resolve))
      expect([exit, err]).toEqual([2, expect.stringContaining('Another server answers')])
      expect(existsSync(join(folder, 'data/database'))).toBe(false)
    })

    it('to answer a question about what is not there', async context => {
      if (database.engine === 'postgres') return context.skip()
      for (const line of ['probers list', 'probers approve eu-1', 'ledger verify'])
        expect(await command(line)).toMatchObject({ exit: 2, err: expect.stringContaining('There is no database in') })
      expect(existsSync(join(folder, 'data'))).toBe(false)
    })

    it('to check', async () => {
      const { exit, out } = await command('check')
      expect([exit, out]).toEqual([0, expect.stringContaining('will be made at the first start')])
      expect(existsSync(join(folder, 'data'))).toBe(false)
    })
  })

  it('with a database and a key from outside keeps nothing here', async context => {
    if (database.engine === 'pglite') return context.skip()
    const keyFile = join(folder, 'key')
    writeFileSync(keyFile, 'A'.repeat(43))
    const first = await serving({ LLMSTATUS_KEY_FILE: keyFile })
    const second = await serving({ LLMSTATUS_KEY_FILE: keyFile })
    expect(existsSync(join(folder, 'data'))).toBe(false)
    expect((await fetch(`${second.url}/readyz`)).status).toBe(200)
    expect([await first.stop(), await second.stop()]).toEqual([0, 0])
  })
})

/** The address it says it listens on; fails when it ends before that. */
const listening = async (
  said: { readonly log: string; readonly err: string },
  exit: Promise<number>,
): Promise<string> => {
  let ended: number | null = null
  void exit.then(code => {
    ended = code
  })
  for (;;) {
    const url = /"url":"(http:[^"]+)"/.exec(said.log)?.[1]
    if (url !== undefined) return url
    if (ended !== null) throw new Error(`serve ended with ${ended}: ${said.err}`)
    await new Promise(resolve => setImmediate(resolve))
  }
}
