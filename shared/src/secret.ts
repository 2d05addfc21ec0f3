import { inspect } from 'node:util'

const pieceChars = 10

/** A value that cannot be printed by accident: as string, JSON, template or inspection it is `[secret]`. */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** Only the two places named in test/rooms.test.ts may import this: the way to a key's own origin, and a proxy's. */
  static reveal(secret: Secret): string {
    return secret.#value
  }

  /** Whether a key was changed, without a look at either. */
  static same(a: Secret, b: Secret): boolean {
    return a.#value === b.#value
  }

  /**
   * Whether what came from outside gives it away: whole, or a piece of ten characters, which chance does not bring. The
   * answer is all that is said of it.
   */
  static standsIn(secret: Secret, text: string): boolean {
    const [value, told] = [secret.#value.toLowerCase(), text.toLowerCase()]
    if (value.length < pieceChars) return value === told
    const starts = Array.from({ length: value.length - pieceChars + 1 }, (_, at) => at)
    return starts.some(at => told.includes(value.slice(at, at + pieceChars)))
  }

  toString(): string {
    return '[secret]'
  }

  toJSON(): string {
    return '[secret]'
  }

  [inspect.custom](): string {
    return '[secret]'
  }
}

export const reveal = Secret.reveal
export const standsIn = Secret.standsIn
export const sameSecret = Secret.same
