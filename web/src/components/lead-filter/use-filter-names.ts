import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { importsQuery } from '@/api/imports'
import { listsQuery } from '@/api/lists'
import type { FilterValues, Names } from './filters'

/** What lists and files are called that a filter knows by number. */
export function useFilterNames(values: FilterValues): Names {
  const { data: lists } = useQuery({ ...listsQuery(), enabled: values.list_id !== undefined })
  const imports = useInfiniteQuery({ ...importsQuery(), enabled: values.import_id !== undefined })
  return {
    list: (id) => lists?.find((list) => list.id === id)?.name,
    importFile: (id) => imports.data?.pages.flatMap((page) => page.items).find((one) => one.id === id)?.filename,
  }
}
