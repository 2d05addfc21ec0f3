import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { realDisk } from './disk.ts'
import { realFiles } from './files.ts'
import { finishRestore, hasDatabase } from './folder.ts'

describe('a restored database', () => {
  let dataDir = ''
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'folder-'))
  })
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }))

  const folder = (name: string, content: string): void => {
    mkdirSync(join(dataDir, name))
    writeFileSync(join(dataDir, name, 'who'), content)
  }
  const at = (name: string): string | null => {
    const path = join(dataDir, name, 'who')
    return existsSync(path) ? readFileSync(path, 'utf8') : null
  }

  /** The real disk, which is gone after so many writes. */
  const dying = (writes: number) => {
    let left = writes
    const one = <A extends readonly unknown[]>(write: (...args: A) => void) => {
      return (...args: A): void => {
        if (left-- === 0) throw new Error('killed')
        write(...args)
      }
    }
    return {
      files: { exists: realFiles.exists, rename: one(realFiles.rename), settle: one(realFiles.settle) },
      disk: { removeTree: one(realDisk.removeTree) },
    }
  }

  it.each([0, 1, 2, 3, 4])('is put in place also where it was killed after %i writes', writes => {
    folder('database', 'old')
    folder('database.replaced', 'older')
    folder('database.restored', 'new')
    try {
      finishRestore(dying(writes), { dataDir })
    } catch {
      expect(hasDatabase(realFiles, { dataDir })).toBe(true)
    }
    finishRestore(dying(99), { dataDir })
    expect([at('database'), at('database.replaced'), at('database.restored')]).toEqual(['new', 'old', null])
  })

  it('replaces nothing where nothing was', () => {
    folder('database.restored', 'new')
    finishRestore(dying(99), { dataDir })
    expect([at('database'), at('database.replaced')]).toEqual(['new', null])
  })

  it('that is not whole is not put in place', () => {
    folder('database', 'old')
    folder('database.restoring', 'half')
    finishRestore(dying(0), { dataDir })
    expect(at('database')).toBe('old')
  })
})
