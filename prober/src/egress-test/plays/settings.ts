import { refusalOf } from '../finding.ts'
import { ownAddress } from '../internet.ts'
import type { Told } from '../stage.ts'
import type { Play } from './play.ts'
import { withProxies } from './surroundings.ts'
import { hosted, insideAt, insideTold, tryTold } from './told.ts'

/** What somebody writes down, or what the surroundings say. */

export const origin: Play<'origin'> = async (stage, { at, origin: written, net }) => {
  const more = { origin: written, ...(net === undefined ? {} : { net: { private: net } }) }
  const told: Readonly<Record<typeof at, Told>> = {
    credential: hosted(more),
    target: { config: { targets: [{ id: 'vllm', provider: 'vllm', secret: 'env:KEY', ...more }] } },
    environment: { env: { LLMSTATUS_TARGETS: `vllm=${written}`, VLLM_API_KEY: stage.key } },
    proxy: hosted({ proxy: written }),
  }
  return { tried: `${written} as ${at}`, finding: await tryTold(stage, told[at]) }
}

/** What others are written over. */
export const goodDefinition = (provider: 'openai' | 'inside'): Readonly<Record<string, unknown>> =>
  provider === 'openai'
    ? {
        provider,
        model: 'gpt-4.1-nano',
        probe_type: 'chat',
        request: { messages: [{ role: 'user', content: 'Repeat this and nothing else: {{nonce}}' }] },
        expected: { response_contains: '{{nonce}}' },
      }
    : { provider, probe_type: 'http', request: { method: 'GET', path: '/health' } }

export const definition: Play<'definition'> = async (stage, { with: change, provider = 'openai' }) => {
  const text = JSON.stringify({ ...goodDefinition(provider), ...change })
  const scene = provider === 'openai' ? {} : { own: insideAt }
  return {
    tried: `a definition with ${JSON.stringify(change)}`,
    finding: await tryTold(stage, { ...insideTold, definition: text }, scene),
  }
}

export const providerFile: Play<'provider_file'> = async (stage, { with: change }) => {
  const base = {
    id: 'openai',
    name: 'OpenAI',
    kind: 'hosted',
    origin: 'https://api.openai.com',
    auth: { scheme: 'bearer', header: 'authorization' },
    env: ['OPENAI_API_KEY'],
    reachability: { method: 'GET', path: '/v1/models', keyless: true },
    chat: { path: '/v1/chat/completions', dialect: 'openai' },
    models: [{ id: 'gpt-4.1-nano', default: true }],
    unverified: [],
  }
  const provider = { file: 'openai.yaml', text: JSON.stringify({ ...base, ...change }) }
  // where it is after somebody else's key, there is one
  const otherKey = provider.text.includes('ANTHROPIC_API_KEY') ? { ANTHROPIC_API_KEY: stage.key } : {}
  return {
    tried: `a provider file with ${JSON.stringify(change)}`,
    finding: await tryTold(stage, { ...hosted(), provider, env: otherKey }),
  }
}

export const setting: Play<'setting'> = async (stage, { with: config, env = {} }) => ({
  tried: `prober.yaml with ${JSON.stringify(config)}`,
  finding: await tryTold(stage, { config, env }),
})

/** As it is at the start of the process, and again with every agent of Node sent through the proxies of these surroundings. */
export const environment: Play<'environment'> = async (stage, { env }) => {
  const tried = Object.entries(env)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ')
  try {
    stage.refuseUnsafe(env)
  } catch (error) {
    return { tried, finding: refusalOf(error, stage.said) }
  }
  return {
    tried,
    finding: await withProxies(env, () => tryTold(stage, { ...hosted(), env }, { own: `${ownAddress}:443` })),
  }
}
