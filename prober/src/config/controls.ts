import { isIP } from 'node:net'
import { isMetadataName, judgeAddress, readOrigin } from '@llmstatus/shared/address'
import { checkOrigin } from '../credentials/origin.ts'
import type { HttpProxy } from '../probe.ts'
import type { LoadedFile } from './read-prober-file.ts'

/** `controls` of prober.yaml: somebody else on the internet, to tell their failure from our own network's. */
export interface ListedControl {
  /** What its results call it. Its host stays here. */
  readonly name: string
  readonly origin: string
  /** The way of everything that is public. */
  readonly proxy: HttpProxy | null
}

export const listedControls = (file: LoadedFile | null, proxy: HttpProxy | null): readonly ListedControl[] => {
  if (file === null) return []
  const origins = (file.value.controls ?? []).map((text, index) => originAt(file, index, text))
  const twice = origins.findIndex((origin, index) => origins.indexOf(origin) < index)
  if (twice >= 0) throw file.wrong(['controls', twice], 'is there twice')
  return origins.map((origin, index) => ({ name: `control-${index + 1}`, origin, proxy }))
}

/** Only a certificate proves that it was the one who answered, and only an address outside that we can get there. */
const originAt = (file: LoadedFile, index: number, text: string): string => {
  const wrong = (what: string, hint?: string) => file.wrong(['controls', index], what, hint)
  const checked = checkOrigin(text, 'shipped')
  if (!checked.ok) throw wrong(checked.what, 'a control is an https origin such as https://www.example.com')
  const host = readOrigin(checked.origin)?.host ?? ''
  const isInside = isIP(host) !== 0 && judgeAddress(host) !== 'public'
  if (isInside || host === 'localhost' || host.endsWith('.localhost') || isMetadataName(host))
    throw wrong('is not on the internet', 'what answers while the internet is away cannot say that it is')
  return checked.origin
}
