import { describe, expect, it } from 'vitest'
import { processesOf } from './processes.ts'

const reading = (there: Readonly<Record<string, string>>) => (path: string) => {
  const text = there[path]
  if (text === undefined) throw new Error('ENOENT')
  return text
}

describe('a process', () => {
  it('is told from a later one with its number by when it started', () => {
    const fields = ['S', ...Array.from({ length: 49 }, (_, n) => String(n + 4))]
    const processes = processesOf({
      read: reading({
        '/proc/sys/kernel/random/boot_id': 'abc\n',
        '/proc/7/stat': `7 (a) b) ${fields.join(' ')}`,
      }),
      pid: 7,
      isRunning: () => false,
    })
    expect(processes).toMatchObject({ pid: 7, bootId: 'abc' })
    expect(processes.startOf(7)).toBe('22')
    expect(processes.startOf(8)).toBeNull()
  })

  it('that has ended is gone, even where nobody has asked how', () => {
    const stat = `7 (node) Z ${Array.from({ length: 49 }, (_, n) => n + 4).join(' ')}`
    expect(
      processesOf({ read: reading({ '/proc/7/stat': stat }), pid: 8, isRunning: () => true }).startOf(7),
    ).toBeNull()
  })

  it('is only known to run where there is no /proc', () => {
    const { startOf } = processesOf({ read: reading({}), pid: 7, isRunning: pid => pid === 7 })
    expect([startOf(7), startOf(8)]).toEqual(['', null])
  })
})
