import { z } from 'zod'
import { type Files, replaceFile } from './spool/files.ts'

/** Which origins answered here, kept over a restart: else every outage that begins before one would look like ours. */
export type ReachedEntries = readonly (readonly [origin: string, atMs: number])[]

const ReachedFile = z.object({
  v: z.literal(1),
  reached: z.array(z.tuple([z.string().max(512), z.int().min(0)])).max(10_000),
})

const name = 'reached.json'

/** What cannot be read is forgotten: it comes back with the next answer. */
export const loadReached = async (files: Files): Promise<ReachedEntries> => {
  if (!(await files.list()).some(file => file.name === name)) return []
  try {
    return ReachedFile.parse(JSON.parse((await files.read(name)).toString('utf8'))).reached
  } catch {
    return []
  }
}

export const saveReached = (files: Files, reached: ReachedEntries): Promise<void> =>
  replaceFile(files, name, Buffer.from(`${JSON.stringify({ v: 1, reached })}\n`))
