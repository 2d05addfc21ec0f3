import { describe, expect, it } from 'vitest'
import { answerTo, wrongAnswerTo } from './answer.ts'
import { countTokens, tokensOf } from './tokens.ts'

describe('answerTo', () => {
  it.each([
    ['What is 17 × 23? Reply with only the number.', '391'],
    ['17 * 23', '391'],
    ['What is 12 + 30?', '42'],
    ['What is 5 - 8?', '-3'],
    ['What is 100 / 8?', '12.5'],
    ['Answer with only the number: 17 x 23', '391'],
    ['Reply with only the number: what is 17 x 23?', '391'],
    ['What is 999999999999 × 999999999999?', '999999999998000000000001'],
    ['Repeat exactly: 17 × 23', '17 × 23'],
    ['Repeat this word and nothing else: k7f-3x9-q', 'k7f-3x9-q'],
    ['Reply with only "blue-4411".', 'blue-4411'],
    ['Reply with only this JSON: {"ok": true, "code": "a1"}', '{"ok": true, "code": "a1"}'],
    ['What is 6 × 7? Then repeat this code: zeta-9', '42 zeta-9'],
    ['Reply with the single word pong.', 'pong'],
    ['Say OK', 'OK'],
    ['Count from 1 to 5.', '1, 2, 3, 4, 5'],
    [
      'The Ibis brought 12 chests. The mark of the tea was 483912 and it rained.\n\nWhat was the mark of the tea?',
      '483912',
    ],
    ['It rained on 12 chests of tea. What is the result of 17 × 23?', '391'],
  ])('%s', (prompt, answer) => expect(answerTo(prompt)).toBe(answer))

  it('talks as long as it is told to when there is nothing to compute or repeat', () => {
    expect(answerTo('Describe a harbour.').split(' ')).toHaveLength(40)
    expect(answerTo('Describe a harbour in 120 words.').split(' ')).toHaveLength(120)
  })
})

describe('wrongAnswerTo', () => {
  it.each(['What is 17 × 23?', 'What is 3 × 3?', 'Repeat exactly: k7f-3x9', 'Say OK'])('%s', prompt =>
    expect(wrongAnswerTo(prompt)).not.toContain(answerTo(prompt)),
  )
})

describe('tokensOf', () => {
  it('joins to the text again', () => {
    for (const text of ['391', 'a bc  def\n', 'naïve — ☀️ 漢字かな交じり文', ' '])
      expect(tokensOf(text).join('')).toBe(text)
  })
  it('has no token for nothing', () => expect(countTokens('')).toBe(0))
})
