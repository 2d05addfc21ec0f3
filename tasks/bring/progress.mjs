import { stripVTControlCharacters } from 'node:util'

/** One line per step: a running indicator on a terminal, plain lines everywhere else. Always on stderr: stdout is data. */

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
const frameMs = 120
const plainReminderMs = 20_000

/** @param {string} title */
export const step = (title, out = process.stderr) => {
  const startedMs = Date.now()
  const seconds = () => `${((Date.now() - startedMs) / 1000).toFixed(1)} s`
  const show = out.isTTY ? onTerminal(title, out, seconds) : onPlain(title, out, seconds)
  return {
    /** What a tool just said: its colours would outlive the line, and its lines may be long. @param {string} text */
    note: text => show.note(stripVTControlCharacters(text).trim().slice(0, 60)),
    done: (text = '') => show.end(`✓ ${title}${text === '' ? '' : `: ${text}`} (${seconds()})`),
    fail: (text = '') => show.end(`✗ ${title}${text === '' ? '' : `: ${text}`} (${seconds()})`),
  }
}

const onTerminal = (title, out, seconds) => {
  let frame = 0
  let noted = ''
  const draw = () => {
    frame += 1
    const line = `${frames[frame % frames.length]} ${title}${noted === '' ? '' : `: ${noted}`}  ${seconds()}`
    out.write(`\r\x1b[2K${line.slice(0, (out.columns || 80) - 1)}`)
  }
  const timer = setInterval(draw, frameMs)
  timer.unref()
  draw()
  return {
    note: text => {
      noted = text
    },
    end: line => {
      clearInterval(timer)
      out.write(`\r\x1b[2K${line}\n`)
    },
  }
}

const onPlain = (title, out, seconds) => {
  let noted = ''
  const timer = setInterval(
    () => out.write(`  ${title}${noted === '' ? '' : `: ${noted}`}, ${seconds()} so far\n`),
    plainReminderMs,
  )
  timer.unref()
  out.write(`· ${title} …\n`)
  return {
    note: text => {
      noted = text
    },
    end: line => {
      clearInterval(timer)
      out.write(`${line}\n`)
    },
  }
}
