/**
 * Looking up a name takes one thread of libuv's pool until the system's resolver gives up, which is long after a probe has.
 * libuv lends lookups half of its threads, so that files always have the other half; with the usual four, two names whose
 * server is dead hold up all others. Measured with a name server that never answers: behind 16 such lookups `localhost`
 * took 15.7 s, and 6 ms with these; a sync to disk took 73 ms at worst, and 24.
 *
 * It is read when the pool is first used, and not again: set before anything else. All threads are made at once (forty
 * weigh nothing that could be measured), and with Node's own they have to fit into a container's limit of processes.
 *
 * What this does not change: a process ends only when its threads have, so one that is stopped while a lookup hangs may
 * linger until the resolver gives up (10 s for one server that is dead). By then everything is on disk and the folder is
 * released, and whoever is tired of waiting may kill it. There is no way around that from inside: as the first process of
 * a container it is deaf to its own signals, and to replace itself it would need the power to start programs.
 */
const poolThreads = 40

/** Whoever set it knows why. */
export const readyThreads = (env: { UV_THREADPOOL_SIZE?: string | undefined }): void => {
  env.UV_THREADPOOL_SIZE ??= String(poolThreads)
}
