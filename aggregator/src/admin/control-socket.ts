import { request } from 'node:http'
import { connect } from 'node:net'
import { CodedError, type ErrorCode, errorCodes } from '@llmstatus/shared/errors'
import { z } from 'zod'
import type { Admin, RunningServer } from './admin.ts'
import type { AdminRequest } from './requests.ts'

/** The other end of the control socket. The one place here that opens a connection. */

/** Null where nobody listens: then no server runs here. */
export const connectAdmin = async (socketPath: string): Promise<RunningServer | null> => {
  const ask = async (body: AdminRequest): Promise<unknown> => readAnswer(await post(socketPath, JSON.stringify(body)))
  if (!(await someoneListens(socketPath))) return null
  return {
    createToken: async wish =>
      (await ask({ ask: 'create_token', ...wish })) as Awaited<ReturnType<Admin['createToken']>>,
    probers: async () => (await ask({ ask: 'probers' })) as Awaited<ReturnType<Admin['probers']>>,
    move: async (prober, move) => (await ask({ ask: 'move', prober, move })) as Awaited<ReturnType<Admin['move']>>,
    keys: async () => (await ask({ ask: 'keys' })) as Awaited<ReturnType<Admin['keys']>>,
    rotateKey: async () => (await ask({ ask: 'rotate_key' })) as Awaited<ReturnType<Admin['rotateKey']>>,
    definitions: async () => (await ask({ ask: 'definitions' })) as Awaited<ReturnType<Admin['definitions']>>,
    addDefinition: async file =>
      (await ask({ ask: 'add_definition', ...file })) as Awaited<ReturnType<Admin['addDefinition']>>,
    removeDefinition: async wish =>
      (await ask({ ask: 'remove_definition', ...wish })) as Awaited<ReturnType<Admin['removeDefinition']>>,
    ledgerPage: async wish => (await ask({ ask: 'ledger_page', ...wish })) as Awaited<ReturnType<Admin['ledgerPage']>>,
    incidents: async () => (await ask({ ask: 'incidents' })) as Awaited<ReturnType<Admin['incidents']>>,
    noteIncident: async wish =>
      (await ask({ ask: 'note_incident', ...wish })) as Awaited<ReturnType<Admin['noteIncident']>>,
    verifyLedger: async prober =>
      (await ask({ ask: 'verify_ledger', prober })) as Awaited<ReturnType<Admin['verifyLedger']>>,
    replayable: async () => (await ask({ ask: 'replayable' })) as Awaited<ReturnType<Admin['replayable']>>,
    replay: async wish => (await ask({ ask: 'replay', ...wish })) as Awaited<ReturnType<Admin['replay']>>,
    copyDatabase: async () =>
      (await ask({ ask: 'copy_database' })) as Awaited<ReturnType<RunningServer['copyDatabase']>>,
  }
}

interface Answer {
  readonly status: number
  readonly body: string
}

export const someoneListens = async (socketPath: string): Promise<boolean> => {
  const failure = await tryConnect(socketPath)
  if (failure === null) return true
  if ('code' in failure && nobody.has(String(failure.code))) return false
  throw new CodedError(
    'data_dir_unusable',
    `The server's socket ${socketPath} cannot be opened (${failure.message}).`,
    {
      hint: 'Run the command as the user that the server runs as.',
      cause: failure,
    },
  )
}

const tryConnect = (socketPath: string): Promise<Error | null> =>
  new Promise(resolve => {
    const socket = connect(socketPath, () => {
      socket.destroy()
      resolve(null)
    })
    socket.once('error', resolve)
  })

/** No file, a file that no process listens on any more, or one that is no socket. */
const nobody: ReadonlySet<string> = new Set(['ENOENT', 'ECONNREFUSED', 'ENOTSOCK', 'ENOTDIR'])

const post = (socketPath: string, body: string): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const asking = request(
      { socketPath, path: '/ask', method: 'POST', headers: { 'content-type': 'application/json', host: 'control' } },
      response => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }))
      },
    )
    asking.on('error', reject)
    asking.end(body)
  })

const Refused = z.object({ code: z.string(), message: z.string(), hint: z.string().nullable() })

const readAnswer = ({ status, body }: Answer): unknown => {
  const value: unknown = JSON.parse(body)
  if (status === 200) return value
  const { code, message, hint } = Refused.parse(value)
  if (!Object.hasOwn(errorCodes, code)) throw new Error(message)
  throw new CodedError(code as ErrorCode, message, { hint: hint ?? undefined })
}
