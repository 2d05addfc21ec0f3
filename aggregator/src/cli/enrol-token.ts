import { Duration } from '@llmstatus/shared/definition'
import { CodedError } from '@llmstatus/shared/errors'
import { defaultTtlMs } from '../admin/admin.ts'
import { errnoOf, type Files } from '../config/files.ts'
import { publicUrlOf, readSettings, type Settings } from '../config/settings.ts'
import type { Command } from './command.ts'
import { withAdmin } from './with-admin.ts'

export const enrolTokenCreate: Command = {
  name: 'enrol-token create',
  usage: '[--auto-approve] [--ttl 24h] [--out FILE]',
  summary: 'Make a token that enrols one prober',
  options: { 'auto-approve': { type: 'boolean' }, ttl: { type: 'string' }, out: { type: 'string' } },
  words: [0, 0],
  examples: [
    'llmstatus-aggregator enrol-token create',
    'llmstatus-aggregator enrol-token create --auto-approve --ttl 1h --out ./token',
  ],
  run: async (shell, given) => {
    const settings = readSettings(shell.env, shell.files.read)
    const ttlMs = readTtl(given.text('ttl'))
    const out = given.text('out')
    // before the token is made: one that cannot be written down would be lost
    if (out !== null) prepareOut(shell.files, out)
    const approval = given.flag('auto-approve') ? 'automatic' : 'by_hand'
    const made = await withAdmin(shell, settings, admin => admin.createToken({ ttl_ms: ttlMs, approval }))
    if (out === null) shell.out(`${made.token}\n`)
    else shell.files.write(out, `${made.token}\n`)
    shell.err(advice(settings, made.expires_at))
    return 0
  },
}

const longestTtlMs = 366 * 86_400_000

const readTtl = (text: string | null): number => {
  if (text === null) return defaultTtlMs
  const ttl = Duration.safeParse(text)
  if (ttl.success && ttl.data >= 1000 && ttl.data <= longestTtlMs) return ttl.data
  throw new CodedError('usage', `--ttl: ${text} is not a duration from 1s to 8784h, such as 30m or 24h.`)
}

/** Made anew, so that it is 0600 from its first byte, whatever stood there. */
const prepareOut = (files: Files, out: string): void => {
  try {
    files.remove(out)
    files.create(out, '')
  } catch (cause) {
    throw new CodedError('usage', `--out: ${out} cannot be written (${errnoOf(cause)}).`, { cause })
  }
}

const advice = (settings: Settings, expiresAt: string): string => {
  const url = publicUrlOf(settings)
  const where =
    settings.publicUrl === null
      ? `It points to ${url}; set LLMSTATUS_PUBLIC_URL where probers reach us elsewhere.\n`
      : ''
  return `It enrols one prober until ${expiresAt}, as LLMSTATUS_ENROL_TOKEN.\n${where}`
}
