import { describe, expect, it } from 'vitest'
import { listeningUrl, publicUrlOf, readSettings } from './settings.ts'

const noFile = (path: string): string => {
  throw new Error(`no file ${path}`)
}

describe('settings', () => {
  it('are the defaults where nothing is set', () => {
    expect(readSettings({}, noFile)).toMatchObject({
      host: '127.0.0.1',
      port: 8420,
      dataDir: './data',
      databaseUrl: null,
      publicUrl: null,
      publicRead: false,
      notes: [],
    })
  })

  it('take the names of the prober, which are none of our business', () => {
    expect(readSettings({ LLMSTATUS_NAME: 'eu-1', LLMSTATUS_HEALTH_PORT: '1' }, noFile).notes).toEqual([])
  })

  it('refuse a name that nobody knows', () => {
    expect(() => readSettings({ LLMSTATUS_PROT: '1' }, noFile)).toThrow(
      expect.objectContaining({ code: 'config_invalid', hint: 'did you mean LLMSTATUS_PORT?' }),
    )
  })

  it('say what was set and has no effect yet', () => {
    expect(readSettings({ LLMSTATUS_SHARING: 'off', LLMSTATUS_FEEDS: 'off' }, noFile).notes).toEqual([
      'LLMSTATUS_FEEDS is set and has no effect yet',
      'LLMSTATUS_SHARING is set and has no effect yet',
    ])
  })

  it('never print the password of the database', () => {
    const settings = readSettings({ DATABASE_URL: 'postgres://u:hunter2@db/x' }, noFile)
    expect(JSON.stringify(settings)).not.toContain('hunter2')
  })
})

describe('the address of a server', () => {
  it('that listens everywhere is this machine', () => {
    expect(listeningUrl('0.0.0.0', 8420)).toBe('http://127.0.0.1:8420')
    expect(listeningUrl('::', 1)).toBe('http://[::1]:1')
    expect(listeningUrl('::1', 1)).toBe('http://[::1]:1')
  })

  it('for people is the one that was given, without a slash at its end', () => {
    const settings = readSettings({ LLMSTATUS_PUBLIC_URL: 'https://status.example.com/llm/' }, noFile)
    expect(publicUrlOf(settings)).toBe('https://status.example.com/llm')
    expect(publicUrlOf(readSettings({}, noFile))).toBe('http://127.0.0.1:8420')
  })
})
