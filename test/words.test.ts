import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { repoFiles } from '../tasks/prove/repo-files.ts'
import { root } from '../tasks/root.ts'

/** What must not stand in a committed file. */

const binary = /\.(png|jpg|ico|woff2?|gz|wasm)$/
const self = 'test/words.test.ts'
const files = repoFiles(root)
  .filter(path => !binary.test(path) && path !== self)
  .map(path => ({ path, text: readFileSync(join(root, path), 'utf8') }))

const found = (pattern: RegExp, chosen = files): readonly string[] =>
  chosen.flatMap(({ path, text }) => [...text.matchAll(pattern)].map(match => `${path}: ${shortened(match[0])}`))

/** A finding that is a key must not be printed whole. */
const shortened = (text: string): string => (text.length > 24 ? `${text.slice(0, 16)}…` : text)

/** Folders of somebody's machine; `/home` in a URL's path or in a longer name is something else, and so is anybody's. */
const machinePaths = /(?<![\w.:/-])\/(?:(?:home|Users)\/(?!(?:me|you|user)\b)|root\/)\w+/g

const keys: Readonly<Record<string, RegExp>> = {
  'OpenAI and its relatives': /\bsk-(?:proj-|ant-|or-|svcacct-)?[A-Za-z0-9_-]{32,}/g,
  Groq: /\bgsk_[A-Za-z0-9]{40,}/g,
  xAI: /\bxai-[A-Za-z0-9]{60,}/g,
  Google: /\bAIza[A-Za-z0-9_-]{35}/g,
  AWS: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g,
  GitHub: /\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{60,})/g,
  'Hugging Face': /\bhf_[A-Za-z0-9]{34}\b/g,
  Slack: /\bxox[abprs]-[A-Za-z0-9-]{20,}/g,
  'an enrolment token': /\blls1\.[A-Za-z0-9_-]{120,}/g,
}

describe('committed files', () => {
  it('name no folder of a developer’s machine', () => {
    expect(found(machinePaths)).toEqual([])
  })

  it('take packages from no particular host', () => {
    const lockfile = files.filter(({ path }) => path === 'pnpm-lock.yaml')
    expect(lockfile).toHaveLength(1)
    expect(found(/\b\w+:\/\/\S+|\btarball:.*/g, lockfile)).toEqual([])
  })

  it.each(Object.entries(keys))('hold no key of %s', (_whose, pattern) => {
    expect(found(pattern)).toEqual([])
  })

  it('hold private keys only where they say that they are for tests', () => {
    const holders = files.filter(({ text }) => /-----BEGIN [A-Z ]*PRIVATE KEY-----\s*[\\A-Za-z0-9+/]{20}/.test(text))
    expect(holders.map(({ path }) => path).filter(path => !/(^|\/)testdata\/.*test-only/.test(path))).toEqual([])
  })
})

describe('the patterns', () => {
  it('know a machine’s folder from a path in a URL', () => {
    const hits = (text: string) => [...text.matchAll(machinePaths)].map(match => match[0])
    expect(hits('see /home/ada/x, /Users/bob/y and "/root/z"')).toEqual(['/home/ada', '/Users/bob', '/root/z'])
    expect(hits('https://a.example/home/ada network/homely ./home/x /rooted/x /home/me/x')).toEqual([])
  })

  it('know a key from a word', () => {
    const made = (prefix: string, length: number): string => prefix + 'Ab1'.repeat(length).slice(0, length)
    expect([...made('sk-proj-', 48).matchAll(keys['OpenAI and its relatives'] as RegExp)]).toHaveLength(1)
    expect([...made('gsk_', 52).matchAll(keys.Groq as RegExp)]).toHaveLength(1)
    expect([...'sk-test-key'.matchAll(keys['OpenAI and its relatives'] as RegExp)]).toHaveLength(0)
  })
})
