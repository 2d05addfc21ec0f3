import type { ErrorBody } from './error-body.ts'

/** What of an error body gives a signal, as data. In a list of them the first match wins. */
export interface ErrorRule<S extends string> {
  readonly signal: S
  /** Equal to a code or type of the body. */
  readonly codes?: readonly string[]
  /** Contained in what the body says. */
  readonly words?: readonly string[]
  /** A word that takes it back. */
  readonly unless?: readonly string[]
  readonly when: (status: number | null) => boolean
}

/** The status that counts: HTTP's where it fails, else the one inside the body, else none. */
export const statusOf = (error: ErrorBody, httpStatus: number): number | null =>
  httpStatus >= 400 ? httpStatus : error.status

export const firstMatch = <S extends string>(
  rules: readonly ErrorRule<S>[],
  error: ErrorBody,
  status: number | null,
): ErrorRule<S> | undefined => rules.find(rule => rule.when(status) && matches(rule, error))

const matches = (
  { codes = [], words = [], unless = [] }: Omit<ErrorRule<string>, 'signal' | 'when'>,
  error: ErrorBody,
): boolean =>
  (codes.some(code => error.codes.includes(code)) || words.some(word => error.text.includes(word))) &&
  !unless.some(word => error.text.includes(word))
