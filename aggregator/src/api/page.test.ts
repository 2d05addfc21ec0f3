import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import fastify from 'fastify'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readPage, registerPage } from './page.ts'
import { installProblems } from './problem.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'page-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const build = () => {
  const dist = join(folder, 'dist')
  mkdirSync(join(dist, 'assets'), { recursive: true })
  writeFileSync(join(dist, 'index.html'), '<!doctype html><title>page</title>')
  writeFileSync(join(dist, 'mark.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>')
  writeFileSync(join(dist, 'assets', 'index-C0ffee.js'), 'let a = 1')
  writeFileSync(join(dist, 'assets', 'index-C0ffee.css'), 'p{}')
  writeFileSync(join(dist, '.env'), 'KEY=1')
  writeFileSync(join(folder, 'secret.txt'), 'secret')
  symlinkSync(join(folder, 'secret.txt'), join(dist, 'linked.txt'))
}

const app = () => {
  const server = fastify()
  installProblems(server, pino({ level: 'silent' }))
  registerPage(server, readPage({ existsSync, readdirSync, readFileSync }, pathToFileURL(`${join(folder, 'dist')}/`)))
  return server
}

describe('the page', () => {
  it.each([
    ['/', 'text/html; charset=utf-8', 'no-cache'],
    ['/mark.svg', 'image/svg+xml', 'no-cache'],
    ['/assets/index-C0ffee.js', 'text/javascript; charset=utf-8', 'public, max-age=31536000, immutable'],
    ['/assets/index-C0ffee.css', 'text/css; charset=utf-8', 'public, max-age=31536000, immutable'],
  ])('%s has its type, and may be kept as long as its name says', async (url, type, keep) => {
    build()
    const { statusCode, headers } = await app().inject(url)
    expect([statusCode, headers['content-type'], headers['cache-control']]).toEqual([200, type, keep])
  })

  it('runs its own files alone', async () => {
    build()
    const policy = String((await app().inject('/')).headers['content-security-policy'])
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self'")
    expect(policy).not.toContain('unsafe')
  })

  it('is not sent again to who has it', async () => {
    build()
    const server = app()
    const { etag } = (await server.inject('/')).headers
    const again = await server.inject({ url: '/', headers: { 'if-none-match': `"other", W/${etag}` } })
    expect([again.statusCode, again.body]).toEqual([304, ''])
    expect((await server.inject({ url: '/', headers: { 'if-none-match': '"other"' } })).statusCode).toBe(200)
  })

  it.each([
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/assets/../../secret.txt',
    '/..%5csecret.txt',
    '/assets/%00',
    '/linked.txt',
    '/.env',
    '/index.html',
    '/assets/',
    '/assets',
  ])('%s is nothing', async url => {
    build()
    const { statusCode, body } = await app().inject(url)
    expect(statusCode).toBeGreaterThanOrEqual(400)
    expect(statusCode).toBeLessThan(500)
    expect(body).not.toContain('secret')
  })

  it('that is not built says so, and where everything is', async () => {
    const { statusCode, headers, body } = await app().inject('/')
    expect([statusCode, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
    expect(body).toContain('not built')
    expect(body).toContain('/api/v1/status')
  })
})
