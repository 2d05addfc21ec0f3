import { describe, expect, it } from 'vitest'
import { problemOf } from './check-server.ts'
import { explainConnection } from './explain.ts'

const good = {
  version: 150_004,
  called: '15.4',
  replica: false,
  read_only: false,
  me: 'me',
  schema: 'public',
  may_create: true,
}

describe('a server', () => {
  it('of version 15 on that can be written is good', () => {
    expect(problemOf(good)).toBeNull()
  })

  it.each([
    ['is too old', { version: 140_011, called: '14.11' }, /Postgres 14\.11/, /15 or newer/],
    ['is a replica', { replica: true }, /replica/, /primary/],
    ['cannot be written', { read_only: true }, /only be read/, /read_only = off/],
    ['has no schema for us', { schema: null, may_create: false }, /no schema/, /create schema/],
    ['lets nobody make tables', { may_create: false }, /make tables/, /grant usage, create on schema public to me/],
  ])('that %s is named, with what to do', (_, over, what, hint) => {
    expect(problemOf({ ...good, ...over })).toEqual({
      what: expect.stringMatching(what),
      hint: expect.stringMatching(hint),
    })
  })
})

describe('a connection that fails', () => {
  const failure = (code: string, message: string) => Object.assign(new Error(message), { code })

  it.each([
    ['28P01', 'password authentication failed for user "x"', /user or password/, /%40/],
    [
      '28000',
      'no pg_hba.conf entry for host "10.0.0.1", user "x", database "y", no encryption',
      /only.*TLS/,
      /sslmode=disable/,
    ],
    [
      '28000',
      'no pg_hba.conf entry for host "10.0.0.1", user "x", database "y", SSL encryption',
      /lets nobody in/,
      /pg_hba/,
    ],
    ['3D000', 'database "y" does not exist', /not there/, /create database/],
    ['08P01', 'unsupported startup parameter: lock_timeout', /pooler/, /ignore_startup_parameters/],
    ['53300', 'sorry, too many clients already', /no connection left/, /max_connections/],
    ['', 'The server does not support SSL connections', /does not speak TLS/, /sslmode=disable/],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'self-signed certificate in certificate chain', /not trusted/, /sslrootcert/],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'unable to verify the first certificate', /not trusted/, /sslrootcert/],
    ['ERR_TLS_CERT_ALTNAME_INVALID', "Hostname/IP does not match certificate's altnames", /another name/, /verify-ca/],
    ['CERT_HAS_EXPIRED', 'certificate has expired', /not valid now/, /clock/],
    ['ENOTFOUND', 'getaddrinfo ENOTFOUND nowhere', /nobody knows/, /name server/],
    ['ECONNREFUSED', 'connect ECONNREFUSED 10.0.0.1:5432', /does not answer/, /host and port/],
  ])('%s is told with what to do', (code, message, what, hint) => {
    const told = explainConnection(failure(code, message), 'db:5432/y')
    expect(told).toMatchObject({ code: 'database_unreachable', exit: 2 })
    expect(told?.message).toMatch(what)
    expect(told?.message).toContain('db:5432/y')
    expect(told?.hint).toMatch(hint)
  })

  it('for a reason of ours stays what it is', () => {
    expect(explainConnection(failure('42P01', 'relation "x" does not exist'), 'db')).toBeNull()
  })
})
