/** Bytes to lines that end in LF, CRLF or CR, with UTF-8 cut anywhere. A lone CR ends its line at once: no waiting for an LF. */
export const lineSplitter = () => {
  const decoder = new TextDecoder()
  let rest = ''
  let afterCr = false

  const cut = (text: string): readonly string[] => {
    // a chunk of nothing, or of half a character, does not come between a CR and its LF
    if (text === '') return []
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
