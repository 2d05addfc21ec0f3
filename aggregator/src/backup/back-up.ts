import { CodedError } from '@llmstatus/shared/errors'
import type { Disk } from '../config/disk.ts'
import { errnoOf } from '../config/files.ts'
import { type Dump, type Dumped, dump } from './dump.ts'

/** Where an archive goes: a file that is there once it is whole, or a pipe. */
export type Sink = { readonly file: string } | { readonly pipe: (bytes: Uint8Array) => Promise<void> }

export const backUp = async (
  asked: Omit<Dump, 'write'>,
  sink: Sink,
  disk: Pick<Disk, 'writeWhole'>,
): Promise<Dumped> => {
  if ('pipe' in sink)
    return dump({ ...asked, write: sink.pipe }).catch(error => {
      throw errnoOf(error) === 'EPIPE' ? pipeBroke(error) : error
    })
  const file = await disk.writeWhole(sink.file).catch(error => {
    throw notWritten(sink.file, error)
  })
  try {
    const dumped = await dump({ ...asked, write: file.write })
    await file.finish()
    return dumped
  } catch (error) {
    await file.discard()
    throw ofTheDisk.has(errnoOf(error)) ? notWritten(sink.file, error) : error
  }
}

const ofTheDisk: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'EIO'])

const pipeBroke = (cause: unknown): CodedError =>
  new CodedError('disk_full', 'Whoever read the archive stopped before its end.', {
    hint: 'What they have of it is refused by `restore`. Mend that and run this again.',
    cause,
  })

const notWritten = (path: string, cause: unknown): CodedError =>
  new CodedError('disk_full', `The archive ${path} cannot be written (${errnoOf(cause)}).`, {
    hint: 'Make room, or name another file with --out. Nothing was left behind.',
    cause,
  })
