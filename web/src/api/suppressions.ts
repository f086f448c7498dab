import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { pollWhenNotLive } from '@/live/use-live'
import { api, data, type Schemas, upload } from './client'
import { paged } from './query'

export type Suppression = Schemas['SuppressionOut']
export type SuppressionReason = Schemas['SuppressionReason']
export type SuppressionIn = Schemas['SuppressionIn']
export type SuppressionImport = Schemas['SuppressionImport']

export interface SuppressionFilter {
  reason?: SuppressionReason | undefined
  /** Part of the number: digits, with or without `+`. */
  phone?: string | undefined
  /** True for those in force, false for lifted ones, absent for those in force too. */
  active?: boolean | undefined
}

export const suppressionKeys = {
  all: ['suppressions'] as const,
  list: (filter: SuppressionFilter) => ['suppressions', 'list', filter] as const,
  of: (phone: string) => ['suppressions', 'of', phone] as const,
}

export const suppressionsQuery = (filter: SuppressionFilter) =>
  infiniteQueryOptions({
    queryKey: suppressionKeys.list(filter),
    queryFn: ({ pageParam }) =>
      data(api.GET('/api/suppressions', { params: { query: { ...filter, cursor: pageParam, limit: 50 } as never } })),
    refetchInterval: pollWhenNotLive,
    ...paged,
  })

/** The suppression of one number that is in force, or null. */
export const suppressionOfQuery = (phone: string) =>
  queryOptions({
    queryKey: suppressionKeys.of(phone),
    queryFn: async () => {
      const page = await data(api.GET('/api/suppressions', { params: { query: { phone, active: true } } }))
      return page.items.find((item) => item.phone === phone) ?? null
    },
    enabled: phone !== '',
    refetchInterval: pollWhenNotLive,
  })

/** What a change of a suppression makes stale. */
function useChanged() {
  const client = useQueryClient()
  return () =>
    Promise.all([
      client.invalidateQueries({ queryKey: suppressionKeys.all }),
      client.invalidateQueries({ queryKey: ['timeline'] }),
      client.invalidateQueries({ queryKey: ['conversations'] }),
    ])
}

export function useSuppress() {
  const changed = useChanged()
  return useMutation({
    mutationFn: (body: Pick<SuppressionIn, 'phone'> & Partial<SuppressionIn>) =>
      data(api.POST('/api/suppressions', { body: { reason: 'manual', ...body } })),
    onSuccess: changed,
  })
}

/** The note says how the person asked to be contacted again; needed where they had opted out. */
export function useLiftSuppression() {
  const changed = useChanged()
  return useMutation({
    mutationFn: ({ id, note }: { id: number; note: string }) =>
      data(
        api.POST('/api/suppressions/{suppression_id}/lift', {
          params: { path: { suppression_id: id } },
          body: { note },
        }),
      ),
    onSuccess: changed,
  })
}

/** Suppresses every number of a CSV or Excel file, all or none. */
export function useImportSuppressions() {
  const changed = useChanged()
  return useMutation({
    mutationFn: ({ file, reason = 'import' }: { file: File; reason?: SuppressionReason }) => {
      const form = new FormData()
      form.set('file', file)
      form.set('reason', reason)
      return upload<SuppressionImport>('/api/suppressions/import', form)
    },
    onSuccess: changed,
  })
}

/** Where the list can be downloaded as CSV. */
export function suppressionExportUrl({ reason, active }: Omit<SuppressionFilter, 'phone'> = {}): string {
  const query = new URLSearchParams()
  if (reason) query.set('reason', reason)
  if (active !== undefined) query.set('active', String(active))
  return `/api/suppressions/export${query.size ? `?${query}` : ''}`
}

export const SUPPRESSION_REASONS: Record<SuppressionReason, string> = {
  stop: 'Asked to stop',
  carrier: 'Opted out at the carrier',
  wrong_number: 'Wrong number',
  invalid: 'Can not receive texts',
  complaint: 'Complaint',
  manual: 'By a person of the team',
  import: 'Imported list',
}

/** Reasons that are the person's own wish: only they can take it back, and how they did must be noted. */
export const OWN_WISH: ReadonlySet<SuppressionReason> = new Set(['stop', 'carrier', 'complaint'])
