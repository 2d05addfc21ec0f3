/** The longest line of a ledger export is a body of one MiB in base64, and a signature. */
export const longestLineBytes = 2 << 20

/** Text as it comes, cut at its newlines; an end without one is a line too. A line that never ends is no memory full. */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let pieces: Uint8Array[] = []
  let size = 0
  const take = (): string => {
    const text = Buffer.concat(pieces).toString('utf8')
    pieces = []
    size = 0
    return text
  }
  for await (const chunk of chunks) {
    let from = 0
    for (let end = chunk.indexOf(10, from); end !== -1; end = chunk.indexOf(10, from)) {
      pieces.push(chunk.subarray(from, end))
      yield take()
      from = end + 1
    }
    if (from === chunk.length) continue
    pieces.push(chunk.subarray(from))
    size += chunk.length - from
    if (size > longestLineBytes) {
      yield take()
      return
    }
  }
  if (size > 0) yield take()
}
