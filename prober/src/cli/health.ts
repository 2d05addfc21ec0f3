import type { Command } from './command.ts'

export const health: Command = {
  name: 'health',
  summary: 'asks the running prober here whether it lives',
  about: ['For HEALTHCHECK: exits 0 when /healthz answers, 1 when it does not.'],
  flags: [],
  example: 'llmstatus-prober health',
  run: async shell => {
    const { host, port } = (await shell.settings()).health
    const door = shell.openDoor({ url: `http://${reachable(host)}:${port}`, ca: null, proxy: null })
    const answer = await door.call({ method: 'GET', path: '/healthz', headers: {}, body: null, timeoutMs: 3000 })
    await door.close()
    const lives = answer.ok && answer.status === 200
    if (!lives) shell.err(`no prober answers on port ${port}: ${answer.ok ? `status ${answer.status}` : answer.why}\n`)
    return lives ? 0 : 1
  },
}

/** Who listens everywhere is reached here. */
const reachable = (host: string): string => {
  if (host === '0.0.0.0') return '127.0.0.1'
  if (host === '::') return '[::1]'
  return host.includes(':') ? `[${host}]` : host
}
