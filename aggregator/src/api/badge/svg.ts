import { xml } from '../xml.ts'
import { textWidthPx } from './width.ts'

/** A badge of our own: flat, without a script, a style, a font or a picture from anywhere. Pure. */

export interface Badge {
  readonly label: string
  readonly message: string
  readonly color: string
  /** What a screen reader says, and what is shown under the pointer. */
  readonly title: string
}

const paddingPx = 6
const heightPx = 20

export const badgeSvg = ({ label, message, color, title }: Badge): string => {
  const left = partOf(label)
  const right = partOf(message)
  const width = left.boxPx + right.boxPx
  const texts = [textAt(left, 0), textAt(right, left.boxPx)]
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${heightPx}" role="img" aria-label="${xml(title)}">`,
    `<title>${xml(title)}</title>`,
    `<clipPath id="r"><rect width="${width}" height="${heightPx}" rx="3" fill="#fff"/></clipPath>`,
    '<g clip-path="url(#r)">',
    `<rect width="${left.boxPx}" height="${heightPx}" fill="#444"/>`,
    `<rect x="${left.boxPx}" width="${right.boxPx}" height="${heightPx}" fill="${color}"/>`,
    '</g>',
    '<g fill="#fff" text-anchor="middle" font-family="Verdana,Geneva,DejaVu Sans,sans-serif" font-size="11">',
    ...texts,
    '</g></svg>',
  ].join('')
}

interface Part {
  readonly text: string
  readonly textPx: number
  readonly boxPx: number
}

const partOf = (text: string): Part => {
  const textPx = Math.round(textWidthPx(text) * 10) / 10
  return { text, textPx, boxPx: Math.ceil(textPx + 2 * paddingPx) }
}

/** The length is said too: another font is stretched to it, and never runs over the edge. */
const textAt = ({ text, textPx, boxPx }: Part, x: number): string =>
  `<text x="${x + boxPx / 2}" y="14" textLength="${textPx}">${xml(text)}</text>`
