import { connect, type Socket } from 'node:net'
import { Worker } from 'node:worker_threads'
import type { Place } from './listen.ts'

/**
 * A port on which a connection is never made: somebody listens, nobody accepts, and the queue is full, so that the
 * kernel drops whoever comes next (Linux and BSD; the client sees a connect timeout).
 *
 * The event loop accepts whatever comes, so the listener lives in a thread that listens and then blocks. It is source
 * text because a bundle has no second file to start a thread from.
 */
export interface StuckPort {
  readonly release: () => Promise<void>
}

const listener = `
const { parentPort, workerData } = require('node:worker_threads')
const gate = new Int32Array(workerData.gate)
parentPort.once('message', () => {
  const server = require('node:net').createServer()
  server.listen({ host: workerData.host, port: workerData.port, backlog: 1 }, () => {
    parentPort.postMessage('listening')
    setImmediate(() => { Atomics.wait(gate, 0, 0); process.exit(0) })
  })
})
parentPort.postMessage('ready')
`

/** `free` gives the port up: the thread is ready by then, so that almost nobody is refused in between. */
export const stickPort = async (place: Place, free: () => Promise<void>): Promise<StuckPort> => {
  const gate = new SharedArrayBuffer(4)
  const worker = new Worker(listener, { eval: true, workerData: { gate, ...place } })
  const said = () =>
    new Promise<void>((resolve, reject) => worker.once('message', () => resolve()).once('error', reject))
  const exited = new Promise<void>(resolve => worker.once('exit', () => resolve()))
  await said()
  await free()
  const listening = said()
  worker.postMessage('listen')
  await listening
  const fillers = await fill(place)
  return {
    async release() {
      Atomics.store(new Int32Array(gate), 0, 1)
      Atomics.notify(new Int32Array(gate), 0)
      await exited
      for (const socket of fillers) socket.destroy()
    },
  }
}

/** Linux queues one more than the backlog says; others round it up. */
const maxFillers = 16
const hangsAfterMs = 100

const fill = async (place: Place): Promise<readonly Socket[]> => {
  const sockets: Socket[] = []
  while (sockets.length < maxFillers) {
    const socket = connect(place.port, place.host)
    sockets.push(socket)
    const connected = await new Promise<boolean>(resolve => {
      const timer = setTimeout(() => resolve(false), hangsAfterMs)
      socket
        .on('error', () => {})
        .once('connect', () => {
          clearTimeout(timer)
          resolve(true)
        })
    })
    if (!connected) break
  }
  return sockets
}
