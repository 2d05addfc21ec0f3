import type { Server } from 'node:net'
import { CodedError } from '@llmstatus/shared/errors'

export interface Place {
  readonly host: string
  readonly port: number
}

export const listen = (server: Server, place: Place): Promise<void> =>
  new Promise((resolve, reject) => {
    const failed = (cause: NodeJS.ErrnoException) => reject(cause.code === 'EADDRINUSE' ? taken(place, cause) : cause)
    server.once('error', failed)
    server.listen(place, () => {
      server.off('error', failed)
      resolve()
    })
  })

const taken = ({ host, port }: Place, cause: Error) =>
  new CodedError('port_taken', `another program listens on ${host}:${port}`, {
    hint: 'stop it, or choose another port',
    cause,
  })
