import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { pollWhenNotLive } from '@/live/use-live'
import { api, data, type Schemas } from './client'

export type Sender = Schemas['SenderOut']
export type SenderIn = Schemas['SenderIn']
export type SenderPatch = Schemas['SenderPatch']

export const senderKeys = { all: ['senders'] as const }

export const sendersQuery = () =>
  queryOptions({
    queryKey: senderKeys.all,
    queryFn: async () => (await data(api.GET('/api/senders'))).items,
    refetchInterval: pollWhenNotLive,
  })

export function useAddSender() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: SenderIn) => data(api.POST('/api/senders', { body })),
    onSuccess: () => client.invalidateQueries({ queryKey: senderKeys.all }),
  })
}

export function useChangeSender() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ id, ...body }: SenderPatch & { id: number }) =>
      data(api.PATCH('/api/senders/{sender_id}', { params: { path: { sender_id: id } }, body })),
    onSuccess: () => client.invalidateQueries({ queryKey: senderKeys.all }),
  })
}

export function useDeleteSender() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: number) => data(api.DELETE('/api/senders/{sender_id}', { params: { path: { sender_id: id } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: senderKeys.all }),
  })
}
