import type { CredentialLimits } from '../config/credential-limits.ts'
import type { Probe } from '../probe.ts'

/** What the operator allows. The limit over all keys there always is. */
export interface BudgetLimits {
  readonly usdPerDay: number
  readonly credentials: readonly CredentialLimits[]
}

/** A key that was found bears its provider's name, and a listed one may be called like another provider. */
export const purseOf = ({ name, provider }: Pick<Probe['credential'], 'name' | 'provider'>): string =>
  `${provider}/${name}`

export const limitsOf = ({ credentials }: BudgetLimits, credential: Probe['credential']): CredentialLimits => {
  const { name, provider } = credential
  const own = credentials.find(each => each.name === name && each.provider === provider)
  return own ?? { name, provider, usdPerDay: null, requestsPerMinute: null }
}
