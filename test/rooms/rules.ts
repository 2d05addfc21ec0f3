import type { Source } from './source.ts'

/** A file's path, or a room's, with the reason why the rule lets it through. */
type Because = Readonly<Record<string, string>>

/** What shared may import besides itself. Everything here gives the same answer to the same question, anywhere. */
export const sharedPackages: Readonly<
  Record<string, { readonly names: readonly string[] | 'all'; readonly why: string }>
> = {
  zod: { names: 'all', why: 'schemas' },
  jose: { names: 'all', why: 'signatures' },
  yaml: { names: 'all', why: 'files that people write' },
  'node:crypto': { names: 'all', why: 'hashes and keys over bytes that are passed in' },
  'node:zlib': { names: 'all', why: 'batches are gzip' },
  'node:util': { names: ['inspect', 'isDeepStrictEqual'], why: 'a secret prints as [secret]' },
  'node:net': { names: ['isIP', 'isIPv4', 'isIPv6', 'BlockList'], why: 'the reading of an address, not the way to it' },
}

/** Which rooms of a program know each other. What is not here meets in main.ts, or in Postgres rows. No arrow comes back. */
const db = { 'aggregator/src/db': 'the store: its types, and what every query needs' }

export const arrows: Readonly<Record<string, Because>> = {
  'prober/src/budget': {
    'prober/src/config': 'what the limits are, and how long a prompt is',
    'prober/src/schedule': 'it has a say in what starts',
    'prober/src/spool': 'the disk that its books are kept on',
  },
  'prober/src/catalogue': {
    'prober/src/config': 'it lists what was configured',
    'prober/src/credentials': 'an origin in a file is judged as it will be when it is used',
    'prober/src/print': 'as a table',
  },
  'prober/src/cli': {
    'prober/src/catalogue': 'what `definitions` answers',
    'prober/src/config': 'of the prober that these settings describe',
    'prober/src/egress-list': 'what `egress` answers',
    'prober/src/egress-test': 'what `egress-test` tries, and what came of it',
    'prober/src/once': 'the command of that name',
    'prober/src/print': 'somebody reads it',
    'prober/src/reference': 'how well this machine measures',
    'prober/src/remote-definitions': 'what runs of those from outside',
    'prober/src/report': 'who it is, and whether it is known there',
    'prober/src/spool': 'where its chain stands',
  },
  'prober/src/config': {
    'prober/src/checks': 'whether a check that somebody wrote can be made at all',
    'prober/src/credentials': 'what was told is bound to its origin before anything else sees it',
    'prober/src/tunnel': 'what a proxy is',
  },
  'prober/src/credentials': { 'prober/src/transport': 'the one way from a key to the wire' },
  'prober/src/dialects': { 'prober/src/framing': 'a dialect says how its stream is cut, and reads the pieces' },
  'prober/src/egress-list': { 'prober/src/print': 'as a table' },
  'prober/src/egress-test': {
    'prober/src/config': 'the readers that run in production are tried',
    'prober/src/credentials': 'so is the way of a key',
    'prober/src/egress': 'so is what remembers who was reached',
    'prober/src/print': 'as a table',
    'prober/src/remote-definitions': 'so is what takes definitions from outside',
    'prober/src/transport': 'so is the transport, with a socket to loopback',
  },
  'prober/src/follow-up': {
    'prober/src/schedule': 'a look is a slot, and stands where the plan leaves room',
    'prober/src/spool': 'the disk that its baseline is kept on',
  },
  'prober/src/measure': {
    'prober/src/checks': 'whether it is the answer that was expected',
    'prober/src/config': 'the placeholders of a question',
    'prober/src/dialects': 'what was read',
    'prober/src/transport': 'what was stamped',
  },
  'prober/src/once': {
    'prober/src/print': 'as a table',
    'prober/src/schedule': 'the pool that a run has too',
  },
  'prober/src/remote-definitions': {
    'prober/src/config': 'a definition is compiled there, and what its plan costs',
    'prober/src/report': 'the same door, naps and announcements',
    'prober/src/spool': 'a file that is replaced whole',
  },
  'prober/src/report': {
    'prober/src/spool': 'what is sent is what the spool sealed, and only a receipt frees it',
    'prober/src/tunnel': 'a proxy may stand before the aggregator',
  },
  'prober/src/vantage': { 'prober/src/egress': 'which origins have answered here' },
  'prober/src/transport': {
    'prober/src/egress': 'no connection without the guard',
    'prober/src/tunnel': 'a proxy may stand between',
  },

  'aggregator/src/admin': {
    ...db,
    'aggregator/src/definitions': 'they are added and removed there',
    'aggregator/src/enrol': 'a token is made there',
    'aggregator/src/incident': 'a note is added there',
    'aggregator/src/ingest': 'the ledger is read again there',
    'aggregator/src/keys': 'they are shown and rotated',
    'aggregator/src/judge': 'a policy is read there',
    'aggregator/src/replay': 'what is stored is judged again there',
  },
  'aggregator/src/api': {
    ...db,
    'aggregator/src/config': 'which addresses are loopback',
    'aggregator/src/incident': 'its words, and what was measured in it',
    'aggregator/src/notice': 'its words',
    'aggregator/src/judge': 'its words, and the worst of many',
    'aggregator/src/rollup': 'which levels there are, and what is kept as a histogram',
  },
  'aggregator/src/backup': {
    ...db,
    'aggregator/src/config': 'the data folder and the file of keys, which it fills',
  },
  'aggregator/src/cli': {
    ...db,
    'aggregator/src/admin': 'a command asks what an administrator asks',
    'aggregator/src/backup': 'the commands `backup` and `restore`',
    'aggregator/src/config': 'of the aggregator that these settings describe',
    'aggregator/src/api': 'which provider is of what kind',
    'aggregator/src/incident': 'how a time is told',
    'aggregator/src/judge': 'its policy is checked by whoever reads it',
  },
  'aggregator/src/config': { ...db, 'aggregator/src/keys': 'the file of their seeds is opened with the database' },
  'aggregator/src/definitions': {
    ...db,
    'aggregator/src/api': 'a door answers problems in the form of the others',
    'aggregator/src/enrol': 'whose key it is',
    'aggregator/src/keys': 'the set is signed by them',
  },
  'aggregator/src/enrol': {
    ...db,
    'aggregator/src/api': 'a door answers problems in the form of the others',
    'aggregator/src/keys': 'a token names one, and it signs the answer',
  },
  'aggregator/src/incident': {
    ...db,
    'aggregator/src/judge': 'an incident is what verdicts add up to',
    'aggregator/src/lease': 'one replica opens it',
  },
  'aggregator/src/ingest': {
    ...db,
    'aggregator/src/api': 'a door answers problems in the form of the others',
    'aggregator/src/enrol': 'whose key it is',
    'aggregator/src/keys': 'a batch names one, and it signs the receipt',
    'aggregator/src/rollup': 'rows and rollups are one transaction',
  },
  'aggregator/src/judge': db,
  'aggregator/src/keys': db,
  'aggregator/src/lease': db,
  'aggregator/src/notice': { ...db, 'aggregator/src/lease': 'one replica opens it' },
  'aggregator/src/replay': {
    ...db,
    'aggregator/src/incident': 'what verdicts would have added up to',
    'aggregator/src/judge': 'its rules, at another time',
  },
  'aggregator/src/retention': { ...db, 'aggregator/src/rollup': 'how long each level is kept' },
  'aggregator/src/rollup': db,

  'simulator/src/control': {
    'simulator/src/providers': 'what can be asked of each',
    'simulator/src/scenarios': 'what it is told to do',
  },
  'simulator/src/dialects': { 'simulator/src/speech': 'what is said, in the words of a dialect' },
  'simulator/src/providers': {
    'simulator/src/dialects': 'each speaks one',
    'simulator/src/speech': 'and says something',
  },
  'simulator/src/scenarios': {
    'simulator/src/dialects': 'misbehaviour is in the dialect of its provider',
    'simulator/src/providers': 'whose it is',
    'simulator/src/speech': 'and begins with what would have been said',
  },
  'simulator/src/serve': { 'simulator/src/scenarios': 'what is played' },
}

/** Files that put rooms together: they import everything, so nothing in a room may import them. */
export const doors: readonly string[] = [
  'prober/src/main.ts',
  'prober/src/prober.ts',
  'aggregator/src/main.ts',
  'aggregator/src/app.ts',
  'aggregator/src/aggregator.ts',
  'aggregator/src/serve.ts',
  'aggregator/src/work-beside.ts',
  'simulator/src/main.ts',
  'simulator/src/simulator.ts',
]

interface Effect {
  readonly is: (source: Source) => boolean
  readonly only: Because
}

const touches =
  (...things: readonly string[]) =>
  (source: Source): boolean =>
    things.some(thing => source.touches.includes(thing))

const runs =
  (pattern: RegExp) =>
  (source: Source): boolean =>
    source.imports.some(each => !each.typeOnly && pattern.test(each.specifier))

const network = /^(node:(net|tls|http|https|http2|dgram|dns|dns\/promises)|undici)$/
const purePartsOfNet: readonly string[] = sharedPackages['node:net']?.names as readonly string[]

const opensSockets = (source: Source): boolean =>
  source.touches.includes('fetch()') ||
  source.imports.some(each => {
    const pure = each.specifier === 'node:net' && each.names.every(name => purePartsOfNet.includes(name))
    return !each.typeOnly && !pure && network.test(each.specifier)
  })

/** The name is the rule; `only` are the thin shells that the rest is given. */
export const effects: Readonly<Record<string, Effect>> = {
  'the process is touched where a program starts': {
    is: touches('process.env', 'process.argv', 'process.exit', 'process.once', 'process.on'),
    only: {
      'aggregator/src/main.ts': 'it starts there',
      'prober/src/main.ts': 'it starts there',
      'simulator/src/main.ts': 'it starts there',
    },
  },
  'the clock is passed in': {
    is: touches('Date.now', 'new Date()', 'performance.now', 'process.hrtime'),
    only: {
      'aggregator/src/main.ts': 'the real one',
      'prober/src/main.ts': 'the real one',
      'simulator/src/clock.ts': 'the real one, to stamp what was written on CLOCK_MONOTONIC',
    },
  },
  'chance is passed in': {
    is: source =>
      touches('Math.random', 'crypto.randomUUID', 'crypto.getRandomValues')(source) ||
      source.imports.some(
        each => each.specifier === 'node:crypto' && each.names.some(name => /^(random|webcrypto)/.test(name)),
      ),
    only: {
      'aggregator/src/main.ts': 'the real one',
      'prober/src/main.ts': 'the real one',
    },
  },
  'files are touched by their adapters alone': {
    is: runs(/^node:fs(\/promises)?$/),
    only: {
      'aggregator/src/config/disk.ts': 'archives, and whole folders',
      'aggregator/src/config/files.ts': 'the real files behind what configuration reads',
      'prober/src/machine.ts': 'the real files behind what configuration and the lock read',
      'prober/src/spool/node-files.ts': 'the real folder behind Files',
    },
  },
  'sockets are opened by their adapters alone': {
    is: opensSockets,
    only: {
      'aggregator/src/admin/control-socket.ts': 'the socket in the data folder, from the side of a command',
      'aggregator/src/cli/status-of.ts': 'whether the server here answers',
      'aggregator/src/config/port.ts': 'whether the port is free',
      'prober/src/cli/health-server.ts': 'where /healthz and /readyz answer',
      'prober/src/egress-test/internet.ts': 'an internet that is all on loopback',
      'prober/src/egress-test/name-server.ts': 'its name server, and who asks it',
      'prober/src/egress-test/party.ts': 'whoever is reached there, and keeps every byte',
      'prober/src/egress-test/plays/surroundings.ts': 'Node is told to use the proxies of the environment',
      'prober/src/reference/emitter.ts': 'a provider that is known, on loopback',
      'prober/src/report/aggregator-agent.ts': 'the connection to the aggregator, with a guard of its own class',
      'prober/src/report/open-door.ts': 'the requests on it',
      'prober/src/transport/exchange.ts': 'the request on it',
      'prober/src/transport/open.ts': 'the connection that is measured',
      'prober/src/transport/resolve.ts': 'the name before it',
      'prober/src/tunnel/ask-tunnel.ts': 'CONNECT on a connection that is there',
      'simulator/src/control/control-server.ts': 'a simulator is a server',
      'simulator/src/serve/door.ts': 'a simulator is a server',
      'simulator/src/serve/provider-server.ts': 'a simulator is a server',
      'simulator/src/serve/stuck-port.ts': 'a simulator is a server, this one of the worst kind',
      'simulator/src/serve/tls.ts': 'a simulator is a server',
    },
  },
  'no program starts another': { is: runs(/^node:(child_process|cluster)$/), only: {} },
}

/** Who may turn a secret into text. */
export const revealers: Because = {
  'aggregator/src/backup/sealed-key.ts': 'the passphrase of an archive, on the way to the cipher',
  'aggregator/src/db/open-store.ts': 'the password of the database, on the way to it',
  'prober/src/credentials/send.ts': 'the way of a key to its own origin',
  'prober/src/tunnel/proxy.ts': 'the password of a proxy, on the way to it',
  'prober/src/report/enrol.ts': "the enrolment token's seed signs, and never leaves",
}

/** A test reads from top to bottom, so it may be longer before it should be two. */
export const longestFile = { source: 300, test: 500 }
