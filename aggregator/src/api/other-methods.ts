import type { FastifyInstance } from 'fastify'
import type { Access } from './host-gate.ts'
import { sendProblem } from './problem.ts'

/**
 * A place that is there, asked in a way that it does not take, says which ways it does (405, RFC 9110 15.5.6). Called twice:
 * before the routes to hear of them, and what it gives back once all of them are there.
 */
export const watchMethods = (app: FastifyInstance): (() => void) => {
  const places = new Map<string, { readonly methods: Set<string>; readonly access: Access | undefined }>()
  app.addHook('onRoute', ({ url, method, config }) => {
    const place = places.get(url) ?? { methods: new Set(), access: (config as { access?: Access } | undefined)?.access }
    places.set(url, place)
    for (const one of [method].flat()) place.methods.add(one)
  })
  return () =>
    void app.register(async last => {
      for (const [url, { methods, access }] of [...places]) {
        const allowed = [...methods].sort()
        last.route({
          url,
          method: last.supportedMethods.filter(method => !allowed.includes(method)),
          ...(access === undefined ? {} : { config: { access } }),
          exposeHeadRoute: false,
          // before the body is looked at: what it holds is not what is wrong
          onRequest: async (_request, reply) =>
            sendProblem(reply.header('allow', allowed.join(', ')), 'method_not_allowed'),
          handler: async () => undefined,
        })
      }
    })
}
