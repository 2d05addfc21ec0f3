/** `127.0.0.1:8420`, `[::1]`, `LOCALHOST`: the name alone, as it is compared. */
export const hostName = (authority: string): string => {
  const name = /^(\[[^\]]*\]|[^:]*)(:\d*)?$/.exec(authority)?.[1] ?? authority
  return name
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase()
}

export const isLoopback = (host: string): boolean => {
  const name = hostName(host)
  return name === 'localhost' || name === '::1' || /^127(\.\d{1,3}){3}$/.test(name)
}
