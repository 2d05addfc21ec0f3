import { createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { checkPort } from './port.ts'

describe('the port', () => {
  it('that another program has is said so', async () => {
    const other = createServer()
    await new Promise<void>(resolve => other.listen({ host: '127.0.0.1', port: 0 }, resolve))
    const { port } = other.address() as { port: number }
    await expect(checkPort('127.0.0.1', port)).rejects.toMatchObject({ code: 'port_taken', exit: 2 })
    await new Promise(resolve => other.close(resolve))
    expect(await checkPort('127.0.0.1', port)).toBe(port)
  })

  it('0 is any that is free', async () => {
    expect(await checkPort('127.0.0.1', 0)).toBeGreaterThan(0)
  })

  it('of an address that is not ours is a wrong setting', async () => {
    await expect(checkPort('192.0.2.1', 0)).rejects.toMatchObject({ code: 'config_invalid' })
  })
})
