import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { pollWhenNotLive } from '@/live/use-live'
import { api, data, type Schemas } from './client'

export type SheetImportIn = Schemas['SheetImportIn']
export type SheetExport = Schemas['SheetExportOut']
export type SheetExportIn = Schemas['SheetExportIn']

export const sheetKeys = { exports: ['crm', 'sheet-exports'] as const }

export const sheetsAccountsQuery = () =>
  queryOptions({ queryKey: ['sheets-accounts'], queryFn: () => data(api.GET('/api/sheets/accounts')) })

export const sheetExportsQuery = () =>
  queryOptions({
    queryKey: sheetKeys.exports,
    queryFn: async () => (await data(api.GET('/api/sheets/exports'))).items,
    refetchInterval: pollWhenNotLive,
  })

export const useImportSheet = () =>
  useMutation({ mutationFn: (body: SheetImportIn) => data(api.POST('/api/sheets/import', { body })) })

export function useExportToSheet() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: SheetExportIn) => data(api.POST('/api/sheets/exports', { body })),
    onSettled: () => client.invalidateQueries({ queryKey: sheetKeys.exports }),
  })
}

export function useRunExport() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: number) =>
      data(api.POST('/api/sheets/exports/{export_id}/run', { params: { path: { export_id: id } } })),
    onSettled: () => client.invalidateQueries({ queryKey: sheetKeys.exports }),
  })
}

export function useDeleteExport() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: number) =>
      data(api.DELETE('/api/sheets/exports/{export_id}', { params: { path: { export_id: id } } })),
    onSettled: () => client.invalidateQueries({ queryKey: sheetKeys.exports }),
  })
}
