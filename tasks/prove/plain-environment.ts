import { systemEnvironment } from '../system-environment.ts'

/**
 * What a test run sees of the person's environment, so that a test neither asks a real provider with a real key nor
 * depends on somebody's .env.
 */
export const plainEnvironment = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  ...systemEnvironment(env),
  ...Object.fromEntries(Object.entries(env).filter(([name]) => /^(TEST_|DOCKER_)/.test(name))),
})
