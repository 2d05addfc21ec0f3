import { createHash } from 'node:crypto'
import type fs from 'node:fs'
import { extname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

/**
 * The web page, as it was built.
 *
 * Invariants
 * - Its files are read once, at start. A request names one of them or gets nothing: no path of a request ever reaches
 *   the file system, so there is nothing to climb out of.
 * - No inline script or style runs, and nothing is loaded from anywhere else.
 */

export interface PageFile {
  readonly bytes: Uint8Array
  readonly type: string
  readonly etag: string
  /** Its name changes with its content. */
  readonly isHashed: boolean
}

/** By path: `/`, `/mark.svg`, `/assets/index-C0ffee.js`. */
export type Page = ReadonlyMap<string, PageFile>

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
}

/** Null where there is no index.html: it has not been built. `folder` is a file URL with a closing slash. */
export const readPage = (
  files: Pick<typeof fs, 'existsSync' | 'readdirSync' | 'readFileSync'>,
  folder: URL,
): Page | null => {
  const root = fileURLToPath(folder)
  if (!files.existsSync(join(root, 'index.html'))) return null
  const names = files
    .readdirSync(root, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && types[extname(entry.name)] !== undefined)
    .map(entry => relative(root, join(entry.parentPath, entry.name)))
  return new Map(names.map(name => [urlOf(name), pageFile(name, files.readFileSync(join(root, name)))]))
}

const urlOf = (name: string): string => (name === 'index.html' ? '/' : `/${name}`)

const pageFile = (name: string, bytes: Uint8Array): PageFile => ({
  bytes,
  type: types[extname(name)] ?? 'application/octet-stream',
  etag: `"${createHash('sha256').update(bytes).digest('base64url')}"`,
  isHashed: name.startsWith('assets/'),
})

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

export const registerPage = (app: FastifyInstance, page: Page | null): void => {
  for (const [url, file] of page ?? notBuilt)
    app.get(url, { config: { access: 'public' } }, async (request, reply) => sendFile(file, request, reply))
}

const sendFile = (file: PageFile, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
  reply.headers({
    'content-security-policy': policy,
    'cache-control': file.isHashed ? 'public, max-age=31536000, immutable' : 'no-cache',
    etag: file.etag,
  })
  const known = request.headers['if-none-match']?.split(',').map(tag => tag.trim().replace(/^W\//, ''))
  if (known?.includes(file.etag)) return reply.code(304).send()
  return reply.type(file.type).send(Buffer.from(file.bytes))
}

const explanation = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="color-scheme" content="light dark">
<title>LLM Status</title>
<h1>LLM Status is running. Its page is not built.</h1>
<p>Build it with <code>npm run build</code> and start again. Everything is in the API already:</p>
<ul>
<li><a href="/api/v1/status">/api/v1/status</a>: what is up, slow or failing, and why</li>
<li><a href="/api/v1/incidents">/api/v1/incidents</a></li>
<li><a href="/openapi.json">/openapi.json</a></li>
</ul>
`

const notBuilt: Page = new Map([['/', pageFile('index.html', Buffer.from(explanation))]])
