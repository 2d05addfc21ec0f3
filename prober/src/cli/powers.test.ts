import { expect, test } from 'vitest'
import { type Powers, sayPowers } from './powers.ts'

const model = {
  readsEverything: false,
  writesElsewhere: false,
  startsProcesses: false,
  loadsAddons: false,
}
const confined: Powers = { user: 65_532, hasCapabilities: false, isRootReadOnly: true, model }

test('a confined process says what it may, and that nothing is too much', () => {
  expect(sayPowers(confined, '/data')).toEqual({
    fields: {
      user: 65_532,
      capabilities: 'none',
      root_filesystem: 'read-only',
      reads: 'what was listed',
      writes: '/data',
      starts_processes: 'none',
      loads_addons: 'none',
    },
    tooMuch: [],
  })
})

test('root, and a permission model that is off, are too much, with the way out', () => {
  const { fields, tooMuch } = sayPowers({ ...confined, user: 0, model: null }, '/data')
  expect(fields).toMatchObject({ writes: 'what its user may', starts_processes: 'what its user may' })
  expect(tooMuch).toEqual([
    'it runs as root and needs nothing of it: start it as another user',
    "Node's permission model is off: start it as node --permission --allow-fs-read=* --allow-fs-write=/data/*",
  ])
})

test('what a machine does not tell is not said', () => {
  const { fields } = sayPowers({ ...confined, user: null, hasCapabilities: null, isRootReadOnly: null }, '/data')
  expect(Object.keys(fields)).toEqual(['reads', 'writes', 'starts_processes', 'loads_addons'])
})
