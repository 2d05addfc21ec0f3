import { certificate, control, echo, name, peer, proxy, redirect } from './network.ts'
import type { Plays } from './play.ts'
import { remoteSet } from './remote-set.ts'
import { ask, credential } from './send.ts'
import { definition, environment, origin, providerFile, setting } from './settings.ts'
import { token } from './token.ts'

/** A kind that is not here does not compile; one more is a line here, one in case.ts, and a function. */
export const plays: Plays = {
  control,
  redirect,
  origin,
  credential,
  ask,
  name,
  peer,
  certificate,
  definition,
  remote_set: remoteSet,
  provider_file: providerFile,
  setting,
  environment,
  echo,
  proxy,
  token,
}
