/** An edge that asks for proof of humanity has blocked this address; that is nobody's outage. */
const tells = ['just a moment', 'challenge-platform', 'cf-chl', 'attention required', 'captcha', 'verify you are human']

export const isChallenge = (page: string, status: number): boolean => {
  if (status !== 403 || !page.trimStart().startsWith('<')) return false
  const text = page.slice(0, 65_536).toLowerCase()
  return tells.some(tell => text.includes(tell))
}
