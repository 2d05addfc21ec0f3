/** Colour repeats what shape and word say; without it nothing is lost. */
export type Tone = 'ok' | 'slow' | 'broken' | 'absent' | 'yours' | 'unknown' | 'faint' | 'strong'

const codes: Readonly<Record<Tone, string>> = {
  ok: '32',
  slow: '33',
  broken: '33',
  absent: '31',
  yours: '34',
  unknown: '90',
  faint: '2',
  strong: '1',
}

export type Paint = (text: string, tone: Tone) => string

export const painter =
  (hasColours: boolean): Paint =>
  (text, tone) =>
    hasColours && text !== '' ? `\u001b[${codes[tone]}m${text}\u001b[0m` : text
