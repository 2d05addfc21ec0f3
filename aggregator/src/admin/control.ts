import { CodedError } from '@llmstatus/shared/errors'
import fastify, { type FastifyInstance, LogController } from 'fastify'
import type { Logger } from 'pino'
import type { RunningServer } from './admin.ts'
import { parseRequest } from './requests.ts'

/** A definition's file is at most 256 KiB, and JSON writes some of its characters as six. */
const largestBytes = 2 << 20

/**
 * The same questions over a socket in the data folder: while the server has the embedded database, nobody else can
 * open it. Whoever may open the socket's file may administer; it is 0600, and there is no other check.
 */
export const buildControl = (admin: RunningServer, log: Logger): FastifyInstance => {
  const app = fastify({
    loggerInstance: log.child({}, { level: 'warn' }),
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: largestBytes,
  }) as unknown as FastifyInstance
  app.setErrorHandler((error, _request, reply) => {
    if (error instanceof CodedError) {
      const { code, message, hint } = error
      return reply.code(422).send({ code, message, hint: hint ?? null })
    }
    log.error({ err: error }, 'an administrative request failed')
    return reply.code(500).send({ code: 'internal', message: 'This is a bug, and the server logged it.', hint: null })
  })
  app.post('/ask', async request => {
    const asked = parseRequest(request.body)
    switch (asked.ask) {
      case 'create_token':
        return admin.createToken(asked)
      case 'probers':
        return admin.probers()
      case 'move':
        return admin.move(asked.prober, asked.move)
      case 'keys':
        return admin.keys()
      case 'rotate_key':
        return admin.rotateKey()
      case 'definitions':
        return admin.definitions()
      case 'add_definition':
        return admin.addDefinition(asked)
      case 'remove_definition':
        return admin.removeDefinition(asked)
      case 'ledger_page':
        return admin.ledgerPage(asked)
      case 'incidents':
        return admin.incidents()
      case 'note_incident':
        return admin.noteIncident(asked)
      case 'verify_ledger':
        return admin.verifyLedger(asked.prober)
      case 'replayable':
        return admin.replayable()
      case 'replay':
        return admin.replay(asked)
      case 'copy_database':
        return admin.copyDatabase()
    }
  })
  return app
}
