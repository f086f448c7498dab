import { useQuery } from '@tanstack/react-query'
import { useBlocker } from '@tanstack/react-router'
import { Eye, Plus, Wand2 } from 'lucide-react'
import { useState } from 'react'
import { type CrmConnection, crmFieldsQuery, type FieldMap, useChangeCrm, usePreviewMapping } from '@/api/crm'
import { Button } from '@/components/ui/button'
import { EmptyState, ErrorState, Notice, Skeleton } from '@/components/ui/states'
import { toast, toastProblem } from '@/lib/toast'
import { mappingProblem, unmapped } from './mapping'
import { MappingRow } from './mapping-row'
import { PreviewTable } from './preview-table'

const NEW: FieldMap = {
  remote: '',
  field: '',
  direction: 'both',
  kind: 'text',
  default: null,
  values: {},
  rule: 'newest',
}

type Draft = { key: number; row: FieldMap }[]
let keys = 0
const drafted = (mapping: FieldMap[]): Draft => mapping.map((row) => ({ key: keys++, row }))

/** Which of their fields is which of ours, who wins, and what would become of real contacts. */
export function MappingEditor({ connection }: { connection: CrmConnection }) {
  const fields = useQuery(crmFieldsQuery(connection.id))
  const [draft, setDraft] = useState<Draft>(() => drafted(connection.mapping))
  const [isChanged, setChanged] = useState(false)
  const change = useChangeCrm()
  const preview = usePreviewMapping()
  useBlocker({
    shouldBlockFn: () => isChanged && !window.confirm('Leave without saving the mapping?'),
    enableBeforeUnload: isChanged,
  })
  if (fields.error) return <ErrorState error={fields.error} onRetry={fields.refetch} />
  if (!fields.data) return <Skeleton className="h-48 rounded-lg" />
  const { remote, ours, suggested } = fields.data
  const mapping = draft.map((one) => one.row)
  const problem = mappingProblem(mapping)
  const edit = (next: Draft) => {
    setDraft(next)
    setChanged(true)
  }
  const save = () =>
    change.mutate(
      { id: connection.id, mapping },
      {
        onSuccess: () => {
          setChanged(false)
          toast.success('Mapping saved. It holds from the next contact on.')
        },
        onError: toastProblem,
      },
    )
  const show = () => preview.mutate({ id: connection.id, mapping }, { onError: toastProblem })
  const add = () => edit([...draft, { key: keys++, row: { ...NEW, remote: unmapped(remote, mapping)[0]?.name ?? '' } }])
  return (
    <div className="grid gap-3">
      {draft.length === 0 ? (
        <EmptyState
          icon={Wand2}
          title="Nothing is mapped yet"
          actions={
            suggested.length > 0 ? (
              <Button variant="primary" onClick={() => edit(drafted(suggested))}>
                <Wand2 /> Begin with {suggested.length} known fields
              </Button>
            ) : (
              <Button variant="primary" onClick={add}>
                <Plus /> Add a field
              </Button>
            )
          }
        >
          Say which of their fields is which of ours. At least a phone number or an e-mail address is needed.
        </EmptyState>
      ) : (
        <ul className="grid gap-2">
          {draft.map((one) => (
            <li key={one.key}>
              <MappingRow
                row={one.row}
                remote={remote}
                ours={ours}
                onChange={(row) => edit(draft.map((other) => (other.key === one.key ? { ...other, row } : other)))}
                onRemove={() => edit(draft.filter((other) => other.key !== one.key))}
              />
            </li>
          ))}
        </ul>
      )}
      {problem && <Notice tone="warning">{problem}</Notice>}
      <div className="flex flex-wrap gap-2">
        {draft.length > 0 && (
          <Button onClick={add}>
            <Plus /> Add a field
          </Button>
        )}
        <Button onClick={show} isBusy={preview.isPending} disabled={!!problem || draft.length === 0}>
          <Eye /> Preview
        </Button>
        <Button
          variant="primary"
          className="ml-auto"
          onClick={save}
          isBusy={change.isPending}
          disabled={!isChanged || !!problem}
        >
          Save mapping
        </Button>
      </div>
      {preview.data && <PreviewTable rows={preview.data.rows} />}
    </div>
  )
}
