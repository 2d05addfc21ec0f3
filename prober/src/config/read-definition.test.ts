import { explain } from '@llmstatus/shared/errors'
import { describe, expect, test } from 'vitest'
import { checkPatterns, readDefinition } from './read-definition.ts'

const chat = (expected: string, content = 'Say {{nonce}}.') =>
  `provider: acme\nmodel: m\nprobe_type: chat\nrequest: { messages: [{ role: user, content: "${content}" }] }\nexpected: ${expected}\n`

const said = async (text: string): Promise<string> => {
  try {
    await checkPatterns([readDefinition(text, 'd.yaml')])
    return 'accepted'
  } catch (error) {
    return explain(error as Parameters<typeof explain>[0])
  }
}

describe('a pattern', () => {
  test.each([String.raw`^\s*\d+\s*$`, '(?i)blue', '^{{nonce}}$', 'ok|fine', String.raw`\bfoo\b`])(
    '%s is one',
    async pattern => {
      expect(await said(chat(`{ response_matches: '${pattern}' }`))).toBe('accepted')
    },
  )

  test.each([
    ['(', 'missing closing )'],
    ['a**', 'invalid nested repetition operator'],
    [String.raw`(a)\1`, 'invalid escape sequence'],
    ['(?=a)', 'invalid or unsupported Perl syntax'],
    ['a{1001}', 'invalid repeat count'],
  ])('%s is none, and it is said why', async (pattern, why) => {
    const message = await said(chat(`{ response_matches: '${pattern}' }`))
    expect(message).toContain('d.yaml:5:31: expected.response_matches: is not a pattern: ')
    expect(message).toContain(why)
    expect(message).toContain('→ the syntax is that of RE2')
  })
})

test('what is expected and was not asked for is said', async () => {
  expect(await said(chat('{ response_contains: "{{a}}" }'))).toBe(
    'd.yaml:5:32: expected.response_contains: expects {{a}}, which the question does not hold',
  )
})
