/** Bytes to lines that end in LF, CRLF or CR, with UTF-8 cut anywhere. A lone CR ends its line at once: no waiting for an LF. */
export const lineSplitter = () => {
  // Left to itself, Node's streaming decoder also drops a U+FEFF in the middle when the first chunk ends inside a
  // character; so the mark at the beginning is taken off here, and no other.
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  let begun = false
  let rest = ''
  let afterCr = false

  const cut = (decoded: string): readonly string[] => {
    // a chunk of nothing, or of half a character, does not come between a CR and its LF
    if (decoded === '') return []
    const text = begun || decoded[0] !== '\uFEFF' ? decoded : decoded.slice(1)
    begun = true
    const fresh = afterCr && text[0] === '\n' ? text.slice(1) : text
    const parts = fresh.split(/\r\n|\n|\r/)
    afterCr = fresh.endsWith('\r')
    parts[0] = rest + parts[0]
    rest = parts.pop() ?? ''
    return parts
  }

  return {
    push: (bytes: Uint8Array): readonly string[] => cut(decoder.decode(bytes, { stream: true })),
    /** What is left, with or without its end. */
    end: (): readonly string[] => {
      const lines = cut(decoder.decode())
      const last = rest
      rest = ''
      return last === '' ? lines : [...lines, last]
    },
    /** Characters that wait for the end of their line. */
    pending: (): number => rest.length,
  }
}
