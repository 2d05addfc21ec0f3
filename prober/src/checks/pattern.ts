/**
 * Patterns of definitions, matched in linear time: a definition may come from somebody else, and the engine of the
 * language can be made to run for ever by a pattern and a text. Loaded when the first definition asks for it.
 */
export const matchesPattern = async (pattern: string, text: string): Promise<boolean | null> => {
  const { RE2JS } = await import('re2js')
  try {
    return RE2JS.compile(pattern).matcher(text).find()
  } catch {
    return null
  }
}

/** Why a pattern cannot be used; null where it can. */
export const patternProblem = async (pattern: string): Promise<string | null> => {
  const { RE2JS } = await import('re2js')
  try {
    RE2JS.compile(pattern)
    return null
  } catch (error) {
    return error instanceof Error ? withoutPattern(error.message) : 'it cannot be read'
  }
}

/** What was written is never repeated: it may be a key that was pasted into the wrong place. */
const withoutPattern = (message: string): string =>
  message.replace(/^error parsing regexp: /, '').replace(/: `[\s\S]*`$/, '')
