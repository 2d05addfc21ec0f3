/**
 * What really happened on the wire, and when.
 *
 * Invariants
 * - `t_us` is taken right before the bytes are handed to the kernel, never after.
 * - The newest `capacity` entries are kept; what fell out is counted, never silently missing.
 */
export interface LogEntry {
  readonly t_us: number
  readonly provider: string
  readonly conn: number
  readonly req: number | null
  readonly event: 'accept' | 'request' | 'write' | 'end'
  /** Of the body, without chunk framing; at `end`, what closed the framing. */
  readonly bytes: number
  /** The last token that this write completed, counted from 1; null where it completed none. */
  readonly token: number | null
  /** On `accept`: the client's port, by which a client in another process finds its own connection. */
  readonly port?: number
  /** On `request`: the model that was asked for. */
  readonly model?: string
}

export interface Log {
  readonly add: (entry: LogEntry) => void
  readonly since: (tUs: number) => { readonly entries: readonly LogEntry[]; readonly lost: number }
}

export const createLog = (capacity: number): Log => {
  const ring: LogEntry[] = []
  let written = 0
  let newestLostUs = -1
  return {
    add(entry) {
      const at = written % capacity
      const old = ring[at]
      if (old !== undefined) newestLostUs = old.t_us
      ring[at] = entry
      written += 1
    },
    since(tUs) {
      const start = written > capacity ? written % capacity : 0
      const inOrder = [...ring.slice(start), ...ring.slice(0, start)]
      const entries = inOrder.filter(entry => entry.t_us > tUs)
      return { entries, lost: newestLostUs > tUs ? written - ring.length : 0 }
    },
  }
}
