import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { Page } from '@/api/client'
import type { Rows } from './data-table'

/** The rows of all pages loaded so far. */
export function useRows<T>(query: UseInfiniteQueryResult<InfiniteData<Page<T>>>): Rows<T> {
  const items = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data])
  return {
    items,
    isPending: query.isPending,
    isFetchingNextPage: query.isFetchingNextPage,
    hasNextPage: query.hasNextPage,
    error: query.error,
    // After a failure somebody has to ask for it: by itself it would be asked for without end.
    canLoadMore: query.hasNextPage && !query.isFetchingNextPage && !query.error,
    fetchNextPage: query.fetchNextPage,
    refetch: query.refetch,
  }
}
