import { describe, expect, it } from 'vitest'
import { connectionOf, type DatabaseUrl } from './connection.ts'

const at = (url: string, over: Partial<DatabaseUrl> = {}) =>
  connectionOf({ url, password: null, caFile: null, read: path => `content of ${path}`, ...over })

describe('a database URL', () => {
  it('is host, port, user, password and name, whatever is escaped in them', () => {
    expect(at('postgres://us%40er:p%40ss%2F@db.example:6543/na%20me')).toMatchObject({
      host: 'db.example',
      port: 6543,
      user: 'us@er',
      password: 'p@ss/',
      database: 'na me',
    })
  })

  it('may name a socket, or an address of version 6', () => {
    expect(at('postgres://me@/name?host=/run/postgresql')).toMatchObject({ host: '/run/postgresql', ssl: false })
    expect(at('postgres://me@[fd00::1]/name')).toMatchObject({ host: 'fd00::1', ssl: {} })
  })

  it('without a password takes the one that was given beside it', () => {
    expect(at('postgres://me@localhost/x', { password: 'beside' }).password).toBe('beside')
    expect(at('postgres://me:inside@localhost/x', { password: 'beside' }).password).toBe('inside')
  })

  it.each(['allow', 'prefer', 'no-verify', 'full'])('with sslmode=%s is refused', mode => {
    expect(() => at(`postgres://db/x?sslmode=${mode}`)).toThrow(expect.objectContaining({ code: 'config_invalid' }))
  })

  it('with a parameter that nobody knows is refused, and never printed', () => {
    const wrong = () => at('postgres://me:hunter2@db/x?sslmod=disable')
    expect(wrong).toThrow(expect.objectContaining({ hint: 'Did you mean sslmode?' }))
    expect(wrong).toThrow(expect.objectContaining({ message: expect.not.stringContaining('hunter2') }))
  })

  it('begins without just-in-time compilation, whatever else is asked', () => {
    expect(at('postgres://db/x').options).toBe('-c jit=off')
    expect(at('postgres://db/x?options=-c%20work_mem%3D8MB').options).toBe('-c jit=off -c work_mem=8MB')
  })

  it('that names a file that cannot be read says which', () => {
    const read = () => {
      throw Object.assign(new Error('no such file'), { code: 'ENOENT' })
    }
    expect(() => at('postgres://db/x?sslrootcert=/etc/ca.pem', { read })).toThrow(/sslrootcert.*\/etc\/ca\.pem.*ENOENT/)
  })

  it('with a certificate of the client needs its key', () => {
    expect(() => at('postgres://db/x?sslcert=/c.pem')).toThrow(/sslkey/)
    expect(at('postgres://db/x?sslcert=/c.pem&sslkey=/k.pem').ssl).toEqual({
      cert: 'content of /c.pem',
      key: 'content of /k.pem',
    })
  })
})

describe('TLS', () => {
  it.each(['localhost', '127.0.0.1', '127.8.9.1', '[::1]'])('is not needed to %s', host => {
    expect(at(`postgres://${host}/x`).ssl).toBe(false)
  })

  it.each(['db', 'db.example', '10.0.0.7', '127.0.0.1.example'])('to %s verifies authority and name', host => {
    expect(at(`postgres://${host}/x`).ssl).toEqual({})
  })

  it('takes the authorities of the URL before those of the machine', () => {
    const own = { caFile: '/own.pem' }
    expect(at('postgres://db/x', own).ssl).toEqual({ ca: 'content of /own.pem' })
    expect(at('postgres://db/x?sslrootcert=/url.pem', own).ssl).toEqual({ ca: 'content of /url.pem' })
    expect(at('postgres://db/x?sslrootcert=system', own).ssl).toEqual({})
  })

  it('means by each mode what libpq means', () => {
    const ssl = (query: string) => at(`postgres://db/x?${query}`).ssl
    expect(ssl('sslmode=disable')).toBe(false)
    expect(ssl('sslmode=require')).toEqual({ rejectUnauthorized: false })
    expect(ssl('sslmode=require&sslrootcert=/a')).toEqual({
      ca: 'content of /a',
      checkServerIdentity: expect.any(Function),
    })
    expect(ssl('sslmode=verify-ca&sslrootcert=/a')).toEqual({
      ca: 'content of /a',
      checkServerIdentity: expect.any(Function),
    })
    expect(at('postgres://localhost/x?sslmode=verify-full').ssl).toEqual({})
  })
})
