import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { pollWhenNotLive } from '@/live/use-live'
import { api, data, type Schemas } from './client'

export type Credential = Schemas['CredentialOut']
export type CredentialIn = Schemas['CredentialIn']
export type CredentialPatch = Schemas['CredentialPatch']

export const credentialKeys = { all: ['credentials'] as const }

export const credentialsQuery = () =>
  queryOptions({
    queryKey: credentialKeys.all,
    queryFn: async () => (await data(api.GET('/api/credentials'))).items,
    refetchInterval: pollWhenNotLive,
  })

function useInvalidate() {
  const client = useQueryClient()
  return () => client.invalidateQueries({ queryKey: credentialKeys.all })
}

export function useAddCredential() {
  return useMutation({
    mutationFn: (body: CredentialIn) => data(api.POST('/api/credentials', { body })),
    onSuccess: useInvalidate(),
  })
}

export function useChangeCredential() {
  return useMutation({
    mutationFn: ({ id, ...body }: CredentialPatch & { id: number }) =>
      data(api.PATCH('/api/credentials/{credential_id}', { params: { path: { credential_id: id } }, body })),
    onSuccess: useInvalidate(),
  })
}

export function useDeleteCredential() {
  return useMutation({
    mutationFn: (id: number) =>
      data(api.DELETE('/api/credentials/{credential_id}', { params: { path: { credential_id: id } } })),
    onSettled: useInvalidate(),
  })
}
