/** One JSON log line as a person reads it at a terminal. What is not a log line stays as it is. */

const levels: Readonly<Record<number, string>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
}
const hidden: ReadonlySet<string> = new Set(['level', 'time', 'msg', 'pid', 'hostname', 'err', 'v'])

export const prettyLine = (json: string): string => {
  const line = readLine(json)
  if (line === null) return printable(json.trimEnd())
  const time = typeof line.time === 'number' ? new Date(line.time).toISOString().slice(11, 23) : ''
  const level = (levels[Number(line.level)] ?? '').padEnd(5)
  const fields = Object.entries(line).flatMap(([key, value]) => (hidden.has(key) ? [] : [`${key}=${fieldText(value)}`]))
  const head = [time, level, printable(String(line.msg ?? '')), ...fields].join(' ').trimEnd()
  return [head, ...errorLines(line.err)].join('\n')
}

const readLine = (json: string): Record<string, unknown> | null => {
  try {
    const value: unknown = JSON.parse(json)
    return value !== null && typeof value === 'object' && 'level' in value ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}

const fieldText = (value: unknown): string => {
  const isWord = typeof value === 'string' && /^[\x21\x23-\x7e]+$/.test(value)
  return isWord ? value : printable(JSON.stringify(value))
}

const errorLines = (error: unknown): readonly string[] => {
  if (error === null || typeof error !== 'object') return []
  const { stack, message } = error as { stack?: unknown; message?: unknown }
  return String(stack ?? message ?? '')
    .split('\n')
    .map(text => `    ${printable(text)}`)
}

/** A log line moves no cursor and changes no colour, whoever wrote the text in it. */
const printable = (text: string): string => text.replace(/[\p{Cc}\p{Cf}]/gu, '?')
