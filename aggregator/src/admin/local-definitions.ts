import { addDefinition, listDefinitions, removeDefinition } from '../definitions/change.ts'
import type { CustomDefinition } from '../definitions/custom.ts'
import type { SetDeps } from '../definitions/signed-set.ts'
import type { Admin, DefinitionName } from './admin.ts'

type About = Pick<Admin, 'definitions' | 'addDefinition' | 'removeDefinition'>

export const localDefinitions = (deps: SetDeps): About => ({
  definitions: async () => {
    const { set, definitions } = await listDefinitions(deps)
    return {
      set: set === null ? null : { version: set.version, expires_at: instant(set.expiresMs) },
      definitions: definitions.map(each => ({
        ...nameOf(each),
        added_at: instant(each.addedMs),
        definition: JSON.parse(each.text) as unknown,
      })),
    }
  },
  addDefinition: async file => {
    const { is, ...added } = await addDefinition(deps, file)
    return { ...nameOf(added), is }
  },
  removeDefinition: async wish => nameOf(await removeDefinition(deps, wish)),
})

const instant = (ms: number): string => new Date(ms).toISOString()

const nameOf = ({ provider, model, name }: CustomDefinition): DefinitionName => ({
  provider,
  model: model === '' ? null : model,
  name,
})
