import { generateKeyPairSync } from 'node:crypto'
import { reveal } from '@llmstatus/shared/secret'
import { describe, expect, test } from 'vitest'
import { load, only } from './testing/told.ts'

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const account = JSON.stringify({
  type: 'service_account',
  client_email: 'prober@p-1.iam.gserviceaccount.com',
  private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
  token_uri: 'https://evil.example/token',
})
const files = { '/run/account.json': account, '/run/person.json': '{"type":"authorized_user"}' }
const aws = { AWS_ACCESS_KEY_ID: 'ID0123456789', AWS_REGION: 'eu-central-1', LLMSTATUS_USE: 'AWS_ACCESS_KEY_ID' }
const vertex = {
  LLMSTATUS_USE: 'GOOGLE_APPLICATION_CREDENTIALS',
  GOOGLE_APPLICATION_CREDENTIALS: '/run/account.json',
  GOOGLE_VERTEX_PROJECT: 'p-1',
  GOOGLE_VERTEX_LOCATION: 'us-central1',
}
const watsonx = { WATSONX_APIKEY: 'ibm-1', WATSONX_REGION: 'us-south', WATSONX_PROJECT_ID: 'p-1' }

describe('by environment', () => {
  test('an access key id signs with its secret, and with its session where there is one', () => {
    const settings = load({ env: { ...aws, AWS_SECRET_ACCESS_KEY: 's-1', AWS_SESSION_TOKEN: 't-1' } })
    const { credential, path } = only(settings, 'aws_bedrock chat')
    expect(credential).toMatchObject({
      origin: 'https://bedrock-runtime.eu-central-1.amazonaws.com',
      auth: { scheme: 'aws_sigv4', signing: { service: 'bedrock', region: 'eu-central-1' } },
    })
    const { auth } = credential
    if (auth?.scheme !== 'aws_sigv4') throw new Error('does not sign')
    const { keyId, session } = auth.signing
    expect([auth.secret, keyId, session].map(secret => secret && reveal(secret))).toEqual([
      's-1',
      aws.AWS_ACCESS_KEY_ID,
      't-1',
    ])
    expect(path).toBe('/model/amazon.nova-micro-v1%3A0/converse-stream')
  })
  test('an access key id without its secret is a note', () => {
    const { notes, probes } = load({ env: aws })
    expect(probes).toEqual([])
    expect(notes).toContain('AWS_ACCESS_KEY_ID is set, and aws_bedrock needs AWS_SECRET_ACCESS_KEY, which is not set')
  })
  test('a bearer key goes as it is, and looks for no secret', () => {
    const env = { AWS_BEARER_TOKEN_BEDROCK: 'b-1', AWS_REGION: 'eu-1', AWS_SECRET_ACCESS_KEY: 's-1' }
    const settings = load({ env: { ...env, LLMSTATUS_USE: 'AWS_BEARER_TOKEN_BEDROCK' } })
    expect(only(settings, 'aws_bedrock chat').credential.auth).toMatchObject({ scheme: 'bearer' })
  })
  test('nothing of a cloud is used without being named', () => {
    const { LLMSTATUS_USE: _use, ...unnamed } = { ...aws, ...vertex, AWS_SECRET_ACCESS_KEY: 's-1' }
    expect(load({ env: unnamed, files }).probes).toEqual([])
  })
  test('a service account is exchanged where the provider’s file says, whatever its own file says', () => {
    const settings = load({ env: vertex, files })
    const { credential, path } = only(settings, 'google_vertex chat')
    expect(credential.auth).toMatchObject({
      scheme: 'bearer',
      exchange: {
        grant: 'google_jwt',
        origin: 'https://oauth2.googleapis.com',
        audience: 'https://oauth2.googleapis.com/token',
        net: { private: false },
      },
    })
    expect(path).toMatch(/^\/v1\/projects\/p-1\/locations\/us-central1\/publishers\/google\/models\/gemini/)
    expect(settings.otherWays.map(({ origin }) => origin)).toEqual(['https://oauth2.googleapis.com'])
  })
  test.each([
    ['/run/person.json', 'is not the key file of a service account'],
    ['/run/none.json', 'cannot read'],
  ])('%s in its place is an error that says nothing of it', (path, what) => {
    expect(() => load({ env: { ...vertex, GOOGLE_APPLICATION_CREDENTIALS: path }, files })).toThrow(what)
  })
  test('what a provider wants in every body is filled, and is no part of the digest', () => {
    const of = (project: string) => only(load({ env: { ...watsonx, WATSONX_PROJECT_ID: project } }), 'watsonx chat')
    expect(of('p-1').fields).toEqual({ project_id: 'p-1' })
    expect(of('p-2').def).toBe(of('p-1').def)
  })
})

describe('in prober.yaml', () => {
  const listed = (more: string) =>
    load({
      env: { K: 'ID0123456789', S: 's-1' },
      config: `credentials:\n  - { name: b, provider: aws_bedrock, values: { AWS_REGION: eu-1 }, secret: "env:K"${more} }\n`,
    })

  test('a secret beside the key makes it sign', () => {
    const settings = listed(', secrets: { AWS_SECRET_ACCESS_KEY: "env:S" }')
    expect(only(settings, 'aws_bedrock chat').credential.auth?.scheme).toBe('aws_sigv4')
    expect(only(listed(''), 'aws_bedrock chat').credential.auth?.scheme).toBe('bearer')
  })
  test('a secret of no such name is an error at its place', () => {
    expect(() => listed(', secrets: { AWS_SECRET_KEY: "env:S" }')).toThrow(
      'secrets.AWS_SECRET_KEY: is no secret of aws_bedrock',
    )
  })
  test('an origin outside of the provider’s own names is an error, and one of our network is not', () => {
    expect(() => listed(', origin: "https://bedrock.evil.example"')).toThrow('does not end in .amazonaws.com')
    expect(() => listed(', origin: "https://8.8.8.8"')).toThrow('does not end in')
    expect(only(listed(', origin: "http://10.0.0.7"'), 'aws_bedrock chat').credential.net.private).toBe(true)
  })
  test('tokens may be elsewhere, in a private network too, and are still for the same audience', () => {
    const settings = load({
      env: { ...watsonx, K: 'ibm-2' },
      config: 'credentials:\n  - { name: w, provider: watsonx, secret: "env:K", token_origin: "http://10.0.0.9:81" }\n',
    })
    const { auth, net } = only(settings, 'watsonx chat').credential
    expect(auth).toMatchObject({
      exchange: {
        origin: 'http://10.0.0.9:81',
        net: { private: true },
        audience: 'https://iam.cloud.ibm.com/identity/token',
      },
    })
    expect(net.private).toBe(false)
  })
})
