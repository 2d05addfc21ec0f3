import { setGlobalProxyFromEnv } from 'node:http'

/** While this works, Node itself sends whatever it sends through the proxies that the surroundings name. */
export const withProxies = async <T>(env: Readonly<Record<string, string>>, work: () => Promise<T>): Promise<T> => {
  const restore = setGlobalProxyFromEnv(env)
  try {
    return await work()
  } finally {
    restore()
  }
}
