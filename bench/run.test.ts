import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { type Measurement, recordOf } from './bench.ts'
import { summarise, timed } from './measure.ts'
import { benchNames, loadBench, readCommand, refuseOptions, refuseUnknown } from './run.ts'
import { table } from './table.ts'

const folder = new URL('./', import.meta.url)
const program = (...args: string[]) =>
  spawnSync(process.execPath, [fileURLToPath(new URL('main.ts', folder)), ...args], { encoding: 'utf8' })

const measured: Measurement = {
  case: 'default',
  metric: 'things_per_s',
  value: 1500,
  unit: 'things/s',
  runs: 3,
  spread: 0.25,
  limit: 'bare_things',
  limit_value: 3000,
}

describe('a bench command', () => {
  it('has names, options and --json in any order', () => {
    expect(readCommand(['--', 'query', '--rows', '3000', '--json', 'sign', '--keep'])).toEqual({
      names: ['query', 'sign'],
      json: true,
      options: { '--rows': '3000', '--keep': true },
    })
  })

  it('with a name that is none is refused with the list, on one line, with exit code 2', () => {
    const { status, stderr, stdout } = program('nope', '--json')
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toMatch(/^There is no bench "nope"; there are: .*sign, .*sketch.*\.\n$/)
  })

  it('without a name lists what there is', () => {
    const { status, stdout } = program()
    expect(status).toBe(0)
    expect(stdout).toMatch(/^ {2}sketch +\S/m)
  })

  it('takes no name from outside its list, and no option that no bench takes', () => {
    for (const name of ['../shared/src/ids', 'run', 'sign.ts', ''])
      expect(() => refuseUnknown([name], ['sign'])).toThrow('There is no bench')
    const bench = { about: '', options: ['--rows'], run: async () => [] }
    expect(() => refuseOptions(readCommand(['x', '--rows', '3']), [bench])).not.toThrow()
    expect(() => refuseOptions(readCommand(['x', '--cols', '3']), [bench])).toThrow('takes --cols')
  })
})

describe('the list of benches', () => {
  it('is the files that export one', async () => {
    const names = await benchNames(folder)
    expect(names).toEqual(expect.arrayContaining(['sign', 'sketch']))
    for (const name of ['main', 'run', 'bench', 'sample', 'measure', 'table']) expect(names).not.toContain(name)
    for (const name of names) expect((await loadBench(folder, name)).about, name).not.toBe('')
  })
})

describe('a measurement', () => {
  it('is the median of its runs, with how far they lie apart', () => {
    expect(summarise([30, 10, 20])).toEqual({ value: 20, runs: 3, spread: 1 })
    expect(summarise([10, 20, 30, 40])).toEqual({ value: 25, runs: 4, spread: 1.2 })
  })

  it('is timed after its warm-up', async () => {
    let calls = 0
    expect(await timed({ runs: 3, warmups: 2 }, () => ++calls)).toHaveLength(3)
    expect(calls).toBe(5)
    let now = 0
    const work = () => {
      now += 7
    }
    expect(await timed({ runs: 2, warmups: 1, clock: () => now }, work)).toEqual([7, 7])
  })

  it('prints as one object with these keys in this order', () => {
    expect(JSON.stringify(recordOf('sign', measured))).toBe(
      '{"bench":"sign","case":"default","metric":"things_per_s","value":1500,"unit":"things/s","runs":3,"spread":0.25,"limit":"bare_things","limit_value":3000,"ratio":0.5}',
    )
    expect(recordOf('sign', { ...measured, limit: null, limit_value: null })).toMatchObject({
      limit: null,
      ratio: null,
    })
  })

  it('prints as one object a line, and nothing else, with --json', () => {
    const { status, stdout } = program('sketch', '--json')
    const records = stdout
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line))
    expect({ status, records }).toMatchObject({
      status: 0,
      records: [{ bench: 'sketch', case: 'default', metric: 'merge_720_ms', unit: 'ms', limit: null, ratio: null }],
    })
  })

  it('prints as a table for people', () => {
    expect(table([recordOf('sign', measured)])).toBe(
      [
        'bench  case     metric        value  unit      runs  spread           of limit',
        'sign   default  things_per_s  1,500  things/s     3    25 %  0.5 × bare_things',
      ].join('\n'),
    )
  })
})
