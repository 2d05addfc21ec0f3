import { readNetwork } from '@llmstatus/shared/ip'

/** An address as a packet has it: 4 bytes or 16. */
export const addressBytes = (text: string): Buffer => {
  const address = readNetwork(text)
  if (address === null) throw new Error(`${text} is no address`)
  return Buffer.from(address.value.toString(16).padStart(address.family === 4 ? 8 : 32, '0'), 'hex')
}
