import { join } from 'node:path'
import { ProviderFile } from '@llmstatus/shared/provider-file'
import { parseYaml } from '@llmstatus/shared/strict-yaml'
import { type Catalogue, catalogueOf } from '../api/providers.ts'
import type { Files } from '../config/files.ts'

/** The provider files of a folder: names and kinds. */
export const readCatalogue = (files: Pick<Files, 'read' | 'list'>, folder: string): Catalogue =>
  catalogueOf(
    files
      .list(folder)
      .filter(name => name.endsWith('.yaml'))
      .map(name => parseYaml(ProviderFile, files.read(join(folder, name)), join(folder, name))),
  )
