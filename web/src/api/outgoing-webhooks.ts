import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { pollWhenNotLive } from '@/live/use-live'
import { api, data, type Schemas } from './client'
import { paged } from './query'

export type Endpoint = Schemas['EndpointOut']
export type EndpointIn = Schemas['EndpointIn']
export type EndpointPatch = Schemas['EndpointPatch']
export type Delivery = Schemas['WebhookDeliveryOut']
export type DeliveryState = Delivery['state']

export const outgoingKeys = {
  all: ['outgoing-webhooks'] as const,
  endpoints: ['outgoing-webhooks', 'endpoints'] as const,
  deliveries: (endpointId: number, state: DeliveryState | null) =>
    ['outgoing-webhooks', 'deliveries', endpointId, state] as const,
}

export const endpointsQuery = () =>
  queryOptions({
    queryKey: outgoingKeys.endpoints,
    queryFn: async () => (await data(api.GET('/api/webhook-endpoints'))).items,
    refetchInterval: pollWhenNotLive,
  })

export const deliveriesQuery = (endpointId: number, state: DeliveryState | null) =>
  infiniteQueryOptions({
    queryKey: outgoingKeys.deliveries(endpointId, state),
    queryFn: ({ pageParam }) =>
      data(
        api.GET('/api/webhook-endpoints/{endpoint_id}/deliveries', {
          params: { path: { endpoint_id: endpointId }, query: { state, cursor: pageParam ?? null, limit: 25 } },
        }),
      ),
    refetchInterval: pollWhenNotLive,
    ...paged,
  })

function useInvalidate() {
  const client = useQueryClient()
  return () => client.invalidateQueries({ queryKey: outgoingKeys.all })
}

export function useAddEndpoint() {
  return useMutation({
    mutationFn: (body: EndpointIn) => data(api.POST('/api/webhook-endpoints', { body })),
    onSuccess: useInvalidate(),
  })
}

export function useChangeEndpoint() {
  return useMutation({
    mutationFn: ({ id, ...body }: EndpointPatch & { id: number }) =>
      data(api.PATCH('/api/webhook-endpoints/{endpoint_id}', { params: { path: { endpoint_id: id } }, body })),
    onSuccess: useInvalidate(),
  })
}

export function useDeleteEndpoint() {
  return useMutation({
    mutationFn: (id: number) =>
      data(api.DELETE('/api/webhook-endpoints/{endpoint_id}', { params: { path: { endpoint_id: id } } })),
    onSuccess: useInvalidate(),
  })
}

/** The answer holds the new secret, which is never told again. */
export function useRotateSecret() {
  return useMutation({
    mutationFn: (id: number) =>
      data(
        api.POST('/api/webhook-endpoints/{endpoint_id}/rotate-secret', {
          params: { path: { endpoint_id: id } },
          body: { keep_hours: 24 },
        }),
      ),
    onSuccess: useInvalidate(),
  })
}

export function useTestEndpoint() {
  return useMutation({
    mutationFn: (id: number) =>
      data(api.POST('/api/webhook-endpoints/{endpoint_id}/test', { params: { path: { endpoint_id: id } } })),
    onSuccess: useInvalidate(),
  })
}

export function useResend() {
  return useMutation({
    mutationFn: (id: number) =>
      data(api.POST('/api/webhook-deliveries/{delivery_id}/resend', { params: { path: { delivery_id: id } } })),
    onSuccess: useInvalidate(),
  })
}
