import { defineConfig } from 'vitest/config'

/** What needs a Postgres is named *.db.test.ts and runs once on PGlite and once on a real server (tasks/test.ts). */
const needsDatabase = '**/*.db.test.ts'

/** Files share their modules, which is half the time, and the proof that no module keeps a state of its own. */
const isolate = false

/** Left alone it is one less than the cores, which is one of two; much of what these tests do is wait for sockets. */
const maxWorkers = 2

const elsewhere = ['**/node_modules/**', '**/dist/**', '**/data/**']

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            '**/src/**/*.test.{ts,tsx}',
            'test/*.test.ts',
            'test/rooms/*.test.ts',
            'tasks/**/*.test.ts',
            'bench/**/*.test.ts',
          ],
          exclude: [...elsewhere, needsDatabase],
          testTimeout: 20_000,
          maxWorkers,
          isolate,
        },
      },
      {
        test: {
          name: 'db',
          include: ['**/src/**/*.db.test.ts', 'test/*.db.test.ts'],
          exclude: elsewhere,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          isolate,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/*.test.ts', 'test/long/*.test.ts'],
          exclude: elsewhere,
          testTimeout: 180_000,
          hookTimeout: 120_000,
          // Each starts whole programs and watches the clock: side by side they would measure each other.
          fileParallelism: false,
        },
      },
      {
        test: {
          // Whole programs too, but what must hold of them holds at any speed: all at once.
          name: 'faults',
          include: ['test/faults/*.test.ts'],
          exclude: elsewhere,
          hookTimeout: 120_000,
          maxWorkers: 3,
        },
      },
    ],
  },
})
