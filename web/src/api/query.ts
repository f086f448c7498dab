import { keepPreviousData, QueryClient, type QueryKey } from '@tanstack/react-query'
import { pollWhenNotLive } from '@/live/use-live'
import { ApiProblem, type Page } from './client'

const RETRIES = 2

/** A refusal stays a refusal; only what may pass is tried again. */
const mayPass = (error: unknown): boolean => !(error instanceof ApiProblem) || error.status === 0 || error.status >= 502

export const queryClient = new QueryClient({
  defaultOptions: {
    // Outrider often runs on the reader's own machine, which answers without any network; where it does not, that is
    // said at once: what somebody decides now must not be carried out unasked an hour later.
    mutations: { networkMode: 'always' },
    queries: {
      networkMode: 'always',
      refetchOnReconnect: true,
      staleTime: 15_000,
      gcTime: 10 * 60_000,
      retry: (count, error) => count < RETRIES && mayPass(error),
      refetchOnWindowFocus: true,
    },
  },
})

/** Takes over what the server answered to a change; an older answer that is still on its way must not replace it. */
export async function takeOver<T>(client: QueryClient, queryKey: QueryKey, answer: T): Promise<void> {
  await client.cancelQueries({ queryKey, exact: true })
  client.setQueryData(queryKey, answer)
}

const OLD_SECONDS = 0.2
const ASK_AGAIN_MS = 10_000

/** When to ask again for figures: while those shown were kept they are being counted anew, and nothing tells when that is done. */
export const pollCounted = (shown: { counted_seconds_ago: number } | undefined) =>
  (shown?.counted_seconds_ago ?? 0) > OLD_SECONDS ? ASK_AGAIN_MS : pollWhenNotLive()

/** Options shared by all lists that are read page by page. */
export const paged = {
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page: Page<unknown>) => page.next_cursor ?? undefined,
  placeholderData: keepPreviousData,
}
