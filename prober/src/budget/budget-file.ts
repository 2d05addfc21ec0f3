import { z } from 'zod'
import { type Files, replaceFile } from '../spool/files.ts'
import { dayOf, type Ledger } from './ledger.ts'
import type { Requests } from './requests.ts'

/** What was spent, and what went out in the last minute, on disk. */
export interface Books {
  readonly ledger: Ledger
  /** On the wall clock. */
  readonly requests: Requests
}

const Amount = z.int().min(0)
const BudgetFile = z.object({
  v: z.literal(1),
  spent_nano_usd: z.record(z.string().regex(/^\d{1,9}$/), z.record(z.string().max(256), Amount)),
  requests_ms: z.record(z.string().max(256), z.array(z.int()).max(100_000)),
})

const name = 'budget.json'

/** No budget is as large: where nobody knows what was spent today, all of it was. */
const everything = 1e15
export const unreadable = '(unreadable)'

/** A file that is there and cannot be read must not become a new budget: today counts as spent, tomorrow is another day. */
export const loadBooks = async (files: Files, nowMs: number): Promise<Books> => {
  if (!(await files.list()).some(file => file.name === name)) return { ledger: new Map(), requests: new Map() }
  const books = decode((await files.read(name)).toString('utf8'))
  return books ?? { ledger: new Map([[dayOf(nowMs), new Map([[unreadable, everything]])]]), requests: new Map() }
}

export const saveBooks = (files: Files, books: Books): Promise<void> =>
  replaceFile(files, name, Buffer.from(`${encode(books)}\n`))

const encode = ({ ledger, requests }: Books): string =>
  JSON.stringify({
    v: 1,
    spent_nano_usd: Object.fromEntries([...ledger].map(([day, spent]) => [day, Object.fromEntries(spent)])),
    requests_ms: Object.fromEntries(requests),
  })

const decode = (text: string): Books | null => {
  try {
    const file = BudgetFile.parse(JSON.parse(text))
    const days = Object.entries(file.spent_nano_usd).map(
      ([day, spent]) => [Number(day), new Map(Object.entries(spent))] as const,
    )
    return { ledger: new Map(days), requests: new Map(Object.entries(file.requests_ms)) }
  } catch {
    return null
  }
}
