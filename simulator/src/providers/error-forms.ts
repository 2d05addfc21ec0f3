import type { ErrorForm } from '../dialects/dialect.ts'

/** How relatives write an error, by name: what several of them share. */
export type Forms = Readonly<Record<string, ErrorForm>>

export const error = (status: number, body: unknown): ErrorForm => ({ status, body: { error: body } })
export const retry = (form: ErrorForm): ErrorForm => ({ ...form, headers: { 'retry-after': '5' } })
export const detail = (status: number, text: string): ErrorForm => ({ status, body: { detail: text } })
/** A key that is refused as if it were a right that is missing. */
export const forbidden = (body: unknown): Forms => ({ wrong_key: { status: 403, body }, no_key: { status: 403, body } })
