import type { ProberId } from '@llmstatus/shared/ids'
import type { Door } from './door.ts'

/** Whether somebody has approved this prober by now; not signed, so it decides no more than whether to try. */
export const isApproved = async (door: Door, prober: ProberId): Promise<boolean> => {
  const answer = await door.call({
    method: 'GET',
    path: `/api/v1/enrol/${prober}`,
    headers: {},
    body: null,
    timeoutMs: 10_000,
  })
  return answer.ok && answer.status === 200 && answer.json?.state === 'approved'
}
