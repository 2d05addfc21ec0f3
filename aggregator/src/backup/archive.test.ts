import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { archiveVersion, type Header } from './archive.ts'
import { type Piece, readArchive, verifyArchive } from './read-archive.ts'
import { writeArchive } from './write-archive.ts'

const header: Header = {
  llmstatus_backup: archiveVersion,
  created_at: '2026-11-20T12:00:00.000Z',
  version: '1.2.3',
  engine: 'pglite',
  aggregator: { kid: 'k', jwk: { kty: 'OKP', crv: 'Ed25519', x: 'x' } },
  schema: [{ n: 1, name: '0001-one.sql', sha256: 'a'.repeat(64) }],
  tables: [
    { name: 'endpoint', columns: ['id', 'provider'] },
    { name: 'skip', columns: ['id'] },
    { name: 'result', columns: ['id', 'errno'] },
  ],
  days: [{ table: 'result', day: '2026-11-20' }],
  numbers: [{ table: 'endpoint', column: 'id', last: 7 }],
  key: null,
}

const rows: Readonly<Record<string, readonly (readonly string[])[]>> = {
  endpoint: [['["1","a"]', '["2","\\n\\"é"]'], ['["3",null]']],
  skip: [],
  result: [['["1",null]']],
}

const written = async (over: Partial<Header> = {}): Promise<Buffer> => {
  const chunks: Uint8Array[] = []
  await writeArchive({
    header: { ...header, ...over },
    lines: async function* (table) {
      yield* rows[table] ?? []
    },
    write: async bytes => void chunks.push(Buffer.from(bytes)),
    onRows: () => undefined,
  })
  return Buffer.concat(chunks)
}

/** In pieces of some length: where a chunk ends must not matter. */
async function* chunked(bytes: Buffer, length = 7): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length)
}

const read = async (bytes: Buffer, length?: number): Promise<readonly Piece[]> => {
  const pieces: Piece[] = []
  for await (const piece of readArchive(chunked(bytes, length))) pieces.push(piece)
  return pieces
}
const refusal = { code: 'archive_unusable', exit: 2 }

describe('an archive', () => {
  it('gives back what was written, in chunks of any length', async () => {
    const bytes = await written()
    for (const length of [1, 2, 100, bytes.length]) {
      const pieces = await read(bytes, length)
      expect(pieces[0]).toEqual({ is: 'header', header })
      const found = pieces.flatMap(piece => (piece.is === 'rows' ? piece.lines.map(line => [piece.table, line]) : []))
      expect(found).toEqual(Object.entries(rows).flatMap(([table, parts]) => parts.flat().map(line => [table, line])))
      expect(pieces.at(-1)).toMatchObject({ is: 'end', rows: 4 })
    }
  })

  it('says in its first line what it is', async () => {
    const [first = ''] = (await written()).toString('latin1').split('\n')
    expect(JSON.parse(first)).toMatchObject({ llmstatus_backup: 1, created_at: header.created_at })
  })

  it('is refused wherever it is cut', async () => {
    const bytes = await written()
    for (let length = 0; length < bytes.length; length++)
      await expect(verifyArchive(chunked(bytes.subarray(0, length), 4096), () => undefined)).rejects.toMatchObject(
        refusal,
      )
  })

  it('is refused with any one bit turned', async () => {
    const bytes = await written()
    for (let at = 0; at < bytes.length; at++) {
      const turned = Buffer.from(bytes)
      turned[at] = (turned[at] ?? 0) ^ (1 << (at % 8))
      await expect(verifyArchive(chunked(turned, 4096), () => undefined)).rejects.toMatchObject(refusal)
    }
  })

  it('is refused with bytes put in, taken out or exchanged anywhere', async () => {
    const bytes = await written()
    const place = fc.nat({ max: bytes.length })
    await fc.assert(
      fc.asyncProperty(place, place, fc.uint8Array({ maxLength: 40 }), async (from, to, put) => {
        const changed = Buffer.concat([bytes.subarray(0, from), put, bytes.subarray(to)])
        if (changed.equals(bytes)) return
        await expect(verifyArchive(chunked(changed, 4096), () => undefined)).rejects.toMatchObject(refusal)
      }),
      { numRuns: 300 },
    )
  })

  it('is refused where something follows its end', async () => {
    const bytes = Buffer.concat([await written(), Buffer.from('\n')])
    await expect(read(bytes)).rejects.toMatchObject(refusal)
  })

  it('of a newer version is told apart from a damaged one and from no archive', async () => {
    const first = (line: object | string) =>
      read(Buffer.from(`${typeof line === 'string' ? line : JSON.stringify(line)}\n`))
    await expect(first({ ...header, llmstatus_backup: 2 })).rejects.toThrow(/has version 2, and this program reads 1/)
    await expect(first({ ...header, engine: 'other' })).rejects.toThrow(/damaged.*engine/)
    await expect(first({ ...header, more: 1 })).rejects.toThrow(/damaged/)
    await expect(first('PK\u0003\u0004')).rejects.toThrow(/This is not an archive/)
    await expect(first('{"a":1}')).rejects.toThrow(/This is not an archive/)
  })

  it('cannot make its reader take what it likes', async () => {
    const line = (mark: object) => Buffer.from(`${JSON.stringify(header)}\n${JSON.stringify(mark)}\n`)
    await expect(read(line({ part: 'endpoint', rows: 1, bytes: 2 ** 40 }))).rejects.toMatchObject(refusal)
    await expect(read(Buffer.alloc(5 << 20, 'x'), 1 << 20)).rejects.toThrow(/does not end/)
  })

  it('whose rows were exchanged for others is refused, also where every length is right', async () => {
    const other = { ...rows, result: [['["2",null]']] }
    const [good, bad] = [await written(), Buffer.from(await written())]
    expect(bad.equals(good)).toBe(true)
    const chunks: Buffer[] = []
    await writeArchive({
      header,
      lines: async function* (table) {
        yield* other[table as keyof typeof other] ?? []
      },
      write: async bytes => void chunks.push(Buffer.from(bytes)),
      onRows: () => undefined,
    })
    const swapped = Buffer.concat(chunks)
    const end = (bytes: Buffer) => bytes.lastIndexOf('{"end":"archive"')
    const mixed = Buffer.concat([swapped.subarray(0, end(swapped)), good.subarray(end(good))])
    await expect(read(mixed)).rejects.toThrow(/its archive line does not hold/)
  })
})
