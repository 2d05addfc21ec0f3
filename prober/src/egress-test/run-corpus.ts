import type { Case } from './case.ts'
import { ownAddress, startInternet } from './internet.ts'
import { filled, type Play, type Played } from './plays/play.ts'
import { plays } from './plays/plays.ts'
import { createStage, type StageDeps } from './stage.ts'
import { bytesSeen } from './traces.ts'
import { receiptsOf, type Verdict, verdictOf } from './verdict.ts'

/**
 * The hostile corpus against this very build: every case through the code that runs in production, on an internet that is
 * all on loopback, with a key that was made for this run.
 */
export interface CorpusRun {
  readonly verdicts: readonly Verdict[]
  /** Of both secrets, in everything that the sink ever received outside of the controls. */
  readonly keyBytes: number
}

export interface CorpusDeps extends StageDeps {
  /** Told of each as it is judged. */
  readonly judged: (verdict: Verdict) => void
}

export const runCorpus = async (cases: readonly Case[], deps: CorpusDeps): Promise<CorpusRun> => {
  const internet = await startInternet(deps.clock.nowMs())
  const secrets = { key: `sk-${randomText(deps, 45)}`, password: randomText(deps, 32) }
  let said: string[] = []
  const stage = createStage(deps, { ...secrets, internet, said: text => said.push(text) })
  const values = {
    key: secrets.key,
    password: secrets.password,
    key64: Buffer.from(secrets.key).toString('base64'),
    sink: `127.0.0.1:${internet.sink.port}`,
    own: ownAddress,
  }
  const verdicts: Verdict[] = []
  let received = ''
  for (const each of cases) {
    const one = filled(each, values)
    said = []
    const played = await (plays[one.kind] as Play)(stage, one)
    await internet.quiet()
    const receipts = receiptsOf(internet, secrets, said.join('\n'))
    const verdict = verdictOf(one, shown(played, values), receipts)
    if (one.kind !== 'control') received += `\n${receipts.sink.record}\n${receipts.names}`
    verdicts.push(verdict)
    deps.judged(verdict)
  }
  await internet.close()
  return { verdicts, keyBytes: bytesSeen(received, secrets.key) + bytesSeen(received, secrets.password) }
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

const randomText = ({ random }: Pick<StageDeps, 'random'>, length: number): string =>
  [...random(length)].map(byte => alphabet[byte % alphabet.length]).join('')

/** A report is for many eyes: what a case did with the key is said by its name. */
const shown = (played: Played, values: Readonly<Record<string, string>>): Played => {
  const hide = (text: string): string =>
    Object.entries(values).reduce((left, [name, value]) => left.replaceAll(value, `{${name}}`), text)
  return { tried: hide(played.tried), finding: { ...played.finding, reason: hide(played.finding.reason) } }
}
