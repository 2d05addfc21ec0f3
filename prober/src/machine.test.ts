import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { lockDisk, processesOf } from './machine.ts'
import { nodeFiles } from './spool/node-files.ts'

const folder = mkdtempSync(join(tmpdir(), 'llmstatus-machine-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the real machine', () => {
  test('makes a folder with all above it, once, for this user only', () => {
    const path = join(folder, 'a', 'b', 'c')
    lockDisk.makeFolder(path)
    lockDisk.makeFolder(path)
    expect(statSync(path).mode & 0o777).toBe(0o700)
  })

  test('says so where none can be made, and comes back', () => {
    writeFileSync(join(folder, 'file'), '')
    expect(() => lockDisk.makeFolder(join(folder, 'file'))).toThrow('EEXIST')
    expect(() => lockDisk.makeFolder(join(folder, 'file', 'in it'))).toThrow('ENOTDIR')
    expect(() => lockDisk.makeFolder('/proc/nobody/here')).toThrow('ENOENT')
  })

  test('a process has a start, and one that is not there has none', () => {
    const { startOf, bootId } = processesOf(process.pid, () => false)
    expect(bootId).not.toBe('')
    expect(startOf(process.pid)).toMatch(/^\d+$/)
    expect(startOf(4_194_999)).toBeNull()
  })
})

describe('real files', () => {
  test('do what the spool is promised', async () => {
    const files = nodeFiles(join(folder, 'spool'))
    expect(await files.list()).toEqual([])
    const file = await files.create('log')
    await file.append(Buffer.from('one'))
    await file.append(Buffer.from('two'))
    await file.sync()
    await file.close()
    await expect(files.create('log')).rejects.toMatchObject({ code: 'EEXIST' })
    await files.overwrite('state', Buffer.from('long text'))
    await files.overwrite('state', Buffer.from('LONG'))
    await files.rename('log', 'moved')
    await files.remove('never there')
    await files.syncFolder()
    expect((await files.read('moved')).toString()).toBe('onetwo')
    expect((await files.read('state')).toString()).toBe('LONG text')
    expect((await files.list()).toSorted((a, b) => a.name.localeCompare(b.name))).toEqual([
      { name: 'moved', sizeBytes: 6 },
      { name: 'state', sizeBytes: 9 },
    ])
    expect(statSync(join(folder, 'spool', 'moved')).mode & 0o777).toBe(0o600)
  })
})
