import type { Shell } from './shell.ts'

export interface Command {
  readonly name: string
  readonly summary: string
  /** What more there is to know, a paragraph a string. */
  readonly about: readonly string[]
  readonly flags: readonly Flag[]
  readonly example: string
  /** The exit code. */
  readonly run: (shell: Shell, flags: ReadonlySet<string>) => Promise<number>
}

export interface Flag {
  readonly name: string
  readonly summary: string
}
