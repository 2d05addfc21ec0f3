import { prettyLine } from '@llmstatus/shared/log-line'

/**
 * A program's line as a person reads it beside those of another: its own sentences as they are; log lines without the
 * time, the program's name and the word info. Below info nothing is shown.
 */
export const humanLine = (line: string): string | null => {
  const logged = readLog(line)
  if (logged === null) return line
  const { level, time: _time, name: _name, ...rest } = logged
  if (Number(level) < infoLevel) return null
  return prettyLine(JSON.stringify({ level, ...rest }))
    .trimStart()
    .replace(/^info\s+/, '')
}

const infoLevel = 30

const readLog = (line: string): Readonly<Record<string, unknown>> | null => {
  if (!line.startsWith('{')) return null
  try {
    const value = JSON.parse(line) as Record<string, unknown>
    return typeof value.level === 'number' && typeof value.msg === 'string' ? value : null
  } catch {
    return null
  }
}
