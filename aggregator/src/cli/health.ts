import { listeningUrl, readSettings } from '../config/settings.ts'
import type { Command } from './command.ts'

/** What a container's HEALTHCHECK calls: 0 and 1 are all that Docker knows. */
export const health: Command = {
  name: 'health',
  usage: '',
  summary: 'Whether the server here is ready: exit 0, else 1',
  options: {},
  words: [0, 0],
  examples: ['llmstatus-aggregator health'],
  run: async shell => {
    const { host, port } = readSettings(shell.env, shell.files.read)
    const url = `${listeningUrl(host, port)}/readyz`
    const status = await shell.statusOf(url)
    if (status === 200) return 0
    shell.err(status === null ? `Nobody answers on ${url}.\n` : `${url} says ${status}.\n`)
    return 1
  },
}
