import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from '../tasks/root.ts'
import { type File, isTest, projectFiles, roomOf, target } from './rooms/project.ts'
import { arrows, doors, effects, longestFile, revealers, sharedPackages } from './rooms/rules.ts'

/** The rules of the house, from the tables in rooms/rules.ts. A rule that fits nothing any more fails too. */

const files = projectFiles()
const sources = files.filter(file => !isTest(file.path))
const programs = ['shared', 'prober', 'aggregator', 'simulator']
const inPrograms = sources.filter(file => programs.some(program => file.path.startsWith(`${program}/src/`)))
const rooms = [...new Set(inPrograms.map(file => roomOf(file.path)).filter(room => room !== null))].sort()

const under = (folder: string): readonly File[] => inPrograms.filter(file => file.path.startsWith(`${folder}/`))

const imports = (chosen: readonly File[]) =>
  chosen.flatMap(file => file.imports.map(each => ({ file: file.path, to: target(file, each), ...each })))

describe('arrows point one way', () => {
  it('shared imports no program, and only packages that are pure', () => {
    const wrong = imports(under('shared/src')).filter(({ to, names, typeOnly }) => {
      if (to.startsWith('shared/')) return false
      const allowed = sharedPackages[to]
      return (
        allowed === undefined ||
        !(typeOnly || allowed.names === 'all' || names.every(name => allowed.names.includes(name)))
      )
    })
    expect(wrong.map(({ file, to, names }) => `${file} imports ${names.join(', ')} from ${to}`)).toEqual([])
  })

  it('a program imports no other program', () => {
    const wrong = imports(inPrograms).filter(({ file, to }) => {
      const [own = ''] = file.split('/')
      return programs.some(program => program !== own && program !== 'shared' && to.startsWith(`${program}/`))
    })
    expect(wrong.map(({ file, to }) => `${file} imports ${to}`)).toEqual([])
  })

  it.each(rooms)('%s imports only the rooms it may', room => {
    const allowed = arrows[room] ?? {}
    const wrong = imports(under(room)).filter(({ to }) => {
      const other = roomOf(to)
      return other !== null && other !== room && !other.startsWith('shared/') && !(other in allowed)
    })
    expect(
      wrong.map(({ file, to }) => `${file} imports ${to}: state the reason in test/rooms/rules.ts, or turn the arrow`),
    ).toEqual([])
  })

  it('no room imports a file that puts rooms together', () => {
    const wrong = imports(inPrograms.filter(file => roomOf(file.path) !== null)).filter(({ to }) => doors.includes(to))
    expect(wrong.map(({ file, to }) => `${file} imports ${to}`)).toEqual([])
  })

  it('no arrow comes back', () => {
    const reaches = (from: string, seen: readonly string[]): readonly string[] =>
      Object.keys(arrows[from] ?? {}).flatMap(to => (seen.includes(to) ? [] : [to, ...reaches(to, [...seen, to])]))
    expect(Object.keys(arrows).filter(room => reaches(room, []).includes(room))).toEqual([])
  })

  it('every arrow that is allowed is still used', () => {
    const used = new Set(imports(inPrograms).map(({ file, to }) => `${roomOf(file)} → ${roomOf(to)}`))
    const listed = Object.entries(arrows).flatMap(([room, others]) =>
      Object.keys(others).map(other => `${room} → ${other}`),
    )
    expect(listed.filter(arrow => !used.has(arrow))).toEqual([])
  })
})

describe('effects', () => {
  it.each(Object.entries(effects))('%s', (_reason, { is, only }) => {
    const wrong = inPrograms.filter(file => is(file) && !(file.path in only))
    expect(wrong.map(file => file.path)).toEqual([])
    const idle = Object.keys(only).filter(path => !inPrograms.some(file => file.path === path && is(file)))
    expect(idle, 'named in the rule and no longer in need of it').toEqual([])
  })

  it('a secret is revealed only on the way to its own origin', () => {
    const found = imports(inPrograms)
      .filter(({ to, names }) => to === 'shared/src/secret' && names.includes('reveal'))
      .map(({ file }) => file)
    expect(found.sort()).toEqual(Object.keys(revealers).sort())
    const around = inPrograms.filter(file => file.touches.includes('Secret.reveal'))
    expect(around.map(file => file.path)).toEqual(['shared/src/secret.ts'])
  })

  it('nobody listens to undici, whose channels carry every header', () => {
    const wrong = inPrograms.filter(file => file.strings.some(text => text.startsWith('undici:')))
    expect(wrong.map(file => file.path)).toEqual([])
  })
})

describe('form', () => {
  it('nothing is exported as default', () => {
    const wrong = files.filter(file => file.hasDefaultExport && !/\.config\.ts$/.test(file.path))
    expect(wrong.map(file => file.path)).toEqual([])
  })

  it('a file has one concept inside', () => {
    const long = files.filter(file => file.lines > longestFile[isTest(file.path) ? 'test' : 'source'])
    expect(long.map(file => `${file.path} has ${file.lines} lines: is there a second concept inside?`)).toEqual([])
  })

  it.each(rooms)('%s says in a README what happens there', room => {
    expect(existsSync(join(root, room, 'README.md'))).toBe(true)
  })
})
