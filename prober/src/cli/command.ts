import type { Shell } from './shell.ts'

export interface Command {
  /** One word or two: `run`, `definitions list`. */
  readonly name: string
  readonly summary: string
  /** What more there is to know, a paragraph a string. */
  readonly about: readonly string[]
  readonly flags: readonly Flag[]
  /** What stands after it beside flags, as the usage shows it: `FILE…`. Without it nothing may. */
  readonly words?: string
  readonly example: string
  /** The exit code. */
  readonly run: (shell: Shell, flags: ReadonlySet<string>, given: Given) => Promise<number>
}

export interface Flag {
  readonly name: string
  readonly summary: string
  /** What follows it, as the usage shows it: `GLOB`. It may then stand more than once. */
  readonly takes?: string
}

/** What a command line holds beside flags that are there or not. */
export interface Given {
  readonly words: readonly string[]
  readonly values: (flag: string) => readonly string[]
}
