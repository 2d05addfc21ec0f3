import { nobody, ownAddress } from '../internet.ts'
import { answer, goodAnswer } from '../request-text.ts'
import type { Told } from '../stage.ts'
import type { Play } from './play.ts'
import { tryTold } from './told.ts'

/** Where a key is exchanged for a token somebody hostile answers; who it is for stands beside, and is well. */

export const tokenHost = 'iam.cloud.ibm.com'

const exchanged = (tokenOrigin: string | undefined): Told => ({
  config: {
    credentials: [
      {
        name: 'watsonx',
        provider: 'watsonx',
        secret: 'env:KEY',
        ca_file: 'ca.pem',
        values: { WATSONX_REGION: 'us-south', WATSONX_PROJECT_ID: 'p-1' },
        ...(tokenOrigin === undefined ? {} : { token_origin: tokenOrigin }),
      },
    ],
  },
})

const good = '{"access_token":"a-token-of-this-hour","token_type":"Bearer","expires_in":3600}'

export const token: Play<'token'> = async (
  stage,
  { status = 200, headers = {}, body = good, is, token_origin: at },
) => {
  const answered = { 'content-type': 'application/json', ...headers }
  return {
    tried:
      at === undefined ? `${tokenHost} answers ${status} ${JSON.stringify(headers)} ${body}` : `tokens are at ${at}`,
    finding: await tryTold(stage, exchanged(at), {
      ...nobody,
      ownAnswers: request =>
        request.line.startsWith('POST /identity/token ') ? answer(status, answered, body) : goodAnswer(request),
      ...(is === undefined ? {} : { names: { [tokenHost]: [[is.replace('{own}', ownAddress)]] } }),
    }),
  }
}
