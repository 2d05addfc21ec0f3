/** What of a program's output a person at a terminal wants to see: its own sentences, and log lines that warn. */

const levels: Readonly<Record<number, string>> = { 40: 'warning', 50: 'error', 60: 'fatal' }

export const humanLine = (line: string): string | null => {
  const logged = logLine(line)
  if (logged === null) return line
  const word = levels[logged.level]
  return word === undefined ? null : `${word}: ${logged.msg}`
}

const logLine = (line: string): { level: number; msg: string } | null => {
  if (!line.startsWith('{')) return null
  try {
    const { level, msg } = JSON.parse(line) as Record<string, unknown>
    return typeof level === 'number' && typeof msg === 'string' ? { level, msg } : null
  } catch {
    return null
  }
}
