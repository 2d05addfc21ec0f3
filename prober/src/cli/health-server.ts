import { createServer, type RequestListener, type ServerResponse } from 'node:http'
import { CodedError } from '@llmstatus/shared/errors'
import { contentType } from '@llmstatus/shared/exposition'

/** healthz: this process answers · readyz: it is enrolled, its spool can be written, and its schedule moves. */
export interface Readiness {
  readonly ready: boolean
  readonly enrolled: boolean
  readonly spool_writable: boolean
  readonly schedule_moving: boolean
  /** What the aggregator said last. */
  readonly standing: string
  /** In words for a person; null where it is nothing. */
  readonly what_to_do: string | null
}

export interface HealthServer {
  readonly port: number
  readonly close: () => Promise<void>
}

interface HealthDeps {
  readonly host: string
  readonly port: number
  readonly readiness: () => Readiness
  /** For Prometheus. */
  readonly metrics: () => string
}

export const startHealthServer = async ({ host, port, ...says }: HealthDeps): Promise<HealthServer> => {
  const server = createServer(answerWith(says))
  await new Promise<void>((resolve, reject) => {
    server.once('error', error => reject(explainPort(error, `${host}:${port}`)))
    server.listen(port, host, resolve)
  })
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const answerWith =
  ({ readiness, metrics }: Pick<HealthDeps, 'readiness' | 'metrics'>): RequestListener =>
  (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return sendJson(response, 405, { code: 'method_not_allowed' })
    const path = request.url?.split('?')[0]
    if (path === '/healthz') return sendJson(response, 200, { status: 'ok' })
    if (path === '/metrics') return send(response, 200, { type: contentType, text: metrics() })
    if (path !== '/readyz') return sendJson(response, 404, { code: 'not_found' })
    const state = readiness()
    sendJson(response, state.ready ? 200 : 503, state)
  }

const sendJson = (response: ServerResponse, status: number, body: object): void =>
  send(response, status, { type: 'application/json', text: `${JSON.stringify(body)}\n` })

const send = (
  response: ServerResponse,
  status: number,
  { type, text }: { readonly type: string; readonly text: string },
): void => {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' })
  response.end(text)
}

const explainPort = (error: Error, where: string): Error => {
  const code = 'code' in error ? error.code : ''
  if (code === 'EADDRINUSE')
    return new CodedError('port_taken', `Another program listens on ${where}, where /healthz was to be.`, {
      hint: 'Stop it, or set LLMSTATUS_HEALTH_PORT to a free port.',
    })
  if (code === 'EACCES' || code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return new CodedError('config_invalid', `This process cannot listen on ${where} (${code}).`, {
      hint: 'Check LLMSTATUS_HEALTH_HOST and LLMSTATUS_HEALTH_PORT.',
    })
  return error
}
