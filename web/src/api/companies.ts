import { infiniteQueryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { api, data, type Schemas, upload } from './client'
import { paged } from './query'

export type Company = Schemas['CompanyOut']
export type CompanyImport = Schemas['CompanyImport']

export const companyKeys = {
  all: ['companies'] as const,
  list: (search: string | undefined) => ['companies', 'list', search] as const,
}

/** The companies that enrichment knows without asking a provider. */
export const companiesQuery = (search: string | undefined) =>
  infiniteQueryOptions({
    queryKey: companyKeys.list(search),
    queryFn: ({ pageParam }) =>
      data(api.GET('/api/companies', { params: { query: { search, cursor: pageParam, limit: 100 } as never } })),
    ...paged,
  })

function useChanged() {
  const client = useQueryClient()
  return () => client.invalidateQueries({ queryKey: companyKeys.all })
}

export function useImportCompanies() {
  const changed = useChanged()
  return useMutation({
    mutationFn: (file: File) => {
      const form = new FormData()
      form.set('file', file)
      return upload<CompanyImport>('/api/companies/import', form)
    },
    onSuccess: changed,
  })
}

export const deleteCompany = (id: number) =>
  data(api.DELETE('/api/companies/{company_id}', { params: { path: { company_id: id } } }))

export const useCompaniesChanged = useChanged
