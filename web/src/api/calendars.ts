import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { pollWhenNotLive } from '@/live/use-live'
import { api, data, type Schemas } from './client'

export type Calendar = Schemas['CalendarOut']
export type CalendarIn = Schemas['CalendarIn']
export type CalendarPatch = Schemas['CalendarPatch']
export type WorkingHours = Schemas['WorkingHours']
export type Slot = Schemas['Slot']

export const calendarKeys = {
  all: ['calendars'] as const,
  accounts: ['calendars', 'accounts'] as const,
  slots: (id: number, timeZone: string) => ['calendars', 'slots', id, timeZone] as const,
}

export const calendarsQuery = () =>
  queryOptions({
    queryKey: calendarKeys.all,
    queryFn: () => data(api.GET('/api/calendars')),
    refetchInterval: pollWhenNotLive,
  })

/** Accounts at calendar servers that the operator set up. */
export const calendarAccountsQuery = () =>
  queryOptions({
    queryKey: calendarKeys.accounts,
    queryFn: () => data(api.GET('/api/calendars/accounts')),
    staleTime: 300_000,
  })

/** What would be offered now, in a zone. */
export const freeSlotsQuery = (id: number, timeZone: string) =>
  queryOptions({
    queryKey: calendarKeys.slots(id, timeZone),
    queryFn: () =>
      data(
        api.GET('/api/calendars/{calendar_id}/slots', {
          params: { path: { calendar_id: id }, query: { time_zone: timeZone, days: 60 } },
        }),
      ),
  })

function useChanged() {
  const client = useQueryClient()
  return () => client.invalidateQueries({ queryKey: calendarKeys.all })
}

export function useCreateCalendar() {
  return useMutation({
    mutationFn: (body: CalendarIn) => data(api.POST('/api/calendars', { body })),
    onSuccess: useChanged(),
  })
}

export function useChangeCalendar() {
  return useMutation({
    mutationFn: ({ id, ...body }: CalendarPatch & { id: number }) =>
      data(api.PATCH('/api/calendars/{calendar_id}', { params: { path: { calendar_id: id } }, body })),
    onSuccess: useChanged(),
  })
}

export function useDeleteCalendar() {
  return useMutation({
    mutationFn: (id: number) =>
      data(api.DELETE('/api/calendars/{calendar_id}', { params: { path: { calendar_id: id } } })),
    onSuccess: useChanged(),
  })
}

/** Reaches the outside calendar now. */
export function useTestCalendar() {
  return useMutation({
    mutationFn: (id: number) =>
      data(api.POST('/api/calendars/{calendar_id}/test', { params: { path: { calendar_id: id } } })),
  })
}
