import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { pollWhenNotLive } from '@/live/use-live'
import { api, data, type Schemas } from './client'
import { paged } from './query'

export type Notification = Schemas['NotificationOut']
export type Fact = Schemas['FactOut']
export type Rule = Schemas['RuleOut']
export type RuleIn = Schemas['RuleIn']
export type Channel = Schemas['ChannelOut']

/** All below one key: live news of notifications makes all of it stale. */
export const notificationKeys = {
  all: ['notifications'] as const,
  list: (unread: boolean) => ['notifications', 'list', unread] as const,
  unread: ['notifications', 'unread'] as const,
  rules: ['notifications', 'rules'] as const,
  facts: ['notifications', 'facts'] as const,
  channels: ['notifications', 'channels'] as const,
}

export const notificationsQuery = (unread: boolean) =>
  infiniteQueryOptions({
    queryKey: notificationKeys.list(unread),
    queryFn: ({ pageParam }) =>
      data(api.GET('/api/notifications', { params: { query: { unread, cursor: pageParam ?? null, limit: 30 } } })),
    refetchInterval: pollWhenNotLive,
    ...paged,
  })

export const unreadQuery = () =>
  queryOptions({
    queryKey: notificationKeys.unread,
    queryFn: () => data(api.GET('/api/notifications/unread')),
    refetchInterval: pollWhenNotLive,
  })

export const rulesQuery = () =>
  queryOptions({
    queryKey: notificationKeys.rules,
    queryFn: async () => (await data(api.GET('/api/notification-rules'))).items,
    refetchInterval: pollWhenNotLive,
  })

export const factsQuery = () =>
  queryOptions({ queryKey: notificationKeys.facts, queryFn: () => data(api.GET('/api/notification-rules/facts')) })

export const channelsQuery = () =>
  queryOptions({ queryKey: notificationKeys.channels, queryFn: () => data(api.GET('/api/notification-channels')) })

function useInvalidate() {
  const client = useQueryClient()
  return () => client.invalidateQueries({ queryKey: notificationKeys.all })
}

/** Marks these read, or all up to one; `is_read: false` takes it back. */
export function useMarkRead() {
  return useMutation({
    mutationFn: (which: { ids?: number[]; up_to?: number; is_read?: boolean }) =>
      data(api.POST('/api/notifications/read', { body: { is_read: true, ...which } })),
    onSuccess: useInvalidate(),
  })
}

/** Adds a rule; one with the same fact, channel and target is changed. */
export function useSaveRule() {
  return useMutation({
    mutationFn: (body: RuleIn) => data(api.POST('/api/notification-rules', { body })),
    onSuccess: useInvalidate(),
  })
}

export function useChangeRule() {
  return useMutation({
    mutationFn: ({ id, enabled }: { id: number; enabled: boolean }) =>
      data(api.PATCH('/api/notification-rules/{rule_id}', { params: { path: { rule_id: id } }, body: { enabled } })),
    onSuccess: useInvalidate(),
  })
}

export function useDeleteRule() {
  return useMutation({
    mutationFn: (id: number) =>
      data(api.DELETE('/api/notification-rules/{rule_id}', { params: { path: { rule_id: id } } })),
    onSuccess: useInvalidate(),
  })
}

export function useTestChannel() {
  return useMutation({
    mutationFn: ({ channel, target }: { channel: Channel['channel']; target: string }) =>
      data(api.POST('/api/notification-channels/{channel}/test', { params: { path: { channel } }, body: { target } })),
  })
}
