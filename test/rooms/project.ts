import { readFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { repoFiles } from '../../tasks/prove/repo-files.ts'
import { root } from '../../tasks/root.ts'
import { type Import, readSource, type Source } from './source.ts'

export interface File extends Source {
  readonly path: string
  readonly lines: number
}

const isSource = (path: string): boolean => /\.tsx?$/.test(path) && !/(^|\/)testdata\//.test(path)

export const isTest = (path: string): boolean => /\.test\.tsx?$|\/testing\/|^(test|[a-z]+\/test)\//.test(path)

export const projectFiles = (): readonly File[] =>
  repoFiles(root)
    .filter(isSource)
    .map(path => {
      const text = readFileSync(join(root, path), 'utf8')
      return { path, lines: text.split('\n').length - 1, ...readSource(text, path) }
    })

/** `prober/src/spool` for a file in a room; null for one that stands at the door, such as `prober/src/main.ts`. */
export const roomOf = (path: string): string | null => /^[^/]+\/src\/[^/]+(?=\/)/.exec(path)?.[0] ?? null

/** Where an import leads: a path from the project's folder, or the package's name as it stands. */
export const target = (file: File, { specifier }: Import): string => {
  if (specifier.startsWith('.')) return posix.normalize(posix.join(dirname(file.path), specifier))
  const ours = /^@llmstatus\/([a-z]+)(\/.*)?$/.exec(specifier)
  return ours === null ? specifier : `${ours[1]}/src${ours[2] ?? ''}`
}
