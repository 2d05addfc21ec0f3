import { type Files, replaceFile } from '../spool/files.ts'

/**
 * What a person asks of a prober that runs, or of its next start: an empty file in the data folder. A command needs no
 * lock for it, and no way into the process.
 */
const asks = { rotate: 'rotate.ask', rewound: 'rewound.ask' } as const
export type Ask = keyof typeof asks

export const leaveAsk = (files: Files, ask: Ask): Promise<void> => replaceFile(files, asks[ask], new Uint8Array())

/** Whether it was asked. It is done before it is forgotten: a power cut between the two asks again. */
export const takeAsk = async (files: Files, ask: Ask, work: () => Promise<unknown>): Promise<boolean> => {
  const isAsked = (await files.list()).some(({ name }) => name === asks[ask])
  if (!isAsked) return false
  await work()
  await files.remove(asks[ask])
  return true
}
