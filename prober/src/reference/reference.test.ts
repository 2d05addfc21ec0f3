import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createSend } from '../credentials/send.ts'
import { createObserve } from '../measure.ts'
import { calm, clock, measuring, slot } from '../testing/measuring.ts'
import { createTransport } from '../transport/transport.ts'
import { calibrate } from './calibrate.ts'
import { createCalibrator } from './calibrator.ts'
import { type Emitter, startEmitter } from './emitter.ts'
import { referenceProbe } from './reference-probe.ts'
import { schedules } from './schedule.ts'

let emitter: Emitter
beforeAll(async () => {
  emitter = await startEmitter(clock)
})
afterAll(() => emitter.close())

const never = new AbortController().signal
const parts = (monitor = calm) => ({
  emitter,
  observe: createObserve({
    clock,
    random: bytes => new Uint8Array(bytes),
    send: createSend(createTransport({ clock, resolve: async () => ['127.0.0.1'] }), clock),
    monitor,
    pace: async () => {},
  }),
})

describe('the reference', () => {
  test('is a probe like any other, and passes its own check', async () => {
    const line = await measuring().measure(emitter.probe, slot, never)
    expect(line).toMatchObject({
      provider: 'reference',
      model: 'reference',
      probe: 'reference',
      outcome: 'ok',
      content: 'pass',
      finish: 'stop',
      tokens: { out: schedules.reference.tokens },
    })
    expect(line.us.first_token).toBeGreaterThanOrEqual(schedules.reference.firstTokenMs * 1000 - 1000)
  })

  test('is one series over restarts, whatever its port', () => {
    expect(referenceProbe('http://127.0.0.1:1').def).toBe(emitter.probe.def)
  })

  test('may be reached on loopback alone', () => {
    expect(emitter.probe.credential.net).toEqual({ private: true, cidrs: ['127.0.0.1/32'] })
    expect(emitter.origin).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  })

  test.each([
    ['another path', '/v1/models', '{}', 404],
    ['what is not JSON', '/v1/chat/completions', '{', 400],
    ['another model', '/v1/chat/completions', '{"model":"gpt-9","messages":[{"content":"x"}]}', 400],
    ['no question', '/v1/chat/completions', '{"model":"reference","messages":[]}', 400],
    ['too much', '/v1/chat/completions', `{"model":"reference","x":"${'y'.repeat(20_000)}"}`, 400],
  ])('answers to %s with a refusal', async (_what, path, body, status) => {
    expect((await fetch(`${emitter.origin}${path}`, { method: 'POST', body })).status).toBe(status)
  })
})

describe('calibration', () => {
  test('compares what was measured with what was written', async () => {
    const found = await calibrate(parts(), 10, never)
    expect(found).toMatchObject({ rounds: 10, quiet: 10 })
    expect(found?.biasP50Us).toBeLessThan(5_000)
    expect(found?.biasP99Us).toBeGreaterThanOrEqual(found?.biasP50Us ?? 0)
  })

  test('leaves out rounds in which the loop was held', async () => {
    const held = { watch: () => ({ end: () => ({ longestUs: 9_000, heldUs: 9_000 }) }) }
    expect(await calibrate(parts(held), 3, never)).toBeNull()
  })

  test('that is called off gives nothing', async () => {
    expect(await calibrate(parts(), 10, AbortSignal.abort())).toBeNull()
  })

  test('is kept until a later one can be used', async () => {
    const calibrator = createCalibrator(parts())
    expect(calibrator.biasUs()).toBe(0)
    const found = await calibrator.run(5)
    expect(calibrator.biasUs()).toBe(found?.biasP99Us)
    calibrator.close()
    expect(await calibrator.run(5)).toBeNull()
    expect(calibrator.biasUs()).toBe(found?.biasP99Us)
  })
})
