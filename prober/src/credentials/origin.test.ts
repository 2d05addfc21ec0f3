import { describe, expect, test } from 'vitest'
import { checkOrigin, fillTemplate, templateNames } from './origin.ts'

const what = (text: string, given: 'shipped' | 'set' = 'set') => {
  const checked = checkOrigin(text, given)
  return checked.ok ? checked.origin : checked.what
}

describe('an origin', () => {
  test.each([
    ['https://api.openai.com', 'https://api.openai.com'],
    ['https://api.openai.com:443', 'https://api.openai.com'],
    ['https://API.OpenAI.com', 'https://api.openai.com'],
    ['http://10.1.2.3:8000', 'http://10.1.2.3:8000'],
    ['http://[fd00::1]:8000', 'http://[fd00::1]:8000'],
  ])('%s is used as %s', (text, origin) => {
    expect(checkOrigin(text, 'set')).toEqual({ ok: true, origin })
  })

  test.each([
    ['http://0x7f.1:8000', 'would be read as http://127.0.0.1:8000; write it so'],
    ['http://2130706433', 'would be read as http://127.0.0.1; write it so'],
    ['http://0177.0.0.1', 'would be read as http://127.0.0.1; write it so'],
    ['http://127.1', 'would be read as http://127.0.0.1; write it so'],
    ['http://[::ffff:127.0.0.1]', 'would be read as http://[::ffff:7f00:1]; write it so'],
    ['https://api.openai.com.', 'ends in a dot'],
    ['https://ápi.openai.com', 'would be read as https://xn--pi-lia.openai.com; write it so'],
    ['https://api。openai.com', 'would be read as https://api.openai.com; write it so'],
    ['https://user@evil.example', 'holds a user or a password'],
    ['https://api.openai.com:pw@evil.example', 'holds a user or a password'],
    ['https://api.openai.com/v1', 'holds more than scheme, host and port'],
    ['https://api.openai.com?x', 'holds more than scheme, host and port'],
    ['https://api.openai.com#x', 'holds more than scheme, host and port'],
    ['https://api.openai.com\\evil.example', 'holds more than scheme, host and port'],
    ['https:api.openai.com', 'would be read as https://api.openai.com; write it so'],
    [' https://api.openai.com', 'would be read as https://api.openai.com; write it so'],
    ['https://api.openai.com\t', 'would be read as https://api.openai.com; write it so'],
    ['https://api.open\nai.com', 'would be read as https://api.openai.com; write it so'],
    ['https://x:', 'would be read as https://x; write it so'],
    ['ftp://x', 'is not an origin such as https://api.example.com'],
    ['file:///etc/passwd', 'is not an origin such as https://api.example.com'],
    ['https://{RESOURCE}.example.com', 'is not an origin such as https://api.example.com'],
    ['https://x:99999', 'is not an origin such as https://api.example.com'],
    ['', 'is not an origin such as https://api.example.com'],
  ])('%j is refused', (text, problem) => {
    expect(what(text)).toBe(problem)
  })

  test('that shipped is https', () => {
    expect(what('http://api.openai.com', 'shipped')).toBe('is not https')
  })
})

test('names in braces are found and filled, each from its value alone', () => {
  expect(templateNames('https://{RESOURCE}.openai.azure.com/{model}/{REGION}')).toEqual(['RESOURCE', 'REGION'])
  expect(fillTemplate('https://{A}.{B}.x/{model}', { A: '{B}', B: 'two' })).toBe('https://{B}.two.x/{model}')
})
