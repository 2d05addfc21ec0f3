import { appendFileSync, readFileSync } from 'node:fs'
import type { Files } from '../../prober/src/spool/files.ts'

/** Every line that a spool is given, noted before its disk is asked: also what then finds no room. */
export const noting = (files: Files, journal: string): Files => ({
  ...files,
  create: async name => {
    const file = await files.create(name)
    if (!name.endsWith('.log')) return file
    return {
      ...file,
      append: bytes => {
        appendFileSync(journal, bytes)
        return file.append(bytes)
      },
    }
  },
})

export interface Noted {
  readonly id: string
  readonly why: string
  /** How many slots it stands for. */
  readonly count: number
  /** As a gap record counts them. */
  readonly from: string
  readonly to: string
}

/** In their order, each once; a line behind its index, length and checksum. */
export const readJournal = (journal: string): readonly Noted[] => {
  const lines = readFileSync(journal, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map(record => JSON.parse(record.slice(record.indexOf('{'))))
    .filter(({ kind }) => kind === undefined)
    .map(({ id, why, count = 1, slot, at = slot, to = at }): Noted => ({ id, why, count, from: at, to }))
  return [...new Map(lines.map(line => [line.id, line])).values()]
}
