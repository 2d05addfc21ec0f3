import { chatRoads, type ProviderFile, type ProviderModel, type Road } from '@llmstatus/shared/provider-file'

/** What a provider's file says of a model: how it is spoken to, and where. */

export const modelOf = (file: ProviderFile, model: string): ProviderModel | undefined =>
  file.models.find(({ id }) => id === model)

/** A model that embeds has the dialect of the embeddings, where that is no way to chat as well. */
export const isEmbedder = (file: ProviderFile, model: string): boolean =>
  file.embeddings !== undefined && modelOf(file, model)?.dialect === file.embeddings.dialect

/**
 * The way to chat with a model: the one whose dialect was asked for, else the model's own, else the usual one. Null where
 * the file has no such way.
 */
export const roadTo = (
  file: ProviderFile,
  model: string,
  dialect = modelOf(file, model)?.dialect ?? file.chat?.dialect,
): Road | null => chatRoads(file).find(road => road.dialect === dialect) ?? null

/** What a provider speaks, for whoever asks for no model in particular. */
export const mainDialect = ({ chat, embeddings }: ProviderFile): string => {
  const dialect = chat?.dialect ?? embeddings?.dialect
  if (dialect === undefined) throw new Error('a provider file without a chat and without embeddings passed its schema')
  return dialect
}
