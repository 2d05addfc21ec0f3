import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import about from '../package.json' with { type: 'json' }
import { root } from './root.ts'

const withNode = (...args: string[]) =>
  spawnSync(process.execPath, ['tasks/with-node.mjs', ...args], { cwd: root, encoding: 'utf8' })
const scripts = Object.entries(about.scripts).filter(([, script]) => script.includes('with-node'))

describe('the door of every command', () => {
  it('lists what there is when asked for something else, and ends with 2', () => {
    const asked = withNode('no-such-task')
    expect(asked.status).toBe(2)
    expect(asked.stderr).toContain('There is no task "no-such-task"')
    for (const [name] of scripts) expect(asked.stderr).toContain(name.split(':')[0])
  })

  it('opens to files that are there', () => {
    const door = readFileSync(join(root, 'tasks/with-node.mjs'), 'utf8')
    const files = [...door.matchAll(/\['([a-z/]+\.ts)'/g)].map(match => match[1] ?? '')
    expect(files.length).toBeGreaterThan(5)
    expect(files.filter(file => !existsSync(join(root, file)))).toEqual([])
  })

  it.each(scripts)(
    'npm run %s takes the place of its shell, which would die of Ctrl-C before the program',
    (_name, script) => {
      expect(script).toMatch(/^exec node tasks\/with-node\.mjs /)
    },
  )
})
