import { expect, test } from 'vitest'
import { testProbe } from '../../test/test-probe.ts'
import { createProgress } from './progress.ts'

const onScreen = (columns: number) => {
  let [written, nowMs] = ['', 0]
  const progress = createProgress({
    planned: 3,
    columns,
    nowMs: () => nowMs,
    write: text => {
      written += text
    },
  })
  return {
    progress,
    pass: (ms: number) => {
      nowMs += ms
    },
    /** What stands in the line after all that was written. */
    line: () => written.split('\r\u001b[K').at(-1),
    written: () => written,
  }
}

test('one line says how far it is, for how long, and what is waited for', () => {
  const { progress, pass, line, written } = onScreen(80)
  const [first, second] = [testProbe({ provider: 'openai' }), testProbe({ provider: 'groq', probe: 'chat' })]
  progress.started(first)
  progress.started(second)
  expect(line()).toBe('0 of 3  0 s  openai reachability, groq chat')
  pass(1600)
  progress.ended(first)
  expect(line()).toBe('1 of 3  1 s  groq chat')
  progress.over()
  expect(line()).toBe('')
  expect(written()).not.toContain('\n')
})

test('the line never fills the last column, where a terminal would begin another', () => {
  const { progress, line } = onScreen(20)
  for (let i = 0; i < 30; i++) progress.started(testProbe())
  expect(line()).toHaveLength(19)
})
