import { readFileSync } from 'node:fs'
import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { eachEngine } from '../../../test/postgres.ts'

/** schema.ts is types alone, so it is read as text: `name: type` lines inside `interface …Table` blocks. */
const source = readFileSync(new URL('schema.ts', import.meta.url), 'utf8')
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
