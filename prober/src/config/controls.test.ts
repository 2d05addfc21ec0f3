import { CodedError } from '@llmstatus/shared/errors'
import { describe, expect, test } from 'vitest'
import { loadSettings } from './settings.ts'
import { inputOf } from './testing/told.ts'

const controlsIn = (list: string) => loadSettings(inputOf({ config: `controls: ${list}\n` })).controls
const refusal = (list: string): string => {
  try {
    controlsIn(list)
  } catch (error) {
    if (error instanceof CodedError) return error.message
    throw error
  }
  return 'taken'
}

describe('a listed control', () => {
  test('is an https origin on the internet, and its results do not call it by its host', () => {
    expect(controlsIn('[https://www.example.com, "https://example.org:8443/"]')).toEqual([
      { name: 'control-1', origin: 'https://www.example.com', proxy: null },
      { name: 'control-2', origin: 'https://example.org:8443', proxy: null },
    ])
  })
  test('may be an address, where that is public', () => {
    expect(controlsIn('["https://1.1.1.1"]')).toHaveLength(1)
  })
  test.each([
    ['http://www.example.com', 'is not https'],
    ['https://www.example.com/health', 'holds more than scheme, host and port'],
    ['https://me:pw@www.example.com', 'holds a user, a password, a query or a fragment'],
    ['https://10.0.0.1', 'is not on the internet'],
    ['https://127.0.0.1', 'is not on the internet'],
    ['https://[fd00::1]', 'is not on the internet'],
    ['https://169.254.169.254', 'is not on the internet'],
    ['https://localhost', 'is not on the internet'],
    ['https://metadata.google.internal', 'is not on the internet'],
    ['https://2130706433', 'would be read as https://127.0.0.1; write it so'],
    ['https://www.example.com.', 'ends in a dot'],
  ])('cannot be %s', (url, why) => {
    expect(refusal(`["${url}"]`)).toBe(`/etc/prober.yaml:2:12: controls[0]: ${why}`)
  })
  test('stands there once', () => {
    expect(refusal('["https://example.com", "https://example.com:443"]')).toMatch(/controls\[1\]: is there twice$/)
  })
})
