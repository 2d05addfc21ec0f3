import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

/** WCAG 2.2, relative luminance and contrast ratio. */
const luminance = (hex: string): number => {
  const [r = 0, g = 0, b = 0] = [1, 3, 5]
    .map(at => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
    .map(value => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}
const contrast = (a: string, b: string): number => {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y)
  return (light + 0.05) / (dark + 0.05)
}

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8')
const [lightCss = '', darkCss = ''] = css.split('@media')
const tokensOf = (part: string): Readonly<Record<string, string>> =>
  Object.fromEntries([...part.matchAll(/--([\w-]+): (#[0-9a-f]{6})/g)].map(([, name, hex]) => [name ?? '', hex ?? '']))

const onGround = ['ink', 'soft', 'faint', 'ok', 'slow', 'degraded', 'partial', 'outage', 'yours', 'unknown', 'maint']
const pairs = [
  ...onGround.flatMap(text => ['ground', 'panel', 'hover'].map(under => [text, under] as const)),
  ['yours', 'yours-t'],
  ['soft', 'unknown-t'],
  ['ink', 'unknown-t'],
  ['ink', 'slow-t'],
] as const

describe.each([
  ['light', tokensOf(lightCss)],
  ['dark', tokensOf(darkCss)],
])('in the %s', (_, tokens) => {
  it.each(pairs)('%s is readable on %s', (text, under) =>
    expect(contrast(tokens[text] ?? '', tokens[under] ?? '')).toBeGreaterThanOrEqual(4.5),
  )
})
