/**
 * An error as its many senders write it: `error` as an object or a string, `detail`, `message`, `errors[]`, a bare
 * `code`, inside a list of one. What is found is only for matching against our own words; no text of it goes further.
 */
export interface ErrorBody {
  /** `code`, `type` and the like, lower-cased, for exact comparison. */
  readonly codes: readonly string[]
  /** Everything readable in it, lower-cased, for words. */
  readonly text: string
  /** A status that stands inside the body. */
  readonly status: number | null
  /** A gateway says which upstream it was. */
  readonly isUpstream: boolean
}

/** With the name that a header gave it: `ThrottlingException`, or with a URL behind a colon, or a namespace before a #. */
export const named = (error: ErrorBody, errorType: string | undefined): ErrorBody => {
  const name = lower(errorType ?? '')
    .replace(/:.*$/s, '')
    .replace(/^.*#/s, '')
  return name === '' ? error : { ...error, codes: [name, ...error.codes], text: `${name} ${error.text}` }
}

type Json = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Json => value !== null && typeof value === 'object' && !Array.isArray(value)

/** Null where this is no error. In a success only an explicit error counts; under a failing status any message does. */
export const errorBody = (value: unknown, isFailure: boolean): ErrorBody | null => {
  const root = Array.isArray(value) ? (value as unknown[])[0] : value
  if (typeof root === 'string') return isFailure ? fromText(root) : null
  if (!isObject(root)) return null
  const inner = innerError(root)
  if (typeof inner === 'string') return withRoot(fromText(inner), root)
  if (isObject(inner)) return withRoot(fromObject(inner), root)
  const saysSo = isFailure || root.type === 'error' || root.object === 'error' || hasBadCode(root)
  return saysSo || isOnlyAMessage(root) ? fromObject(root) : null
}

const innerError = (root: Json): unknown => {
  if (isObject(root.error) || (typeof root.error === 'string' && root.error !== '')) return root.error
  if (Array.isArray(root.errors) && root.errors.length > 0) return (root.errors as unknown[])[0]
  return null
}

/** Some answer 200 and say it in a number: `base_resp.status_code`, `error_code`, `success: false`. */
const hasBadCode = (root: Json): boolean =>
  (isObject(root.base_resp) && Number(root.base_resp.status_code ?? 0) !== 0) ||
  Number(root.error_code ?? 0) !== 0 ||
  root.success === false

const isOnlyAMessage = (root: Json): boolean =>
  !('choices' in root) && !('data' in root) && (typeof root.detail === 'string' || typeof root.message === 'string')

const maxTextLength = 4_096

const fromText = (text: string): ErrorBody => ({
  codes: [],
  text: text.slice(0, maxTextLength).toLowerCase(),
  status: null,
  isUpstream: false,
})

const codeKeys = ['code', '__type', 'type', 'status', 'error_type', 'error_code', 'err_code', 'reason'] as const
const textKeys = ['message', 'Message', 'detail', 'details', 'msg', 'error_msg', 'status_msg', 'description'] as const
const statusKeys = ['code', 'status_code', 'http_code', 'raw_status_code', 'status'] as const

const fromObject = (object: Json): ErrorBody => {
  const base = isObject(object.base_resp) ? object.base_resp : {}
  const codes = codeKeys
    .map(key => object[key])
    .filter(isScalar)
    .map(value => lower(value).replace(/^.*#/s, ''))
  const texts = [...textKeys.map(key => object[key]), base.status_msg].map(textOf)
  if (isScalar(base.status_code)) texts.push(`(${lower(base.status_code)})`)
  const text = [...codes, ...texts].join(' ').slice(0, maxTextLength)
  const status = statusKeys.map(key => Number(object[key])).find(isStatus) ?? null
  return {
    codes,
    text,
    status,
    isUpstream: isObject(object.metadata) && typeof object.metadata.provider_name === 'string',
  }
}

/** What stands beside the inner error counts too: some put the code there. */
const withRoot = (error: ErrorBody, root: Json): ErrorBody => {
  const outer = fromObject(root)
  return {
    codes: [...error.codes, ...outer.codes],
    text: `${error.text} ${outer.text}`,
    status: error.status ?? outer.status,
    isUpstream: error.isUpstream || outer.isUpstream,
  }
}

const isScalar = (value: unknown): value is string | number => typeof value === 'string' || typeof value === 'number'
const isStatus = (value: number): boolean => Number.isInteger(value) && value >= 400 && value < 600
const lower = (value: string | number): string => String(value).slice(0, 128).toLowerCase()
const textOf = (value: unknown): string =>
  typeof value === 'string'
    ? value.slice(0, maxTextLength).toLowerCase()
    : isObject(value) || Array.isArray(value)
      ? JSON.stringify(value).slice(0, maxTextLength).toLowerCase()
      : ''
