import { expect, test } from 'vitest'
import { figures, pretty, standing } from './endpoint-words'

test('an endpoint that we gave up is told apart from one that somebody turned off', () => {
  const at = '2026-01-01T00:00:00Z'
  expect(standing({ enabled: true, disabled_reason: null, failing_since: null }).label).toBe('On')
  expect(standing({ enabled: true, disabled_reason: null, failing_since: at }).label).toBe('Failing')
  expect(standing({ enabled: false, disabled_reason: null, failing_since: null }).label).toBe('Off')
  expect(standing({ enabled: false, disabled_reason: 'gone', failing_since: at }).label).toBe('Disabled')
})

test('figures say only what there is', () => {
  expect(figures({ waiting: 0, delivered_today: 0, failed_today: 0 })).toBe('0 delivered today')
  expect(figures({ waiting: 2, delivered_today: 1200, failed_today: 1 })).toBe(
    '1,200 delivered today · 1 failed · 2 waiting',
  )
})

test('what is no JSON is shown as it is', () => {
  expect(pretty('{"a":1}')).toBe('{\n  "a": 1\n}')
  expect(pretty('<html>')).toBe('<html>')
})
