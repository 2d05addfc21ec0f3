import type { Probe } from '../probe.ts'

/** What the operator allows. Null is no limit of its own; the one over all keys there always is. */
export interface BudgetLimits {
  readonly usdPerDay: number
  readonly credentials: readonly CredentialLimits[]
}

export interface CredentialLimits {
  readonly name: string
  readonly provider: string
  readonly usdPerDay: number | null
  readonly requestsPerMinute: number | null
}

/** A key that was found bears its provider's name, and a listed one may be called like another provider. */
export const purseOf = ({ name, provider }: Pick<Probe['credential'], 'name' | 'provider'>): string =>
  `${provider}/${name}`

export const limitsOf = ({ credentials }: BudgetLimits, credential: Probe['credential']): CredentialLimits => {
  const { name, provider } = credential
  const own = credentials.find(each => each.name === name && each.provider === provider)
  return own ?? { name, provider, usdPerDay: null, requestsPerMinute: null }
}
