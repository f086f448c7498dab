import { keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { api, data, type Schemas } from './client'
import { conversationKeys } from './conversations'
import { takeOver } from './query'

export type Handset = Schemas['Handset']
export type HandsetText = Schemas['HandsetText']
export type HandsetPerson = Schemas['HandsetPerson']
export type Availability = Schemas['Availability']

/** The simulator tells nobody when a text arrives; the phone that is looked at is asked this often. */
const LOOK_MS = 1500
const PEOPLE_MS = 10_000

export const handsetKeys = {
  all: ['handset'] as const,
  availability: ['handset', 'availability'] as const,
  people: (search: string) => ['handset', 'people', search] as const,
  one: (phone: string) => ['handset', 'phone', phone] as const,
}

export const availabilityQuery = () =>
  queryOptions({
    queryKey: handsetKeys.availability,
    queryFn: () => data(api.GET('/api/handset')),
    staleTime: 60_000,
    // A simulator that is starting is there a moment later; one that runs may be stopped.
    refetchInterval: ({ state: { data } }) => data?.available && (data.running ? PEOPLE_MS : 3000),
  })

export const handsetPeopleQuery = (search: string) =>
  queryOptions({
    queryKey: handsetKeys.people(search),
    queryFn: () => data(api.GET('/api/handset/people', { params: { query: { search: search || undefined } } })),
    refetchInterval: PEOPLE_MS,
    placeholderData: keepPreviousData,
  })

export const handsetQuery = (phone: string) =>
  queryOptions({
    queryKey: handsetKeys.one(phone),
    queryFn: () => data(api.GET('/api/handset/people/{phone}', { params: { path: { phone } } })),
    refetchInterval: LOOK_MS,
  })

/** What is done with one handset; each answer that shows the handset is shown at once. */
export function useHandset(phone: string) {
  const client = useQueryClient()
  const params = { path: { phone } }
  const shown = (handset: Handset) => takeOver(client, handsetKeys.one(phone), handset)
  const pickUp = useMutation({
    mutationFn: () => data(api.POST('/api/handset/people/{phone}/pick-up', { params })),
    onSuccess: shown,
  })
  const write = useMutation({
    mutationFn: (body: string) => data(api.POST('/api/handset/people/{phone}/texts', { params, body: { body } })),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: handsetKeys.one(phone) })
      void client.invalidateQueries({ queryKey: conversationKeys.all })
    },
  })
  const choosePersona = useMutation({
    mutationFn: (persona: string | null) =>
      data(api.PUT('/api/handset/people/{phone}/persona', { params, body: { persona } })),
    onSuccess: shown,
  })
  const switchOn = useMutation({
    mutationFn: (delivers: boolean) =>
      data(api.PUT('/api/handset/people/{phone}/reachable', { params, body: { delivers } })),
    onSuccess: shown,
  })
  return { pickUp, write, choosePersona, switchOn }
}
