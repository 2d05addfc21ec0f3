import { permissionFlags } from './node-flags.ts'

/**
 * What this process may do to the machine it runs on, as the kernel and Node say it and not as somebody intended it. It is
 * said at every start: what a security team asks for is then in the log of each deployment.
 */
export interface Powers {
  /** Null where there is no such thing. */
  readonly user: number | null
  /** Of Linux: whether there are any. Null where it cannot be read. */
  readonly hasCapabilities: boolean | null
  readonly isRootReadOnly: boolean | null
  /** Node's permission model; null where it is off, and only the user's own rights bound this process. */
  readonly model: {
    readonly readsEverything: boolean
    readonly writesElsewhere: boolean
    readonly startsProcesses: boolean
    readonly loadsAddons: boolean
  } | null
}

export interface PowersSaid {
  readonly fields: Readonly<Record<string, string | number>>
  /** What it may and does not need, and how that is taken away. */
  readonly tooMuch: readonly string[]
}

export const sayPowers = ({ user, hasCapabilities, isRootReadOnly, model }: Powers, dataDir: string): PowersSaid => {
  const all = {
    user,
    capabilities: hasCapabilities === null ? null : hasCapabilities ? 'some' : 'none',
    root_filesystem: isRootReadOnly === null ? null : isRootReadOnly ? 'read-only' : 'writable',
    reads: model === null || model.readsEverything ? 'what its user may' : 'what was listed',
    writes: model === null || model.writesElsewhere ? 'what its user may' : dataDir,
    starts_processes: model === null || model.startsProcesses ? 'what its user may' : 'none',
    loads_addons: model === null || model.loadsAddons ? 'what it reads' : 'none',
  }
  const known = Object.entries(all).filter((entry): entry is [string, string | number] => entry[1] !== null)
  return {
    fields: Object.fromEntries(known),
    tooMuch: [
      ...(user === 0 ? ['it runs as root and needs nothing of it: start it as another user'] : []),
      ...(model === null
        ? [`Node's permission model is off: start it as node ${permissionFlags(dataDir).join(' ')}`]
        : []),
    ],
  }
}
