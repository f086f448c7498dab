import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { pollWhenNotLive } from '@/live/use-live'
import { api, data, type Schemas } from './client'

export type LeadList = Schemas['ListOut']
type Selection = Schemas['Selection']

export const listKeys = { all: ['lists'] as const }

/** All lists, by name, with the number of their leads. */
export const listsQuery = () =>
  queryOptions({
    queryKey: listKeys.all,
    queryFn: () => data(api.GET('/api/lists')),
    refetchInterval: pollWhenNotLive,
  })

function useListsChanged() {
  const client = useQueryClient()
  return () =>
    Promise.all([
      client.invalidateQueries({ queryKey: listKeys.all }),
      client.invalidateQueries({ queryKey: ['leads'] }),
      client.invalidateQueries({ queryKey: ['lead-rows'] }),
    ])
}

export function useCreateList() {
  const changed = useListsChanged()
  return useMutation({
    mutationFn: (name: string) => data(api.POST('/api/lists', { body: { name, description: '' } })),
    onSuccess: changed,
  })
}

export function useChangeList() {
  const changed = useListsChanged()
  return useMutation({
    mutationFn: ({ id, name }: { id: number; name: string }) =>
      data(api.PATCH('/api/lists/{list_id}', { params: { path: { list_id: id } }, body: { name } })),
    onSuccess: changed,
  })
}

export function useDeleteList() {
  const changed = useListsChanged()
  return useMutation({
    mutationFn: (id: number) => data(api.DELETE('/api/lists/{list_id}', { params: { path: { list_id: id } } })),
    onSuccess: changed,
  })
}

/** Puts leads into a list, or takes them out; the leads themselves stay. */
export function useListMembers() {
  const changed = useListsChanged()
  return useMutation({
    mutationFn: ({ listId, selection, verb }: { listId: number; selection: Selection; verb: 'add' | 'remove' }) => {
      const given = { params: { path: { list_id: listId } }, body: selection }
      return verb === 'add'
        ? data(api.POST('/api/lists/{list_id}/leads', given))
        : data(api.POST('/api/lists/{list_id}/leads/remove', given))
    },
    onSuccess: changed,
  })
}
