/** Text as XML may hold it: five characters are written otherwise, and control characters are no part of XML at all. */
export const xml = (text: string): string =>
  text.replaceAll(notXml, '\ufffd').replaceAll(/[&<>"']/g, one => escapes[one] ?? one)

const notXml = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
