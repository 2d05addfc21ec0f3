import { join } from 'node:path'
import { root } from '../../tasks/root.ts'

/** Programs that are started again and again: what Node has made of their sources is kept, which halves the time. */
export const quickStart = { NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'compiled') }
