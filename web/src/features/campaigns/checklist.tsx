import { Link } from '@tanstack/react-router'
import { CircleAlert, CircleCheck, CircleDashed, type LucideIcon, TriangleAlert } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { cn } from '@/lib/cn'
import type { SECTIONS, SectionId, SectionState } from './sections'

const MARKS: Record<SectionState, { icon: LucideIcon; ink: string; label: string }> = {
  done: { icon: CircleCheck, ink: 'text-success-text', label: 'done' },
  blocking: { icon: CircleAlert, ink: 'text-danger-text', label: 'stands in the way of the start' },
  attention: { icon: TriangleAlert, ink: 'text-warning-text', label: 'wants attention' },
  open: { icon: CircleDashed, ink: 'text-muted-foreground', label: 'not checked yet' },
}

export function SectionMark({ state, className }: { state: SectionState; className?: string }) {
  const { icon: Icon, ink, label } = MARKS[state]
  return (
    <>
      <Icon className={cn('size-4 shrink-0', ink, className)} aria-hidden />
      <span className="sr-only">({label})</span>
    </>
  )
}

interface ChecklistProps {
  sections: readonly (typeof SECTIONS)[number][]
  current: SectionId
  states: Record<SectionId, SectionState>
  /** Without one the campaign does not exist yet and only the first section can be shown. */
  campaignId?: number
}

/** The sections with their marks: a rail at the left, a bar at the top of narrow screens. */
export function Checklist({ sections, current, states, campaignId }: ChecklistProps) {
  const list = useRef<HTMLOListElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: on the bar the present section comes into sight
  useEffect(() => {
    list.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [current])
  return (
    <nav
      aria-label="Sections of the campaign"
      className={cn(
        'z-10 max-lg:-mx-4 max-lg:sticky max-lg:top-0 max-lg:border-b max-lg:bg-background max-lg:px-4 md:max-lg:-mx-6 md:max-lg:px-6 lg:sticky lg:top-4 lg:w-56 lg:shrink-0 lg:self-start',
        // Without anything to go to, a bar would only take room.
        campaignId === undefined && 'max-lg:hidden',
      )}
    >
      <ol ref={list} className="flex gap-1 max-lg:overflow-x-auto max-lg:py-2 lg:flex-col">
        {sections.map(({ id, title }) => {
          const isCurrent = id === current
          const classes = cn(
            'flex items-center gap-2 whitespace-nowrap rounded-md px-2.5 py-1.5 text-[13px] hover:bg-accent',
            isCurrent ? 'bg-accent font-medium' : 'text-muted-foreground',
          )
          return (
            <li key={id} className="shrink-0">
              {campaignId === undefined ? (
                <span
                  className={cn(classes, !isCurrent && 'hover:bg-transparent')}
                  aria-current={isCurrent ? 'step' : undefined}
                >
                  <SectionMark state={states[id]} />
                  {title}
                </span>
              ) : (
                <Link
                  to="/campaigns/$campaignId/edit"
                  params={{ campaignId }}
                  hash={id}
                  hashScrollIntoView={false}
                  replace
                  aria-current={isCurrent ? 'step' : undefined}
                  className={classes}
                >
                  <SectionMark state={states[id]} />
                  {title}
                </Link>
              )}
            </li>
          )
        })}
      </ol>
    </nav>
  )
}
