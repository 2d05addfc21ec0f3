/**
 * A place between two results. What comes in later is newer, or stands where it was planned: it moves nothing that was passed,
 * and nothing is seen twice. Opaque to whoever holds it.
 */
export interface Place {
  readonly slotMs: number
  readonly id: string
  readonly endpoint: number
  readonly prober: number
}

const written = /^(\d{1,16})\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.(\d{1,9})\.(\d{1,9})$/

export const writeCursor = ({ slotMs, id, endpoint, prober }: Place): string =>
  Buffer.from(`${slotMs}.${id}.${endpoint}.${prober}`).toString('base64url')

/** Null where it is none of ours. */
export const readCursor = (text: string): Place | null => {
  const match = written.exec(Buffer.from(text, 'base64url').toString())
  if (match === null) return null
  const [, slotMs, id = '', endpoint, prober] = match
  const place = { slotMs: Number(slotMs), id, endpoint: Number(endpoint), prober: Number(prober) }
  return place.slotMs <= 8.64e15 && writeCursor(place) === text ? place : null
}
