import { createServer } from 'node:net'
import { CodedError } from '@llmstatus/shared/errors'
import { errnoOf } from './files.ts'

/**
 * Takes the port for a moment, so that a port that is taken is said before a database is opened or migrated. The port it
 * answers is the one to listen on: for 0 the system has chosen it.
 */
export const checkPort = (host: string, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', error => reject(explainListen(error, host, port)))
    server.listen({ host, port, exclusive: true }, () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : port))
    })
  })

/** What the operator can mend becomes an error for the operator. */
export const explainListen = (error: unknown, host: string, port: number): unknown => {
  switch (errnoOf(error)) {
    case 'EADDRINUSE':
      return new CodedError('port_taken', `Port ${port} on ${host} is taken by another program.`, {
        hint: 'Stop that program, or set LLMSTATUS_PORT to another port.',
        cause: error,
      })
    case 'EACCES':
      return new CodedError('config_invalid', `LLMSTATUS_PORT: this user may not listen on port ${port}.`, {
        hint: 'Ports below 1024 belong to the system: choose another one.',
        cause: error,
      })
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new CodedError('config_invalid', `LLMSTATUS_HOST: ${host} is not an address of this machine.`, {
        hint: '127.0.0.1 listens for this machine alone, 0.0.0.0 for everybody who can reach it.',
        cause: error,
      })
    default:
      return error
  }
}
