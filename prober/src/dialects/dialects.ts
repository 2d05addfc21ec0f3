import { anthropic } from './anthropic.ts'
import { bedrock } from './bedrock.ts'
import { cohere } from './cohere.ts'
import { cohereEmbeddings } from './cohere-embeddings.ts'
import { cohereV1 } from './cohere-v1.ts'
import type { Dialect, DialectName } from './dialect.ts'
import { gemini } from './gemini.ts'
import { geminiEmbeddings } from './gemini-embeddings.ts'
import { http } from './http.ts'
import { ollama } from './ollama.ts'
import { ollamaEmbeddings } from './ollama-embeddings.ts'
import { openai } from './openai.ts'
import { openaiEmbeddings } from './openai-embeddings.ts'
import { openaiResponses } from './openai-responses.ts'
import { replicate } from './replicate.ts'
import { tcp } from './tcp.ts'
import { triton } from './triton.ts'
import { vertexAnthropic } from './vertex-anthropic.ts'
import { watsonx } from './watsonx.ts'

export const dialects = {
  openai,
  'openai-responses': openaiResponses,
  'openai-embeddings': openaiEmbeddings,
  anthropic,
  gemini,
  'gemini-embeddings': geminiEmbeddings,
  cohere,
  'cohere-v1': cohereV1,
  'cohere-embeddings': cohereEmbeddings,
  ollama,
  'ollama-embeddings': ollamaEmbeddings,
  bedrock,
  'vertex-anthropic': vertexAnthropic,
  watsonx,
  replicate,
  triton,
  http,
  tcp,
} satisfies { readonly [N in DialectName]: Dialect<N> }

export const isDialect = (name: string): name is DialectName => Object.hasOwn(dialects, name)

/** A probe names its dialect only after the configuration was checked against this map. */
export const dialectOf = (name: string): Dialect => {
  if (!isDialect(name)) throw new Error(`no dialect is named ${name}`)
  return dialects[name]
}
