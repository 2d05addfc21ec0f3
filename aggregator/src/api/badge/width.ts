/**
 * How wide text is in Verdana 11 px, the font of badges: its advance widths in units of 1/2048 em, for what names and numbers
 * are made of. Anything else is taken as wide as the widest, so that nothing is ever cut.
 */
const em = 2_048

const widths: Readonly<Record<number, string>> = {
  550: "'",
  562: 'il',
  705: 'j',
  720: ' f',
  745: ',.',
  807: '!t',
  862: 'I',
  874: 'r',
  930: '()-/:;[\\]|',
  931: 'J',
  940: '"',
  1067: 'cs',
  1076: 'z',
  1117: '?',
  1140: 'L',
  1177: 'F',
  1212: 'kvxy',
  1220: 'e',
  1230: 'a',
  1235: 'P',
  1243: 'o',
  1260: 'Y',
  1262: 'T',
  1276: 'bdgpq',
  1295: 'E',
  1296: 'hnu',
  1300: '{}',
  1302: '$*0123456789_`',
  1400: 'ASV',
  1403: 'XZ',
  1404: 'B',
  1419: 'K',
  1424: 'R',
  1430: 'C',
  1488: '&',
  1499: 'U',
  1532: 'N',
  1539: 'H',
  1578: 'D',
  1588: 'G',
  1612: 'OQ',
  1676: '#+<=>^w~',
  1726: 'M',
  1992: 'm',
  2025: 'W',
  2048: '@',
  2204: '%',
}

const widthOf = (character: string): number => {
  for (const [units, characters] of Object.entries(widths)) if (characters.includes(character)) return Number(units)
  return em
}

export const textWidthPx = (text: string, fontPx = 11): number =>
  ([...text].reduce((sum, character) => sum + widthOf(character), 0) * fontPx) / em
