import { publicScale } from '@llmstatus/shared/sketch'
import { z } from 'zod'
import { type Files, replaceFile } from '../spool/files.ts'
import { blocks, type Usually } from './usual.ts'

/** What is usual, by endpoint, kept over restarts: one line of JSON each. */
export type UsualByEndpoint = ReadonlyMap<string, Usually>

const Count = z.int().min(0)
const Part = z.tuple([
  Count,
  Count.max(blocks - 1),
  z.array(Count.max(1000)),
  z.array(Count.min(1)),
  z.number().min(0),
  z.number().min(0),
  z.number().min(0),
])
const Line = z.tuple([z.string().max(1024), z.array(Part).max(2 * blocks)])

const name = 'usual.ndjson'
const header = { v: 1 }
/** So many endpoints in one go: all of a thousand would hold up what is being measured meanwhile. */
const atOnce = 25

/** What cannot be read is forgotten: until it is known again, nothing is slow but by what was agreed. */
export const loadUsual = async (files: Files): Promise<UsualByEndpoint> => {
  if (!(await files.list()).some(file => file.name === name)) return new Map()
  try {
    const [first = '', ...lines] = (await files.read(name)).toString('utf8').trimEnd().split('\n')
    if (JSON.parse(first).v !== header.v) return new Map()
    return new Map(lines.map(decode))
  } catch {
    return new Map()
  }
}

export const saveUsual = async (files: Files, usual: UsualByEndpoint, rest: () => Promise<void>): Promise<void> => {
  const pieces = [Buffer.from(`${JSON.stringify(header)}\n`)]
  const entries = [...usual]
  for (let at = 0; at < entries.length; at += atOnce) {
    pieces.push(
      Buffer.from(
        entries
          .slice(at, at + atOnce)
          .map(encode)
          .join(''),
      ),
    )
    await rest()
  }
  await replaceFile(files, name, Buffer.concat(pieces))
}

const encode = ([endpoint, parts]: readonly [string, Usually]): string => {
  const written = parts.map(({ week, block, sketch: { i, c, sum, min, max } }) => [week, block, i, c, sum, min, max])
  return `${JSON.stringify([endpoint, written])}\n`
}

const decode = (text: string): readonly [string, Usually] => {
  const [endpoint, parts] = Line.parse(JSON.parse(text))
  return [
    endpoint,
    parts.map(([week, block, i, c, sum, min, max]) => {
      if (i.length !== c.length) throw new Error('a sketch with buckets and no counts')
      const n = c.reduce((all, count) => all + count, 0)
      return { week, block, sketch: { scale: publicScale, i, c, n, sum, min, max } }
    }),
  ]
}
