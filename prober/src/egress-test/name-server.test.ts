import { afterAll, beforeAll, expect, it } from 'vitest'
import { type NameServer, startNameServer } from './name-server.ts'

let server: NameServer
const turns: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'one.example': [['198.20.0.1']],
  'both.example': [['198.20.0.1', '::ffff:10.0.0.1', 'fd00:ec2::254']],
  'turning.example': [['198.20.0.1'], ['127.0.0.1']],
  'alias.example': [['cname metadata.google.internal', '169.254.169.254']],
  'nobody.example': [[]],
}

beforeAll(async () => {
  server = await startNameServer((name, time) => {
    const known = turns[name] ?? []
    return known[Math.min(time, known.length) - 1] ?? []
  })
})
afterAll(() => server.close())

it.each([
  ['one.example', ['198.20.0.1']],
  ['both.example', ['198.20.0.1', '::ffff:10.0.0.1', 'fd00:ec2::254']],
  ['alias.example', ['169.254.169.254']],
  ['nobody.example', []],
])('%s is %j', async (name, addresses) => {
  expect(await server.resolve(name)).toEqual(addresses)
})

it('a name may be another address the next time, and the first again after that', async () => {
  expect(await server.resolve('turning.example')).toEqual(['198.20.0.1'])
  expect(await server.resolve('turning.example')).toEqual(['127.0.0.1'])
  server.startAgain()
  expect(await server.resolve('Turning.Example')).toEqual(['198.20.0.1'])
})

it('every name that is asked for is known', async () => {
  await server.resolve('one.example')
  expect(server.asked()).toContain('one.example')
})
