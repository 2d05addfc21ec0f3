import { join } from 'node:path'
import { type Admin, defaultTtlMs } from '../../aggregator/src/admin/admin.ts'
import { connectAdmin } from '../../aggregator/src/admin/control-socket.ts'
import { enrolSender, type Sender } from '../../aggregator/test/wire-prober.ts'
import { answersOk } from '../../tasks/run/ready.ts'
import { eventually, type Running, run } from './running.ts'

/** `serve` as a process of its own, that can be started again on the same folder and port. */
export interface IngestServer {
  readonly running: Running
  readonly url: string
  readonly admin: Admin
  readonly enrol: (name: string) => Promise<Sender>
  readonly end: (signal: NodeJS.Signals) => Promise<void>
}

export const serveOn = async (
  port: number,
  env: NodeJS.ProcessEnv & { LLMSTATUS_DATA_DIR: string },
): Promise<IngestServer> => {
  const url = `http://127.0.0.1:${port}`
  const running = run(['aggregator/src/main.ts', 'serve'], {
    LLMSTATUS_PORT: String(port),
    LLMSTATUS_LOG_LEVEL: 'warn',
    ...env,
  })
  await eventually(running, async () => ((await answersOk(`${url}/readyz`)) ? true : undefined))
  const admin = await connectAdmin(join(env.LLMSTATUS_DATA_DIR, 'control.sock'))
  if (admin === null) throw new Error(`nobody listens on the control socket:\n${running.said()}`)
  return {
    running,
    url,
    admin,
    enrol: async name => {
      const { token } = await admin.createToken({ ttl_ms: defaultTtlMs, approval: 'automatic' })
      return enrolSender({ url, token, name, seed: name })
    },
    end: async signal => {
      running.child.kill(signal)
      await running.ended
    },
  }
}
