import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { ArrowDownToLine, ScrollText } from 'lucide-react'
import { useEffect, useMemo, useRef, useState } from 'react'
import { type Campaign, campaignLogsQuery, type ProcessingLog } from '@/api/campaigns'
import { formatStepTime } from '@/components/conversation/step-time'
import { useRows } from '@/components/data-table/rows'
import { Badge, type Tone } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { NativeSelect } from '@/components/ui/input'
import { EmptyState, ErrorState, SkeletonLines } from '@/components/ui/states'
import { cn } from '@/lib/cn'
import { formatNumber, humanize } from '@/lib/format'

const route = getRouteApi('/campaigns/$campaignId')

const LEVELS: Record<string, Tone> = { INFO: 'neutral', WARNING: 'warning', ERROR: 'danger' }
const USUAL_NODES = ['validate', 'sms_agent', 'finalize']
/** Pixels from the end within which the reader still follows. */
const NEAR_END = 40

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' })

/** What the workflow's nodes do, as it happens; the newest at the end, as in a terminal. */
export function LogTab({ campaign }: { campaign: Campaign }) {
  const search = route.useSearch()
  const navigate = useNavigate({ from: '/campaigns/$campaignId' })
  const set = (change: Partial<typeof search>) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true })
  const rows = useRows(
    useInfiniteQuery(
      campaignLogsQuery(campaign.id, {
        ...(search.level && { level: [search.level] }),
        ...(search.node && { node: [search.node] }),
      }),
    ),
  )
  const logs = useMemo(() => rows.items.toReversed(), [rows.items])
  const nodes = useMemo(
    () => [...new Set([...USUAL_NODES, ...(search.node ? [search.node] : []), ...logs.map((log) => log.node_name)])],
    [logs, search.node],
  )
  const scroller = useRef<HTMLDivElement>(null)
  const [isFollowing, setFollowing] = useState(true)
  const newest = logs.at(-1)?.id

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new line moves the end
  useEffect(() => {
    const box = scroller.current
    if (box && isFollowing) box.scrollTop = box.scrollHeight
  }, [newest, isFollowing])

  const onScroll = () => {
    const box = scroller.current
    if (box) setFollowing(box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_END)
  }

  if (rows.error && logs.length === 0) return <ErrorState error={rows.error} onRetry={rows.refetch} />
  return (
    <>
      <div className="flex flex-wrap items-center gap-2 pb-3">
        <NativeSelect
          aria-label="Level"
          className="w-auto"
          value={search.level ?? ''}
          onChange={(event) => set({ level: event.target.value || undefined })}
        >
          <option value="">Every level</option>
          {Object.keys(LEVELS).map((level) => (
            <option key={level} value={level}>
              {humanize(level.toLowerCase())}
            </option>
          ))}
        </NativeSelect>
        <NativeSelect
          aria-label="Node"
          className="w-auto"
          value={search.node ?? ''}
          onChange={(event) => set({ node: event.target.value || undefined })}
        >
          <option value="">Every node</option>
          {nodes.map((node) => (
            <option key={node} value={node}>
              {humanize(node)}
            </option>
          ))}
        </NativeSelect>
        <Button
          className="ml-auto aria-pressed:border-primary aria-pressed:text-primary-text"
          aria-pressed={isFollowing}
          onClick={() => setFollowing(!isFollowing)}
        >
          <ArrowDownToLine /> Follow
        </Button>
      </div>
      <div
        ref={scroller}
        onScroll={onScroll}
        role="log"
        aria-label="Processing log"
        aria-live="off"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        className="-mx-4 min-h-0 flex-1 overflow-auto border-t bg-surface md:-mx-6"
      >
        {rows.isPending ? (
          <SkeletonLines count={10} className="p-4" />
        ) : logs.length === 0 ? (
          <EmptyState icon={ScrollText} title="Nothing in the log">
            {search.level || search.node
              ? 'Choose another level or node.'
              : 'Each step of each lead appears here while the campaign runs.'}
          </EmptyState>
        ) : (
          <>
            {rows.hasNextPage && (
              <div className="flex justify-center p-2">
                <Button size="sm" isBusy={rows.isFetchingNextPage} onClick={() => rows.fetchNextPage()}>
                  Earlier lines
                </Button>
              </div>
            )}
            <ol className="py-1 text-[13px]">
              {logs.map((log) => (
                <Line key={log.id} log={log} onLead={() => set({ tab: 'leads', lead: log.campaign_lead_id })} />
              ))}
            </ol>
          </>
        )}
      </div>
    </>
  )
}

function Line({ log, onLead }: { log: ProcessingLog; onLead: () => void }) {
  const { ms, tokens } = log.log_metadata
  return (
    <li
      className={cn(
        'grid grid-cols-[4.5rem_1fr] gap-x-3 px-4 py-1 sm:grid-cols-[4.5rem_8rem_10rem_1fr_auto] md:px-6',
        log.level === 'ERROR' && 'bg-danger-soft',
      )}
    >
      <time className="tabular text-muted-foreground" dateTime={log.created_at}>
        {clock.format(new Date(log.created_at))}
      </time>
      <span className="max-sm:hidden">
        <Badge tone={LEVELS[log.level] ?? 'neutral'}>{humanize(log.node_name)}</Badge>
      </span>
      <button type="button" className="truncate text-left font-medium hover:underline" onClick={onLead}>
        {log.lead_name || 'Without a name'}
      </button>
      <span className="col-span-2 break-words sm:col-span-1">
        {log.level !== 'INFO' && <span className="font-medium">{humanize(log.level.toLowerCase())}: </span>}
        {log.message}
      </span>
      <span className="tabular text-muted-foreground text-xs max-sm:hidden">
        {Number(tokens) > 0 && `${formatNumber(Number(tokens))} tokens · `}
        {ms != null && formatStepTime(Number(ms))}
      </span>
    </li>
  )
}
