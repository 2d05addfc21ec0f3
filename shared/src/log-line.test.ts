import { describe, expect, it } from 'vitest'
import { prettyLine } from './log-line.ts'

const timeMs = Date.parse('2026-11-20T12:00:01.250Z')

describe('a log line at a terminal', () => {
  it('has its time, level, message and fields', () => {
    const json = JSON.stringify({
      level: 30,
      time: timeMs,
      pid: 1,
      hostname: 'h',
      prober: 'eu 1',
      seq: 4,
      msg: 'stored',
    })
    expect(prettyLine(`${json}\n`)).toBe('12:00:01.250 info  stored prober="eu 1" seq=4')
  })

  it('shows where an error came from, below it', () => {
    const json = JSON.stringify({
      level: 50,
      time: timeMs,
      msg: 'failed',
      err: { message: 'x', stack: 'Error: x\n  at y' },
    })
    expect(prettyLine(json)).toBe('12:00:01.250 error failed\n    Error: x\n      at y')
  })

  it('cannot move the cursor or hide its neighbours', () => {
    const json = JSON.stringify({ level: 40, time: timeMs, msg: 'a\u001b[2Jb', from: '\u202e\nfatal' })
    expect(prettyLine(json)).toBe('12:00:01.250 warn  a?[2Jb from="?\\nfatal"')
  })

  it('stays as it is when it is no log line', () => {
    expect(prettyLine('plain words\n')).toBe('plain words')
    expect(prettyLine('{"not":"ours"}')).toBe('{"not":"ours"}')
  })
})
