import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { root } from '../root.ts'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** A parent that hands over to this program, as with-node.mjs does. */
const handOverTo = (program: string): ChildProcess & { readonly said: () => string } => {
  const folder = mkdtempSync(join(tmpdir(), 'hand over '))
  folders.push(folder)
  writeFileSync(join(folder, 'program.mjs'), program)
  const handOver = pathToFileURL(join(root, 'tasks/bring/hand-over.mjs')).href
  const parent = `import { handOver } from ${JSON.stringify(handOver)}
    process.exitCode = await handOver(process.execPath, ['program.mjs'], { cwd: ${JSON.stringify(folder)} })`
  writeFileSync(join(folder, 'parent.mjs'), parent)
  const child = spawn(process.execPath, ['parent.mjs'], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  child.stdout.on('data', data => (said += String(data)))
  return Object.assign(child, { said: () => said })
}

const ended = (child: ChildProcess): Promise<number | null> => new Promise(resolve => child.once('close', resolve))

const says = (child: ReturnType<typeof handOverTo>, words: string): Promise<void> =>
  new Promise(resolve => child.stdout?.on('data', () => child.said().includes(words) && resolve()))

describe('handing over to a program', () => {
  it('passes its exit code on', async () => {
    expect(await ended(handOverTo('process.exit(7)'))).toBe(7)
  })

  it('passes a deadly signal on as 128 and its number', async () => {
    expect(await ended(handOverTo(`process.kill(process.pid, 'SIGKILL')`))).toBe(137)
  })

  it('gives it a doubled signal once', async () => {
    const child = handOverTo(`
      process.on('SIGINT', () => { console.log('interrupted'); setTimeout(() => process.exit(0), 300) })
      setInterval(() => {}, 1000)
      console.log('up')`)
    const end = ended(child)
    await says(child, 'up')
    child.kill('SIGINT')
    child.kill('SIGINT')
    await says(child, 'interrupted')
    child.kill('SIGTERM')
    expect(await end).toBe(0)
    expect(child.said().match(/interrupted/g)).toHaveLength(1)
  })

  it('ends what it leaves behind', async () => {
    const child = handOverTo(`
      import { spawn } from 'node:child_process'
      const left = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
      left.unref()
      console.log(left.pid)
      process.exit(0)`)
    expect(await ended(child)).toBe(0)
    expect(() => process.kill(Number(child.said().trim()), 0)).toThrow('ESRCH')
  })
})
