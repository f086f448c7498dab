import { onlineManager } from '@tanstack/react-query'
import { afterEach, expect, it } from 'vitest'
import { queryClient } from './query'

afterEach(() => onlineManager.setOnline(true))

it('asks a server on the same machine although there is no network', async () => {
  onlineManager.setOnline(false)
  await expect(queryClient.fetchQuery({ queryKey: ['here'], queryFn: async () => 'yes' })).resolves.toBe('yes')
  const mutation = queryClient.getMutationCache().build(queryClient, { mutationFn: async () => 'done' })
  await expect(mutation.execute(undefined)).resolves.toBe('done')
})
