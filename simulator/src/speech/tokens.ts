/** Pieces of at most four characters, each with the space before it, that join to the text again. */
export const tokensOf = (text: string): readonly string[] => text.match(/\s*\S{1,4}|\s+$/gu) ?? []

export const countTokens = (text: string): number => tokensOf(text).length
