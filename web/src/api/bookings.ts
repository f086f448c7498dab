import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { pollWhenNotLive } from '@/live/use-live'
import { calendarKeys } from './calendars'
import { api, data, type Schemas } from './client'
import { paged } from './query'

export type Booking = Schemas['BookingOut']
export type BookingIn = Schemas['BookingIn']

export const bookingKeys = {
  all: ['bookings'] as const,
  ofLead: (leadId: number) => ['bookings', 'lead', leadId] as const,
  ahead: ['bookings', 'ahead'] as const,
}

/** A lead's meetings, the latest first. */
export const leadBookingsQuery = (leadId: number) =>
  infiniteQueryOptions({
    queryKey: bookingKeys.ofLead(leadId),
    queryFn: ({ pageParam }) =>
      data(api.GET('/api/bookings', { params: { query: { lead_id: leadId, limit: 20, cursor: pageParam ?? null } } })),
    refetchInterval: pollWhenNotLive,
    ...paged,
  })

const AHEAD = 5

/** The meetings that come next. */
export const meetingsAheadQuery = () =>
  queryOptions({
    queryKey: bookingKeys.ahead,
    queryFn: async () =>
      (
        await data(
          api.GET('/api/bookings', {
            params: {
              query: { status: ['booked'], since: new Date().toISOString(), sort: 'starts_at', limit: AHEAD },
            },
          }),
        )
      ).items,
    // Meetings pass without any news of it.
    refetchInterval: 60_000,
  })

function useChanged() {
  const client = useQueryClient()
  return () =>
    Promise.all(
      [bookingKeys.all, calendarKeys.all, ['timeline']].map((queryKey) => client.invalidateQueries({ queryKey })),
    )
}

export function useBook() {
  return useMutation({
    mutationFn: (body: Pick<BookingIn, 'calendar_id' | 'lead_id' | 'starts_at'> & Partial<BookingIn>) =>
      data(api.POST('/api/bookings', { body: body as BookingIn })),
    onSuccess: useChanged(),
  })
}

export function useMoveBooking() {
  return useMutation({
    mutationFn: ({ id, starts_at, calendar_id }: { id: number; starts_at: string; calendar_id: number }) =>
      data(
        api.POST('/api/bookings/{booking_id}/move', {
          params: { path: { booking_id: id } },
          body: { starts_at, calendar_id },
        }),
      ),
    onSuccess: useChanged(),
  })
}

export function useCancelBooking() {
  return useMutation({
    mutationFn: ({ id, reason }: { id: number; reason: string }) =>
      data(api.POST('/api/bookings/{booking_id}/cancel', { params: { path: { booking_id: id } }, body: { reason } })),
    onSuccess: useChanged(),
  })
}

/** Tells calendar and people once more, as far as that failed. */
export function useDeliverBooking() {
  return useMutation({
    mutationFn: (id: number) =>
      data(api.POST('/api/bookings/{booking_id}/deliver', { params: { path: { booking_id: id } } })),
    onSuccess: useChanged(),
  })
}

/** The meeting as a file for one's own calendar. */
export const icsAddress = (id: number): string => `/api/bookings/${id}/ics`
