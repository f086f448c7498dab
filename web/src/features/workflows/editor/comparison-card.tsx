import { ArrowDownUp, X } from 'lucide-react'
import { useMemo } from 'react'
import type { Side } from '@/api/workflow-drafts'
import type { WorkflowVersion } from '@/api/workflows'
import { Button } from '@/components/ui/button'
import { NativeSelect } from '@/components/ui/input'
import { ErrorState, SkeletonLines } from '@/components/ui/states'
import { formatDay } from '@/lib/format'
import { namesOf } from './comparing'
import { DifferenceList } from './difference-list'
import type { Specifications } from './document'
import type { Comparison, Sides } from './use-comparison'

interface ComparisonCardProps {
  comparison: Comparison
  versions: WorkflowVersion[]
  specifications: Specifications
  onCompare: (sides: Sides | null) => void
  onShow: (id: string) => void
}

/** Any two of the versions and the draft, and what leads from one to the other. */
export function ComparisonCard({ comparison, versions, specifications, onCompare, onShow }: ComparisonCardProps) {
  const { from, to, before, after, difference, error, retry } = comparison
  const names = useMemo(() => namesOf(specifications, before, after), [specifications, before, after])
  return (
    <section aria-labelledby="comparison" className="grid grid-cols-1 gap-3 rounded-lg border border-primary p-3">
      <header className="flex items-center justify-between gap-2">
        <h3 id="comparison" className="font-medium text-[13px]">
          Compared
        </h3>
        <span className="flex">
          <Button
            variant="ghost"
            size="icon-sm"
            aria-label="The other way round"
            title="The other way round"
            onClick={() => onCompare({ from: to, to: from })}
          >
            <ArrowDownUp />
          </Button>
          <Button variant="ghost" size="icon-sm" aria-label="Back to the draft" onClick={() => onCompare(null)}>
            <X />
          </Button>
        </span>
      </header>
      <div className="grid gap-1.5 text-[13px]">
        <SideChoice label="From" value={from} versions={versions} onChange={(side) => onCompare({ from: side, to })} />
        <SideChoice label="To" value={to} versions={versions} onChange={(side) => onCompare({ from, to: side })} />
      </div>
      {difference ? (
        <DifferenceList difference={difference} names={names} onShow={onShow} />
      ) : error ? (
        <ErrorState error={error} onRetry={retry} />
      ) : (
        <SkeletonLines count={3} />
      )}
    </section>
  )
}

interface SideChoiceProps {
  label: string
  value: Side
  versions: WorkflowVersion[]
  onChange: (side: Side) => void
}

const SideChoice = ({ label, value, versions, onChange }: SideChoiceProps) => (
  // biome-ignore lint/a11y/noLabelWithoutControl: the select is within
  <label className="grid grid-cols-[3rem_1fr] items-center gap-2">
    {label}
    <NativeSelect
      value={value}
      onChange={({ target }) => onChange(target.value === 'draft' ? 'draft' : Number(target.value))}
    >
      <option value="draft">The draft</option>
      {versions.map(({ id, version, created_at }) => (
        <option key={id} value={version}>
          Version {version}, {formatDay(created_at)}
        </option>
      ))}
    </NativeSelect>
  </label>
)
