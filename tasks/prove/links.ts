import { posix } from 'node:path'

/** What a Markdown file points at inside the repository, and whether it is there. Pure: the files are passed in. */

export interface DeadLink {
  readonly file: string
  readonly line: number
  readonly link: string
  readonly why: 'no such file' | 'no such heading'
}

interface Link {
  readonly line: number
  readonly target: string
}

export const deadLinks = (texts: ReadonlyMap<string, string>, exists: (path: string) => boolean): readonly DeadLink[] =>
  [...texts].flatMap(([file, text]) =>
    linksOf(text).flatMap(({ line, target }) => {
      const why = fault(file, target, { texts, exists })
      return why === null ? [] : [{ file, line, link: target, why }]
    }),
  )

const external = /^([a-z][a-z0-9+.-]*:|\/\/)/i

const fault = (
  file: string,
  target: string,
  repo: { texts: ReadonlyMap<string, string>; exists: (path: string) => boolean },
): DeadLink['why'] | null => {
  if (external.test(target)) return null
  const [path = '', heading] = target.split('#', 2)
  const to = path === '' ? file : posix.normalize(posix.join(posix.dirname(file), decodeURI(path)))
  if (!repo.exists(to.replace(/\/$/, ''))) return 'no such file'
  const text = repo.texts.get(to)
  if (heading === undefined || text === undefined) return null
  return headingsOf(text).has(heading) ? null : 'no such heading'
}

const linksOf = (text: string): readonly Link[] =>
  withoutCode(text).flatMap((line, index) =>
    [...line.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)|^\[[^\]]+\]:\s*(\S+)|(?:src|href)="([^"]+)"/g)].map(
      match => ({
        line: index + 1,
        target: match[1] ?? match[2] ?? match[3] ?? '',
      }),
    ),
  )

/** As GitHub names them: lower case, punctuation gone, spaces to hyphens, doubles numbered. */
const headingsOf = (text: string): ReadonlySet<string> => {
  const seen = new Map<string, number>()
  const slugs = new Set<string>()
  for (const line of withoutCode(text, 'keep inline')) {
    const title = /^#{1,6}\s+(.*?)\s*#*$/.exec(line)?.[1]
    if (title === undefined) continue
    const slug = title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-')
    const before = seen.get(slug) ?? 0
    seen.set(slug, before + 1)
    slugs.add(before === 0 ? slug : `${slug}-${before}`)
  }
  return slugs
}

const withoutCode = (text: string, inline: 'drop inline' | 'keep inline' = 'drop inline'): readonly string[] => {
  let fenced = false
  return text.split('\n').map(line => {
    const fence = /^\s*(```|~~~)/.test(line)
    if (fence) fenced = !fenced
    if (fence || fenced) return ''
    return inline === 'keep inline' ? line : line.replace(/`[^`]*`/g, '')
  })
}
