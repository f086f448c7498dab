import { expect, it } from 'vitest'
import { runFilterOf } from './filter'

it('asks the API for what the address says, and for nothing that does not exist', () => {
  expect(runFilterOf({ workflow: 3, status: 'waiting', node: 'ask', search: 'Ada' })).toEqual({
    workflow_id: 3,
    status: ['waiting'],
    node_id: 'ask',
    search: 'Ada',
  })
  expect(runFilterOf({ effect: 'unknown' })).toEqual({ effect: 'unknown' })
  expect(runFilterOf({ status: 'sleeping', error: '' })).toEqual({})
})
