import { Console } from 'node:console'
import { Writable } from 'node:stream'
import { format, inspect } from 'node:util'
import { serialize } from 'node:v8'
import { describe, expect, it } from 'vitest'
import { reveal, Secret, standsIn } from './secret.ts'

const value = 'sk-not-a-real-key-0123456789'
const secret = new Secret(value)
const nested = {
  key: secret,
  list: [secret],
  map: new Map([['a', { secret }]]),
  deep: { deeper: { deepest: { secret } } },
}

/** What a console writes, by whichever of its methods. */
const printed = (write: (to: Console) => void): string => {
  const chunks: string[] = []
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      chunks.push(String(chunk))
      done()
    },
  })
  write(new Console({ stdout: stream, stderr: stream }))
  return chunks.join('')
}

const ways: Record<string, string> = {
  string: String(secret),
  template: `${secret}`,
  concatenation: `key ${secret as unknown as string}`.concat(secret as unknown as string),
  join: [secret, secret].join(' '),
  'as a key': JSON.stringify({ [secret as unknown as string]: 1 }),
  JSON: JSON.stringify(secret),
  'nested JSON': JSON.stringify({ list: nested.list, key: nested.key }),
  inspect: inspect(secret),
  'nested inspect': inspect(nested, { depth: null }),
  'inspect with hidden members': inspect(nested, { depth: null, showHidden: true }),
  'inspect with getters': inspect(nested, { depth: null, getters: true }),
  'an error message': String(new Error(secret as unknown as string)),
  'an error with a cause': inspect(new Error('x', { cause: nested }), { depth: null }),
  ...Object.fromEntries(['%s', '%o', '%O', '%j'].map(how => [`format ${how}`, format(how, secret)])),
  ...Object.fromEntries(
    (['log', 'info', 'warn', 'error', 'debug'] as const).map(how => [`console.${how}`, printed(to => to[how](nested))]),
  ),
  'console.log with a format': printed(to => to.log('key %s %o', secret, secret)),
  'console.table': printed(to => to.table([{ secret }])),
}

describe('a secret', () => {
  it.each(Object.entries(ways))('prints as [secret] by %s', (_way, text) => {
    expect(text).toContain('[secret]')
    expect(text).not.toContain('sk-not')
  })

  it('shows nothing where nobody asks how to print it', () => {
    const bare = [
      inspect(secret, { customInspect: false, showHidden: true }),
      JSON.stringify({ ...secret }),
      JSON.stringify(Object.entries(secret)),
      JSON.stringify(Reflect.ownKeys(secret)),
      format('%d %i %f', secret, secret, secret),
      printed(to => to.dir(nested, { showHidden: true, depth: null })),
      inspect(structuredClone(secret)),
      serialize(secret).toString('latin1'),
    ]
    expect(bare.join()).not.toContain('sk-not')
  })

  it('is revealed by one function, and only a secret can be', () => {
    expect(reveal(secret)).toBe(value)
    const impostor = Object.create(Secret.prototype) as Secret
    expect(() => reveal(impostor)).toThrow(TypeError)
  })
})

describe('whether a text gives a secret away', () => {
  it.each([value, `Bearer ${value}.`, value.toUpperCase(), value.slice(3, 13), `model-${value.slice(-10)}-x`])(
    '%s does',
    text => expect(standsIn(secret, text)).toBe(true),
  )

  it.each(['', 'gpt-4.1-nano', value.slice(0, 9), 'sk-not-_a-real-_key-0'])('%s does not', text =>
    expect(standsIn(secret, text)).toBe(false),
  )

  it('a short one is only itself', () => {
    expect(standsIn(new Secret('gpt'), 'gpt-4.1-nano')).toBe(false)
    expect(standsIn(new Secret('gpt'), 'gpt')).toBe(true)
    expect(standsIn(new Secret(''), 'gpt')).toBe(false)
  })
})
