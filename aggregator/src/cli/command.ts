import type { ParseArgsOptionsConfig } from 'node:util'
import type { Shell } from './shell.ts'

/** One command: what is documented is what is parsed. */
export interface Command {
  /** One word or two: `serve`, `enrol-token create`. */
  readonly name: string
  /** As the usage line shows it. */
  readonly usage: string
  readonly summary: string
  readonly options: ParseArgsOptionsConfig
  /** The fewest and the most words after the command. */
  readonly words: readonly [least: number, most: number]
  readonly examples: readonly string[]
  /** Answers the exit code. */
  readonly run: (shell: Shell, given: Given) => Promise<number>
}

export interface Given {
  readonly words: readonly string[]
  readonly text: (option: string) => string | null
  readonly flag: (option: string) => boolean
}
