import { describe, expect, it } from 'vitest'
import { states } from '../../judge/state.ts'
import { badgeMetrics, badgeOf } from './badge-of.ts'
import { badgeSvg } from './svg.ts'
import { textWidthPx } from './width.ts'

describe('a badge', () => {
  it('is as wide as its text in Verdana', () => {
    // what shields.io gives these two: 27 and 41, in whole pixels
    expect(Math.round(textWidthPx('build'))).toBe(27)
    expect(Math.floor(textWidthPx('passing'))).toBe(41)
    expect(textWidthPx('iiii')).toBeCloseTo(4 * 3.02, 1)
    expect(textWidthPx('WWWW')).toBeCloseTo(4 * 10.88, 1)
    expect(textWidthPx('漢')).toBe(11)
    expect(textWidthPx('')).toBe(0)
  })

  it('holds no text as anything else', () => {
    const svg = badgeSvg({ label: '<script>"\'&', message: '\u0000', color: '#000', title: ']]><x>' })
    expect(svg).not.toContain('<script')
    expect(svg).not.toContain('<x>')
    expect(svg).not.toContain('\u0000')
    expect(svg).toContain('&lt;script&gt;&quot;&#39;&amp;')
  })

  it('can be read: white on every colour it has is at least 4.5 to 1', () => {
    const info = { name: 'A', kind: 'hosted' } as const
    const colors = states.map(state => badgeOf(info, { state } as never, 'state').color)
    for (const color of new Set(colors)) expect([color, 1.05 / (luminance(color) + 0.05) >= 4.5]).toEqual([color, true])
  })

  it('of what is not measured says so, whatever is asked', () => {
    for (const metric of badgeMetrics)
      expect(badgeOf({ name: 'A', kind: 'hosted' }, undefined, metric).message).toBe('not measured')
  })

  it('rounds no uptime up', () => {
    const now = { uptime_24h: 0.99996, state: 'operational' } as never
    expect(badgeOf({ name: 'A', kind: 'hosted' }, now, 'uptime').message).toBe('99.99%')
  })
})

const luminance = (hex: string): number => {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map(at => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}
