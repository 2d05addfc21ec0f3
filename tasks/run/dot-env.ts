import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'

/** .env fills in what the real environment does not say. */
export const withDotEnv = (env: NodeJS.ProcessEnv, file: string): NodeJS.ProcessEnv => ({ ...readDotEnv(file), ...env })

const readDotEnv = (file: string): NodeJS.Dict<string> => {
  try {
    return parseEnv(readFileSync(file, 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {}
    throw error
  }
}
