import { PGlite, type PGliteOptions } from '@electric-sql/pglite'
import { Kysely, PGliteDialect } from 'kysely'
import type { Db } from './schema.ts'
import { type Store, typeOids } from './store.ts'

/** A day stays `2026-11-20`, as on a server: as a Date it would move with the time zone. */
const parsers = {
  [typeOids.date]: (text: string) => text,
  [typeOids.int8]: Number,
  [typeOids.bytea]: (text: string) => Buffer.from(text.slice(2), 'hex'),
}

/** PGlite's own goes byte by byte: for the body of a batch that is a fifth of all the work. */
const serializers = {
  [typeOids.bytea]: (bytes: Uint8Array) =>
    `\\x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')}`,
}

export interface EmbeddedStore extends Store {
  /** The whole data folder as a tar, to start another one from. */
  readonly dump: () => Promise<Uint8Array>
}

/** Postgres inside this process. Without a folder it lives in memory, from `loadDataDir` where that is given. */
export const openEmbedded = async (options: Pick<PGliteOptions, 'dataDir' | 'loadDataDir'>): Promise<EmbeddedStore> => {
  const pglite = await PGlite.create({ ...options, parsers, serializers })
  const db = new Kysely<Db>({ dialect: new PGliteDialect({ pglite }) })
  return {
    db,
    engine: 'pglite',
    dump: async () => new Uint8Array(await (await pglite.dumpDataDir('none')).arrayBuffer()),
    transact: run =>
      pglite.transaction(tx =>
        run({
          exec: async script => void (await tx.exec(script)),
          query: async <Row>(text: string, values: readonly unknown[] = []) =>
            (await tx.query<Row>(text, [...values])).rows,
        }),
      ),
    // kysely closes only what it has opened itself, which is at the first query
    close: async () => {
      await db.destroy()
      if (!pglite.closed) await pglite.close()
    },
  }
}
