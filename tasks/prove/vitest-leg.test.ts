import { describe, expect, it } from 'vitest'
import { count } from './vitest-leg.ts'

const file = (status: string, ...tests: string[]) => ({
  status,
  assertionResults: tests.map(each => ({ status: each })),
})

describe('counting a test run', () => {
  it('takes passed and failed tests as they are', () => {
    const report = { numPassedTests: 2, numFailedTests: 1, testResults: [file('failed', 'passed', 'passed', 'failed')] }
    expect(count(report, 1)).toEqual({ passed: 2, failed: 1 })
  })

  it('counts a file that fails to load as failed', () => {
    const report = {
      numPassedTests: 2,
      numFailedTests: 0,
      testResults: [file('passed', 'passed', 'passed'), file('failed')],
    }
    expect(count(report, 1)).toEqual({ passed: 2, failed: 1 })
  })

  it('counts a file whose hook fails after its tests passed', () => {
    const report = { numPassedTests: 1, numFailedTests: 0, testResults: [file('failed', 'passed')] }
    expect(count(report, 1)).toEqual({ passed: 1, failed: 1 })
  })

  it('fails when nothing ran, even if the runner is content', () => {
    expect(count({ numPassedTests: 0, numFailedTests: 0, testResults: [] }, 0)).toEqual({ passed: 0, failed: 1 })
  })

  it('fails when there is no report', () => {
    expect(count(null, 137)).toEqual({ passed: 0, failed: 1 })
  })

  it('fails when every test passed and the runner still ended badly', () => {
    expect(count({ numPassedTests: 3, numFailedTests: 0, testResults: [file('passed', 'passed')] }, 1)).toEqual({
      passed: 3,
      failed: 1,
    })
  })
})
