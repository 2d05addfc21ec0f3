import { probeTable, providerTable } from '../catalogue/list.ts'
import { probeRow } from '../catalogue/probes.ts'
import { providerRows } from '../catalogue/providers.ts'
import { painter } from '../print/paint.ts'
import type { Command } from './command.ts'
import { saidFlags, saidIn } from './said.ts'

export const definitionsList: Command = {
  name: 'definitions list',
  summary: 'lists every provider there is a file for, what a day of each suite costs, and the probes that would run',
  about: [
    'Prices are dollars per million tokens; what a day costs is the most it can, as if every answer used all its room.',
  ],
  flags: [{ name: 'json', summary: 'as one JSON object, {providers, probes}' }, ...saidFlags],
  example: 'llmstatus-prober definitions list --suite full',
  run: async (shell, flags, given) => {
    const { probes: planned, definitions } = await shell.settings(saidIn(given))
    const here = {
      definitions,
      probes: planned,
      dialects: shell.speaks,
      nowMs: shell.nowMs(),
    }
    const providers = providerRows(here)
    const probes = planned.map(probe => probeRow(probe, here))
    if (flags.has('json')) {
      shell.out(`${JSON.stringify({ providers, probes })}\n`)
      return 0
    }
    const { columns, hasColours } = shell.screen.out
    const look = { columns, paint: painter(hasColours) }
    const lines = [
      ...providerTable(providers, look),
      '',
      ...(probes.length === 0
        ? ['No probe would run here: no key was found, and no target is set.']
        : probeTable(probes, look)),
    ]
    shell.out(`${lines.join('\n')}\n`)
    return 0
  },
}
