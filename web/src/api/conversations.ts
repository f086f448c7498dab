import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { pollWhenNotLive } from '@/live/use-live'
import { api, data, type Schemas } from './client'
import { paged, takeOver } from './query'

export type Conversation = Schemas['ConversationOut']
export type ConversationCounts = Schemas['ConversationCounts']
export type ConversationStatus = Conversation['status']
export type PersonReason = NonNullable<Conversation['needs_person_reason']>
export type Message = Schemas['MessageOut']
export type Note = Schemas['NoteOut']
export type Decision = Schemas['DecisionOut']
export type Insight = Schemas['MessageInsight']
export type Suggestion = Schemas['Suggestion']
export type TeamView = Schemas['TeamView']
export type Suppression = Schemas['SuppressionOut']
export type View = 'mine' | 'unassigned' | 'needs_person' | 'all'

/** Filters that the list and the counts of its views share. */
export interface ConversationFilter {
  status?: ConversationStatus | undefined
  has_written?: boolean | undefined
  handled_by?: Conversation['handled_by'] | undefined
  campaign_id?: number | undefined
  unknown_outcome?: boolean | undefined
}

const PAGE = 50
/** What a thread is asked for at most besides its texts; nobody leaves more notes or decides more often. */
const MOST_NOTES = 500

/** What belongs to one thread lies below `one`, so that an update of it refreshes the thread alone. */
export const conversationKeys = {
  all: ['conversations'] as const,
  lists: ['conversations', 'list'] as const,
  list: (filter: object) => ['conversations', 'list', filter] as const,
  counts: (filter: object) => ['conversations', 'counts', filter] as const,
  one: (id: number) => ['conversation', 'one', id] as const,
  messages: (id: number) => ['conversation', 'one', id, 'messages'] as const,
  notes: (id: number) => ['conversation', 'one', id, 'notes'] as const,
  decisions: (id: number) => ['conversation', 'one', id, 'decisions'] as const,
  team: (id: number) => ['conversation', 'one', id, 'team'] as const,
  insights: (id: number) => ['conversation', 'one', id, 'insights'] as const,
}

const path = (id: number) => ({ params: { path: { conversation_id: id } } })

export const conversationsQuery = (filter: ConversationFilter & { view?: View; search?: string | undefined }) =>
  infiniteQueryOptions({
    queryKey: conversationKeys.list(filter),
    queryFn: ({ pageParam }) =>
      data(api.GET('/api/conversations', { params: { query: { ...filter, cursor: pageParam, limit: PAGE } } })),
    refetchInterval: pollWhenNotLive,
    ...paged,
  })

export const conversationCountsQuery = (filter: ConversationFilter) =>
  queryOptions({
    queryKey: conversationKeys.counts(filter),
    queryFn: () => data(api.GET('/api/conversations/counts', { params: { query: filter } })),
    refetchInterval: pollWhenNotLive,
    placeholderData: (before: ConversationCounts | undefined) => before,
  })

export const threadQuery = (id: number) =>
  queryOptions({
    queryKey: conversationKeys.one(id),
    queryFn: () => data(api.GET('/api/threads/{conversation_id}', path(id))),
    refetchInterval: pollWhenNotLive,
  })

/** Where the thread stands with the agents. */
export const teamQuery = (id: number) =>
  queryOptions({
    queryKey: conversationKeys.team(id),
    queryFn: () => data(api.GET('/api/threads/{conversation_id}/team', path(id))),
    refetchInterval: pollWhenNotLive,
  })

/** Texts, newest first. */
export const messagesQuery = (id: number) =>
  infiniteQueryOptions({
    queryKey: conversationKeys.messages(id),
    queryFn: ({ pageParam }) =>
      data(
        api.GET('/api/threads/{conversation_id}/messages', {
          params: { path: { conversation_id: id }, query: { cursor: pageParam, limit: PAGE } },
        }),
      ),
    refetchInterval: pollWhenNotLive,
    ...paged,
    placeholderData: undefined,
  })

/** How the automated texts came about, newest first. */
export const insightsQuery = (id: number) =>
  infiniteQueryOptions({
    queryKey: conversationKeys.insights(id),
    queryFn: ({ pageParam }) =>
      data(
        api.GET('/api/threads/{conversation_id}/insights', {
          params: { path: { conversation_id: id }, query: { cursor: pageParam, limit: PAGE } },
        }),
      ),
    refetchInterval: pollWhenNotLive,
    ...paged,
    placeholderData: undefined,
  })

export const notesQuery = (id: number) =>
  queryOptions({
    queryKey: conversationKeys.notes(id),
    queryFn: async () =>
      (
        await data(
          api.GET('/api/threads/{conversation_id}/notes', {
            params: { path: { conversation_id: id }, query: { limit: MOST_NOTES } },
          }),
        )
      ).items,
    refetchInterval: pollWhenNotLive,
  })

/** Who took over, handed back, assigned, resolved. */
export const decisionsQuery = (id: number) =>
  queryOptions({
    queryKey: conversationKeys.decisions(id),
    queryFn: async () =>
      (
        await data(
          api.GET('/api/threads/{conversation_id}/decisions', {
            params: { path: { conversation_id: id }, query: { limit: MOST_NOTES } },
          }),
        )
      ).items,
    refetchInterval: pollWhenNotLive,
  })

/** Opt-outs of a number, in force and lifted: events of its thread. */
export const optOutsQuery = (phone: string | null) =>
  queryOptions({
    queryKey: ['suppressions', 'history', phone] as const,
    queryFn: async () => {
      const of = (active: boolean) =>
        data(api.GET('/api/suppressions', { params: { query: { phone: phone ?? '', active } } }))
      const pages = await Promise.all([of(true), of(false)])
      return pages.flatMap((page) => page.items).filter((item) => item.phone === phone)
    },
    enabled: phone !== null,
  })

/** Takes over what a verb answered, and lets everything else that shows it be asked for again. */
function useTaken() {
  const client = useQueryClient()
  return async (thread: Conversation) => {
    await takeOver(client, conversationKeys.one(thread.id), thread)
    void client.invalidateQueries({ queryKey: conversationKeys.decisions(thread.id) })
    await client.invalidateQueries({ queryKey: conversationKeys.all })
  }
}

/** Decisions about a thread that need no further input. */
export type ThreadVerb = 'read' | 'unread' | 'resolve' | 'reopen' | 'take-over' | 'hand-back'

export function useThreadVerb() {
  const onSuccess = useTaken()
  return useMutation({
    mutationFn: ({ id, verb }: { id: number; verb: ThreadVerb }) =>
      data(api.POST(`/api/threads/{conversation_id}/${verb}` as '/api/threads/{conversation_id}/read', path(id))),
    onSuccess,
  })
}

export function useAssign() {
  const onSuccess = useTaken()
  return useMutation({
    mutationFn: ({ id, assignee }: { id: number; assignee: string | null }) =>
      data(api.POST('/api/threads/{conversation_id}/assign', { ...path(id), body: { assignee } })),
    onSuccess,
  })
}

export function useSnooze() {
  const onSuccess = useTaken()
  return useMutation({
    mutationFn: ({ id, until }: { id: number; until: Date }) =>
      data(api.POST('/api/threads/{conversation_id}/snooze', { ...path(id), body: { until: until.toISOString() } })),
    onSuccess,
  })
}

/** A person's text. Until the answer is there, the thread shows it by `useMutationState`. */
export const sendingKey = (id: number) => ['conversation', 'sending', id] as const

export interface Sending {
  body: string
  /** When it was sent off here, ISO. */
  at: string
}

export function useWriteMessage(id: number) {
  const client = useQueryClient()
  return useMutation({
    mutationKey: sendingKey(id),
    mutationFn: ({ body }: Sending) =>
      data(api.POST('/api/threads/{conversation_id}/messages', { ...path(id), body: { body } })),
    // Awaited, so that the text is in the thread before it stops being shown as on its way.
    onSuccess: () => client.invalidateQueries({ queryKey: conversationKeys.one(id) }),
    onSettled: () => void client.invalidateQueries({ queryKey: conversationKeys.all }),
  })
}

export function useAddNote(id: number) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: string) =>
      data(api.POST('/api/threads/{conversation_id}/notes', { ...path(id), body: { body } })),
    onSuccess: () => client.invalidateQueries({ queryKey: conversationKeys.notes(id) }),
  })
}

export function useDeleteNote(id: number) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (noteId: number) =>
      data(
        api.DELETE('/api/threads/{conversation_id}/notes/{note_id}', {
          params: { path: { conversation_id: id, note_id: noteId } },
        }),
      ),
    onSettled: () => client.invalidateQueries({ queryKey: conversationKeys.notes(id) }),
  })
}

/** The agent drafts an answer; nothing is sent. */
export const useSuggestion = (id: number) =>
  useMutation({ mutationFn: () => data(api.POST('/api/threads/{conversation_id}/suggestion', path(id))) })

/** A person decides about a text of which nobody can tell whether it was sent. */
export function useResolveMessage(conversationId: number) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ id, outcome }: { id: number; outcome: Schemas['Resolution']['outcome'] }) =>
      data(api.POST('/api/messages/{message_id}/resolve', { params: { path: { message_id: id } }, body: { outcome } })),
    onSuccess: () => client.invalidateQueries({ queryKey: conversationKeys.one(conversationId) }),
  })
}
