import { CodedError } from '@llmstatus/shared/errors'
import type { ProberSettings } from './config/settings.ts'

/** A disk that fails at the start is the operator's business; later it is said in the log, and measuring goes on. */
export const onDisk = async <T>({ dataDir }: Pick<ProberSettings, 'dataDir'>, work: Promise<T>): Promise<T> => {
  try {
    return await work
  } catch (cause) {
    if (!(cause instanceof Error && 'syscall' in cause && 'code' in cause)) throw cause
    throw new CodedError('data_dir_unusable', `The data folder ${dataDir} cannot be used (${cause.code}).`, {
      hint: 'Make room, or check who owns it and whether it is mounted read-only.',
      cause,
    })
  }
}
