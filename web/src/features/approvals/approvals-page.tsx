import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { CheckCheck } from 'lucide-react'
import { approvalsQuery } from '@/api/approvals'
import { campaignUsesQuery } from '@/api/campaign-uses'
import { type RunApproval, runApprovalsQuery, waitingRunApprovalsQuery } from '@/api/run-approvals'
import type { Rows } from '@/components/data-table/data-table'
import { useRows } from '@/components/data-table/rows'
import { Page } from '@/components/layout/page'
import { RunApprovalCard } from '@/components/runs/run-approval-card'
import { Button } from '@/components/ui/button'
import { FilterChoice } from '@/components/ui/filters'
import { EmptyState, ErrorState, SkeletonLines } from '@/components/ui/states'
import { Segmented } from '@/components/ui/toggles'
import { formatNumber } from '@/lib/format'
import { useTopics } from '@/live/use-live'
import { ApprovalCard } from './approval-card'
import { usePicking } from './use-picking'

const NONE: RunApproval[] = []

const VIEWS = [
  { value: 'waiting', label: 'Waiting' },
  { value: 'all', label: 'All' },
] as const

const KINDS = [
  { value: 'both', label: 'Everything' },
  { value: 'runs', label: 'Decisions and calls' },
  { value: 'drafts', label: 'Drafts' },
] as const

/** What waits for a person: decisions and calls that runs ask for, and what agents drafted. */
export function ApprovalsPage() {
  const search = useSearch({ from: '/approvals' })
  const navigate = useNavigate({ from: '/approvals' })
  const view = search.view ?? 'waiting'
  const kind = search.kind ?? 'both'
  const status = view === 'waiting' ? 'waiting' : undefined
  const decisions = useRows(useInfiniteQuery(runApprovalsQuery(status, search.campaign)))
  const waiting = useQuery(waitingRunApprovalsQuery()).data
  const campaigns = useQuery(campaignUsesQuery()).data ?? []
  const drafts = useRows(useInfiniteQuery(approvalsQuery(status)))
  const picking = usePicking(kind === 'drafts' ? NONE : decisions.items, search.campaign)
  useTopics('approvals')
  const shown = [...(kind === 'drafts' ? [] : [decisions]), ...(kind === 'runs' ? [] : [drafts])]
  const isEmpty = !search.campaign && shown.every((rows) => !rows.isPending && !rows.error && rows.items.length === 0)
  return (
    <Page
      title="Approvals"
      description="Runs wait here for your decisions and calls, and nothing that an agent drafts leaves before you approve it."
      actions={
        <>
          <Segmented
            label="Of what kind"
            value={kind}
            choices={KINDS}
            onChange={(next) =>
              void navigate({
                search: (before) => ({ ...before, kind: next === 'both' ? undefined : next }),
                replace: true,
              })
            }
          />
          <Segmented
            label="Which"
            value={view}
            choices={VIEWS}
            onChange={(next) =>
              void navigate({
                search: (before) => ({ ...before, view: next === 'all' ? 'all' : undefined }),
                replace: true,
              })
            }
          />
        </>
      }
    >
      {isEmpty ? (
        <EmptyState icon={CheckCheck} title={view === 'waiting' ? 'Nothing waits for you' : 'Nothing has waited yet'}>
          Workflows with a step “Approval” or “Voice agent” ask you here. And if you open a lead and choose “Research
          this lead”, the agents draft the next step, and it waits here, too.
        </EmptyState>
      ) : (
        <div className="grid max-w-3xl grid-cols-1 gap-6">
          {kind !== 'drafts' && (
            <Part
              bar={picking.bar}
              title={
                view === 'waiting' && waiting && !search.campaign
                  ? `Decisions and calls · ${formatNumber(waiting)}`
                  : 'Decisions and calls'
              }
              rows={decisions}
              filter={
                (campaigns.length > 1 || search.campaign) && (
                  <FilterChoice
                    label="Campaign"
                    any="Any campaign"
                    value={search.campaign?.toString()}
                    choices={campaigns.map(({ id, name }) => [String(id), name])}
                    onChange={(id) =>
                      void navigate({
                        search: (before) => ({ ...before, campaign: id ? Number(id) : undefined }),
                        replace: true,
                      })
                    }
                  />
                )
              }
            >
              {decisions.items.map((approval) => (
                <li key={approval.id}>
                  <RunApprovalCard approval={approval} picking={picking.boxOf(approval)} />
                </li>
              ))}
            </Part>
          )}
          {kind !== 'runs' && (
            <Part title="Drafts of agents" rows={drafts}>
              {drafts.items.map((approval) => (
                <li key={approval.id}>
                  <ApprovalCard approval={approval} />
                </li>
              ))}
            </Part>
          )}
        </div>
      )}
    </Page>
  )
}

interface PartProps {
  title: string
  rows: Rows<unknown>
  /** Beside the title; with it the part stays while it is empty. */
  filter?: React.ReactNode
  /** Above the list, and always in sight: what is done with many of it. */
  bar?: React.ReactNode
  children: React.ReactNode
}

/** One kind of what waits. Where there is none of it, nothing is said. */
function Part({ title, rows, filter, bar, children }: PartProps) {
  const isEmpty = !rows.isPending && !rows.error && rows.items.length === 0
  if (isEmpty && !filter) return null
  return (
    <section>
      <div className="mb-3 flex flex-wrap items-center justify-between gap-2">
        <h2 className="font-semibold text-sm">{title}</h2>
        {filter}
      </div>
      {bar}
      {rows.error && rows.items.length === 0 ? (
        <ErrorState error={rows.error} onRetry={rows.refetch} />
      ) : rows.isPending ? (
        <SkeletonLines count={6} />
      ) : isEmpty ? (
        <p className="text-[13px] text-muted-foreground">Nothing of it waits for you.</p>
      ) : (
        <ul className="grid grid-cols-1 gap-4">{children}</ul>
      )}
      {rows.hasNextPage && (
        <Button className="mt-4" isBusy={rows.isFetchingNextPage} onClick={() => rows.fetchNextPage()}>
          Show more
        </Button>
      )}
    </section>
  )
}
