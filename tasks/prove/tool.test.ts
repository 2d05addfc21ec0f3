import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { runTool } from './tool.ts'

const folder = mkdtempSync(join(tmpdir(), 'llmstatus-tool-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const script = (text: string): string => {
  const path = join(folder, 'script.mjs')
  writeFileSync(path, text)
  return path
}

const endless = `import { spawn } from 'node:child_process'
  const worker = spawn(process.execPath, ['-e', 'for (;;) {}'], { stdio: 'inherit' })
  console.log(worker.pid)
  for (;;) {}`

describe('running a tool', () => {
  it('gives its code and its output', async () => {
    const run = await runTool(script(`console.log('out'); console.error('err'); process.exitCode = 3`), [])
    expect(run.code).toBe(3)
    expect(run.output.split('\n').sort()).toEqual(['', 'err', 'out'])
  })

  it('ends a late one with all that it started, and counts it as failed', async () => {
    const run = await runTool(script(endless), [], { withinMs: 500 })
    expect(run).toMatchObject({ code: 1, isLate: true })
    const isThere = (): boolean => process.kill(Number(run.output.split('\n')[0]), 0)
    await vi.waitFor(() => expect(isThere).toThrow('ESRCH'), 10_000) // until process 1 has buried it
  })

  it('ends when it is told to', async () => {
    const stopping = new AbortController()
    const run = runTool(script(endless), [], {
      signal: stopping.signal,
      note: () => stopping.abort(new Error('stopped')),
    })
    await expect(run).rejects.toThrow('stopped')
  })
})
