import { draw } from '../random.ts'

const dimensions = 16

/** The same text is always the same place; a unit vector, as the real ones are. */
export const embed = (text: string): readonly number[] => {
  const raw = Array.from({ length: dimensions }, (_, i) => draw(0, text, i) - 0.5)
  const length = Math.hypot(...raw)
  return raw.map(value => Number((value / length).toFixed(6)))
}
