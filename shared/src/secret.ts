import { inspect } from 'node:util'

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
export const sameSecret = Secret.same
