/** An error's code as a result line may carry it: of Node, OpenSSL, zlib or the HTTP parser. Never its text. */
export const errnoOf = (error: unknown): string => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return /^[A-Z][A-Z0-9_]{0,47}$/.test(code) ? code : 'UNKNOWN'
}
