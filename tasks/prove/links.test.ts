import { describe, expect, it } from 'vitest'
import { deadLinks } from './links.ts'

const found = (files: Record<string, string>) => {
  const texts = new Map(Object.entries(files))
  const exists = (path: string) => texts.has(path) || [...texts.keys()].some(each => each.startsWith(`${path}/`))
  return deadLinks(texts, exists).map(({ file, line, link, why }) => `${file}:${line} ${link} ${why}`)
}

describe('dead links', () => {
  it('are found in links, images, references and tags', () => {
    const text = '[a](gone.md) ![b](no.png)\n[c]: lost.md\n<img src="x.svg">'
    expect(found({ 'README.md': text })).toEqual([
      'README.md:1 gone.md no such file',
      'README.md:1 no.png no such file',
      'README.md:2 lost.md no such file',
      'README.md:3 x.svg no such file',
    ])
  })

  it('are resolved from the file that holds them', () => {
    expect(
      found({ 'docs/a.md': '[up](../README.md) [beside](b.md)', 'README.md': '[down](docs/b.md)', 'docs/b.md': '' }),
    ).toEqual([])
  })

  it('include a heading that is not there', () => {
    const text = '# What leaves, and `why`?\n[good](#what-leaves-and-why) [bad](#what-stays)'
    expect(found({ 'README.md': text })).toEqual(['README.md:2 #what-stays no such heading'])
  })

  it('do not include the web, mail or code', () => {
    expect(found({ 'README.md': '[a](https://x.example/y) [b](mailto:a@b.c) `[c](d)`\n```\n[e](f)\n```' })).toEqual([])
  })

  it('accept a folder', () => {
    expect(found({ 'README.md': '[docs](docs/)', 'docs/a.md': '' })).toEqual([])
  })
})
