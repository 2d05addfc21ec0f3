import { describe, expect, it } from 'vitest'
import { providersWithKey } from './provider-keys.ts'

const providers = [
  { id: 'openai', env: ['OPENAI_API_KEY'] },
  { id: 'github-models', env: ['GITHUB_TOKEN'], general_purpose_env: ['GITHUB_TOKEN'] },
]

describe('providers with a key', () => {
  it('are those whose variable is set, directly or as a file', () => {
    expect(providersWithKey({ OPENAI_API_KEY: 'a' }, providers)).toEqual(['openai'])
    expect(providersWithKey({ OPENAI_API_KEY_FILE: '/run/secrets/a' }, providers)).toEqual(['openai'])
  })

  it('do not include one whose variable is empty', () => {
    expect(providersWithKey({ OPENAI_API_KEY: '' }, providers)).toEqual([])
  })

  it('include a general-purpose variable only where it is asked for', () => {
    expect(providersWithKey({ GITHUB_TOKEN: 'a' }, providers)).toEqual([])
    expect(providersWithKey({ GITHUB_TOKEN: 'a', LLMSTATUS_USE: 'X, GITHUB_TOKEN' }, providers)).toEqual([
      'github-models',
    ])
  })
})
