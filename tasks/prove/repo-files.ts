import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

const ignored = /^(node_modules|dist|data|coverage|\.git|\.DS_Store|\.env(?!\.example$).*|.*\.log)$/

/** Every file that is committed or would be, as paths from the project's folder; also where there is no git. */
export const repoFiles = (root: string): readonly string[] =>
  (existsSync(join(root, '.git')) ? fromGit(root) : walk(root, '')).filter(path => existsSync(join(root, path)))

const fromGit = (root: string): readonly string[] =>
  execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  })
    .split('\0')
    .filter(path => path !== '')

const walk = (root: string, folder: string): readonly string[] =>
  readdirSync(join(root, folder), { withFileTypes: true })
    .filter(entry => !ignored.test(entry.name))
    .flatMap(entry => {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      return entry.isDirectory() ? walk(root, path) : [path]
    })
