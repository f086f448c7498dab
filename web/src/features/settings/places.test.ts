import { expect, it } from 'vitest'
import { placeName } from './places'

it('names states and countries, and leaves other words', () => {
  expect(['US-TX', 'US-XX', 'CA', 'everywhere else'].map(placeName)).toEqual([
    'Texas',
    'US-XX',
    'Canada',
    'everywhere else',
  ])
})
