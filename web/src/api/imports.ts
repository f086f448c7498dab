import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { pollWhenNotLive } from '@/live/use-live'
import { api, data, type Schemas, upload } from './client'
import { paged } from './query'

export type ImportReport = Schemas['ImportReport']
export type ImportSummary = Schemas['ImportOut']
export type ImportOptions = Schemas['ImportOptions']
export type ImportPreview = Schemas['ImportPreview']
export type PreviewColumn = Schemas['PreviewColumn']
export type PreviewRow = Schemas['PreviewRow']

export const importKeys = {
  all: ['imports'] as const,
  list: ['imports', 'list'] as const,
  one: (id: number) => ['imports', 'one', id] as const,
}

export const isRunning = (status: ImportReport['status']): boolean => status === 'pending' || status === 'processing'

/** The rate of a running import is worked out from its figures, so they are asked for every second. */
const WATCH_MS = 1000

/** All imports, the latest first. */
export const importsQuery = () =>
  infiniteQueryOptions({
    queryKey: importKeys.list,
    queryFn: ({ pageParam }) =>
      data(api.GET('/api/leads/imports', { params: { query: { cursor: pageParam ?? null, limit: 20 } } })),
    refetchInterval: pollWhenNotLive,
    ...paged,
  })

export const importQuery = (id: number) =>
  queryOptions({
    queryKey: importKeys.one(id),
    queryFn: () => data(api.GET('/api/leads/imports/{import_id}', { params: { path: { import_id: id } } })),
    refetchInterval: (query) => (query.state.data && !isRunning(query.state.data.status) ? false : WATCH_MS),
  })

function formOf(file: File, options: Partial<ImportOptions>): FormData {
  const form = new FormData()
  form.set('options', JSON.stringify(options))
  form.set('file', file)
  return form
}

/** What the file turns out to be, and what would become of its first rows. Imports nothing. */
export const previewImport = (file: File, options: Partial<ImportOptions>, onProgress?: (share: number) => void) =>
  upload<ImportPreview>('/api/leads/imports/preview', formOf(file, options), onProgress)

export function useStartImport(onProgress: (share: number) => void) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ file, options }: { file: File; options: Partial<ImportOptions> }) =>
      upload<ImportReport>('/api/leads/imports', formOf(file, options), onProgress),
    onSuccess: (report) => {
      client.setQueryData(importKeys.one(report.id), report)
      return client.invalidateQueries({ queryKey: importKeys.list })
    },
  })
}

export const rejectionsUrl = (id: number): string => `/api/leads/imports/${id}/rejections.csv`
