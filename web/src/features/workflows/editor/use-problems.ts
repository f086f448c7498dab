import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useState } from 'react'
import { checkDefinition } from '@/api/workflow-drafts'
import { type Doc, definitionOf, type Specifications } from './document'
import { type Problem, problemsOf } from './problems'
import { useDoc } from './store'

const REST_MS = 450

export interface Checked {
  problems: Problem[]
  /** The latest change has been checked. */
  isChecked: boolean
}

const EMPTY_DOC: Problem[] = [{ words: 'The workflow is empty.', remedy: 'Add a first step.' }]
const NONE: Problem[] = []

/** What stands in the way of publishing, asked anew when editing rests. */
export function useProblems(specifications: Specifications): Checked {
  const doc = useDoc()
  const [rested, setRested] = useState(doc)
  useEffect(() => {
    const timer = setTimeout(() => setRested(doc), REST_MS)
    return () => clearTimeout(timer)
  }, [doc])
  const text = useMemo(() => meaningOf(rested), [rested])
  const isEmpty = rested.nodes.length === 0
  const answer = useQuery({
    queryKey: ['workflows', 'validate', text] as const,
    queryFn: async () => problemsOf(rested, await checkDefinition(definitionOf(rested)), specifications),
    enabled: !isEmpty,
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
    retry: false,
  })
  const problems = isEmpty ? EMPTY_DOC : (answer.data ?? NONE)
  return { problems, isChecked: rested === doc && (isEmpty || (answer.isSuccess && !answer.isPlaceholderData)) }
}

/** The document without where things are drawn: moving a step changes nothing. */
const meaningOf = (doc: Doc): string =>
  JSON.stringify([doc.nodes.map(({ id, type, data }) => [id, type, data]), doc.edges, doc.settings])
