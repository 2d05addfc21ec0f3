import { createServer } from 'node:net'

/** The preferred port where nobody listens on it, else one that the system chooses. */
export const freePort = async (preferred = 0): Promise<number> => (await tryPort(preferred)) ?? (await tryPort(0)) ?? 0

const tryPort = (wanted: number): Promise<number | null> =>
  new Promise(resolve => {
    const server = createServer()
    server.once('error', () => resolve(null))
    server.listen(wanted, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(address !== null && typeof address === 'object' ? address.port : null))
    })
  })
