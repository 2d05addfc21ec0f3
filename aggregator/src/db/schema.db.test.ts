import { readFileSync } from 'node:fs'
import { operations, outcomeCodes, skipCodes } from '@llmstatus/shared/outcome'
import { finishes, whys } from '@llmstatus/shared/result'
import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { eachEngine } from '../../../test/postgres.ts'
import type { Store } from './store.ts'

/** The schema is types alone, so it is read as text: `name: type` lines inside `interface …Table` blocks. */
const source = ['schema.ts', 'schema-judged.ts']
  .map(name => readFileSync(new URL(name, import.meta.url), 'utf8'))
  .join('\n')
const interfaces = new Map(
  [...source.matchAll(/interface (\w+) \{\n([\s\S]+?)\n\}/g)].map(([, name, body]) => [name, body]),
)
const fieldsOf = (name: string): ReadonlyMap<string, string> =>
  new Map(
    [...(interfaces.get(name) ?? '').matchAll(/^ {2}(\w+): (.+)$/gm)].map(([, field, type]) => [
      field ?? '',
      type ?? '',
    ]),
  )

const typescriptOf: Readonly<Record<string, RegExp>> = {
  integer: /^number$/,
  bigint: /^number$/,
  smallint: /^number$/,
  real: /^number$/,
  'double precision': /^number$/,
  boolean: /^boolean$/,
  text: /^(string|'[^']+'( \| '[^']+')*)$/,
  uuid: /^string$/,
  date: /^string$/,
  'timestamp(3) with time zone': /^Date$/,
  jsonb: /^JSONColumnType<.+>$/,
  bytea: /^Uint8Array$/,
  'smallint[]': /^number\[\]$/,
  'integer[]': /^number\[\]$/,
  slot_why: /^string$/,
  probe_outcome: /^string$/,
  probe_operation: /^string$/,
  probe_finish: /^string$/,
  content_check: /^string$/,
  skip_reason: /^string$/,
}

interface Column {
  readonly table: string
  readonly name: string
  readonly type: string
  readonly nullable: boolean
  readonly generated: boolean
}

eachEngine('schema.ts', database => {
  const catalogue = async (): Promise<readonly Column[]> => {
    const { rows } = await sql<Column>`
      select c.relname as table, a.attname as name, format_type(a.atttypid, a.atttypmod) as type,
        not a.attnotnull as nullable, (a.atthasdef or a.attidentity <> '') as generated
      from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
        and c.relname <> 'schema_migration'
      order by 1, a.attnum
    `.execute(database.store().db)
    return rows
  }

  it('names exactly the tables that the migrations make', async () => {
    const made = new Set((await catalogue()).map(column => column.table))
    expect([...fieldsOf('Db').keys()].sort()).toEqual([...made].sort())
  })

  /** A new migration changes it: vitest -u, and the difference is there to be read. */
  it('is the schema that stands in testdata, on either engine', async () => {
    await expect(await described(database.store().db)).toMatchFileSnapshot('testdata/schema.txt')
  })

  it('lists every word that a contract has', async () => {
    const { rows } = await sql<{ name: string; words: string[] }>`
      select t.typname as name, array_agg(e.enumlabel::text order by e.enumsortorder) as words
      from pg_type t join pg_enum e on e.enumtypid = t.oid group by 1`.execute(database.store().db)
    expect(Object.fromEntries(rows.map(({ name, words }) => [name, words.toSorted()]))).toEqual({
      slot_why: whys.toSorted(),
      probe_outcome: outcomeCodes.toSorted(),
      probe_operation: operations.toSorted(),
      probe_finish: finishes.toSorted(),
      content_check: ['fail', 'none', 'pass'],
      skip_reason: skipCodes.toSorted(),
    })
  })

  it('gives every column its type, and says null and generated where the database does', async () => {
    const columns = await catalogue()
    const tables = fieldsOf('Db')
    for (const table of new Set(columns.map(column => column.table))) {
      const fields = fieldsOf(tables.get(table) ?? '')
      const theirs = columns.filter(column => column.table === table)
      expect([table, [...fields.keys()].sort()]).toEqual([table, theirs.map(column => column.name).sort()])
      expect(theirs.flatMap(column => misfit(column, fields.get(column.name) ?? ''))).toEqual([])
    }
  })
})

/** Tables, columns, keys, indexes, checks and enumerations, one a line; days are made later, so they are left out. */
const described = async (db: Store['db']): Promise<string> => {
  const lines = [
    sql<Line>`select c.relname || ' ' || a.attname || ': ' || format_type(a.atttypid, a.atttypmod)
        || case when a.attnotnull then '' else ' null' end
        || case a.attidentity when '' then '' else ' identity' end
        || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '') as line
      from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
      order by c.relname, a.attnum`,
    sql<Line>`select pg_get_indexdef(i.indexrelid) as line from pg_index i join pg_class c on c.oid = i.indrelid
      where c.relnamespace = 'public'::regnamespace and not c.relispartition order by 1`,
    sql<Line>`select conrelid::regclass || ' ' || pg_get_constraintdef(oid) as line from pg_constraint
      where connamespace = 'public'::regnamespace and contype in ('c', 'f') order by 1`,
    sql<Line>`select c.relname || ' partition by ' || pg_get_partkeydef(c.oid) as line from pg_class c
      where c.relnamespace = 'public'::regnamespace and c.relkind = 'p' order by 1`,
    sql<Line>`select c.relname || ' with ' || array_to_string(c.reloptions, ', ') as line from pg_class c
      where c.relnamespace = 'public'::regnamespace and c.reloptions is not null and not c.relispartition order by 1`,
    sql<Line>`select t.typname || ' enum ' || string_agg(e.enumlabel, ' ' order by e.enumsortorder) as line
      from pg_type t join pg_enum e on e.enumtypid = t.oid group by t.typname order by 1`,
  ]
  const parts: string[] = []
  for (const query of lines) parts.push((await query.execute(db)).rows.map(row => `${row.line}\n`).join(''))
  return parts.join('\n')
}

interface Line {
  readonly line: string
}

const misfit = (column: Column, written: string): readonly string[] => {
  const generated = /^Generated<(.+)>$/.exec(written)
  const [, type = '', nullable] = /^(.+?)( \| null)?$/.exec(generated?.[1] ?? written) ?? []
  const wrong = [
    typescriptOf[column.type]?.test(type) === true ? [] : [`${column.type} is not ${type}`],
    column.nullable === (nullable !== undefined) ? [] : ['null'],
    // JSON with a default is always written, so that its type stays readable
    column.generated === (generated !== null) || column.type === 'jsonb' ? [] : ['Generated'],
  ].flat()
  return wrong.map(what => `${column.table}.${column.name}: ${what}`)
}
