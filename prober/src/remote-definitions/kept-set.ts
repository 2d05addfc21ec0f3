import { setLimits } from '@llmstatus/shared/definition-set'
import { type Files, replaceFile } from '../spool/files.ts'

/** The last good set, in the data folder as it was signed: it is worth what its signature is worth when it is read. */
const name = 'definitions.json'

export const keepSet = (files: Files, text: string): Promise<void> => replaceFile(files, name, Buffer.from(text))

/** Null where there is none; what was never kept by us is not read. */
export const readKept = async (files: Files): Promise<string | null> => {
  const there = (await files.list()).find(file => file.name === name)
  return there === undefined || there.sizeBytes > setLimits.textBytes ? null : (await files.read(name)).toString('utf8')
}
