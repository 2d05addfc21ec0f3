import { readdirSync, readFileSync } from 'node:fs'
import type { Asked, DialectName } from '../../prober/src/dialects/dialect.ts'
import { dialects } from '../../prober/src/dialects/dialects.ts'

/** One answer, and what was asked for it. */
export interface Recorded {
  readonly dialect: DialectName
  readonly name: string
  readonly status: number
  readonly stream: boolean
  readonly quirks: Asked['quirks']
  readonly body: Uint8Array
}

const testdata = new URL('../../prober/src/dialects/testdata/', import.meta.url)

/** A port that opens has nothing to say, and so nothing was recorded of it. */
const speechless: DialectName = 'tcp'
export const spoken = (Object.keys(dialects) as DialectName[]).filter(name => name !== speechless)

export const recorded: readonly Recorded[] = spoken.flatMap(dialect => {
  const folder = new URL(`${dialect}/`, testdata)
  return readdirSync(folder).map(name => {
    const bytes = readFileSync(new URL(name, folder))
    const end = bytes.indexOf('\n')
    const { status, stream, quirks = {} } = JSON.parse(bytes.subarray(0, end).toString()) as Recorded
    return { dialect, name, status, stream, quirks, body: bytes.subarray(end + 1) }
  })
})
