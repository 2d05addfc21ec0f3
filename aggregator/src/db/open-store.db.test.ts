import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { createSecureContext, TLSSocket } from 'node:tls'
import { Secret } from '@llmstatus/shared/secret'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as testOnly from '../../../simulator/testdata/test-only-certificates.ts'
import { testDatabaseUrl } from '../../../test/postgres.ts'
import { openServer } from './open-server.ts'
import { openStore } from './open-store.ts'

/**
 * The real server behind a door that speaks TLS, as Postgres does: eight bytes ask, one byte answers, and then both sides
 * turn to TLS. So no server that was given for tests has to be set up for it.
 */
const tlsDoor = async (
  target: URL,
  { certificate, host = '127.0.0.1' }: { readonly certificate: string; readonly host?: string },
): Promise<Server> => {
  const context = createSecureContext({ cert: certificate, key: testOnly.key })
  const server = createServer(plain => {
    plain.on('error', () => undefined)
    plain.once('data', () => {
      plain.write('S')
      const secured = new TLSSocket(plain, { isServer: true, secureContext: context })
      const behind = connect(Number(target.port), target.hostname)
      for (const socket of [secured, behind] as Socket[]) socket.on('error', () => undefined)
      secured.pipe(behind).pipe(secured)
    })
  }).listen(0, host)
  await once(server, 'listening')
  return server
}

const given = testDatabaseUrl
describe.skipIf(given === undefined)('a server, opened on postgres', () => {
  const real = new URL(given ?? 'postgres://none')
  let good: Server
  let expired: Server
  beforeAll(async () => {
    good = await tlsDoor(real, { certificate: testOnly.certificate })
    expired = await tlsDoor(real, { certificate: testOnly.expiredCertificate })
  })
  afterAll(() => Promise.all([good, expired].map(server => server.close())))

  interface Beside {
    readonly password?: string
  }
  const open = (change: Partial<URL>, { password }: Beside = {}) => {
    const databaseUrl = new Secret(Object.assign(new URL(real), change).href)
    const beside = password === undefined ? null : new Secret(password)
    const place = { databaseUrl, password: beside, caFile: null, read: () => testOnly.authority }
    return openStore(place, () => undefined)
  }
  const through = (server: Server, query: string): Partial<URL> => {
    const { address, port } = server.address() as AddressInfo
    return { hostname: address, port: String(port), search: query }
  }

  it('is used over TLS when its certificate is by the authority that was named', async () => {
    const store = await open(through(good, 'sslmode=verify-full&sslrootcert=/ca.pem'))
    expect((await sql`select 1 as one`.execute(store.db)).rows).toEqual([{ one: 1 }])
    await store.close()
  })

  it.each([
    ['by an authority that is not trusted', 'sslmode=verify-full', /not trusted/],
    ['of the past', 'sslmode=verify-full&sslrootcert=/ca.pem', /not valid now/],
  ])('is not used with a certificate %s, and the reason is told', async (_, query, reason) => {
    const server = query.includes('rootcert') ? expired : good
    await expect(open(through(server, query))).rejects.toMatchObject({
      code: 'database_unreachable',
      message: expect.stringMatching(reason),
    })
  })

  it('is not used under a name that its certificate does not have, but by verify-ca', async () => {
    const elsewhere = await tlsDoor(real, { certificate: testOnly.certificate, host: '127.0.0.2' })
    try {
      await expect(open(through(elsewhere, 'sslmode=verify-full&sslrootcert=/ca.pem'))).rejects.toMatchObject({
        message: expect.stringContaining('another name'),
      })
      await (await open(through(elsewhere, 'sslmode=verify-ca&sslrootcert=/ca.pem'))).close()
    } finally {
      elsewhere.close()
    }
  })

  it('that does not speak TLS is told so, with the way out', async () => {
    await expect(open({ search: 'sslmode=require' })).rejects.toMatchObject({
      message: expect.stringContaining('does not speak TLS'),
      hint: expect.stringContaining('sslmode=disable'),
    })
  })

  it('takes the password that was given beside the URL', async () => {
    const password = decodeURIComponent(real.password)
    const store = await open({ password: '' }, { password })
    await store.close()
  })

  it('refuses a wrong password, a database and a host that are not there, in words and without the password', async () => {
    const wrong = [
      [{ password: 'hunter2' }, /user or password/],
      [{ pathname: '/nowhere' }, /is not there/],
      [{ port: '1' }, /does not answer/],
    ] as const
    for (const [change, reason] of wrong) {
      const error = await open(change).catch((caught: unknown) => caught)
      expect(error).toMatchObject({ code: 'database_unreachable', exit: 2, message: expect.stringMatching(reason) })
      expect(String(error)).not.toContain('hunter2')
    }
  })

  it('is not used by somebody who may not make tables there, or only read', async () => {
    const name = `reader_${Date.now()}`
    const admin = openServer(real.href, () => undefined)
    const asReader = { username: name, password: 'x' }
    try {
      await sql`create role ${sql.id(name)} login password 'x'`.execute(admin.db)
      await expect(open(asReader)).rejects.toMatchObject({
        code: 'database_unfit',
        hint: expect.stringContaining(`grant usage, create on schema public to ${name}`),
      })
      await sql`alter role ${sql.id(name)} set default_transaction_read_only = on`.execute(admin.db)
      await expect(open(asReader)).rejects.toMatchObject({
        code: 'database_unfit',
        hint: expect.stringContaining('read_only = off'),
      })
    } finally {
      await sql`drop role ${sql.id(name)}`.execute(admin.db)
      await admin.close()
    }
  })
})
