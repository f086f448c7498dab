import { Pause, Play, RefreshCw, RotateCw, Stethoscope, Trash2 } from 'lucide-react'
import { useState } from 'react'
import {
  type CrmConnection,
  useBackfillCrm,
  useChangeCrm,
  useDeleteCrm,
  useRetryCrm,
  useSyncCrm,
  useTestCrm,
} from '@/api/crm'
import { Badge, Status } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { CopyButton } from '@/components/ui/copy-button'
import { Confirm } from '@/components/ui/dialog'
import { Progress } from '@/components/ui/progress'
import { Notice } from '@/components/ui/states'
import { Tabs, TabsContent, TabsList, TabsTrigger } from '@/components/ui/tabs'
import { formatAgo, formatNumber, plural } from '@/lib/format'
import { toast, toastProblem } from '@/lib/toast'
import { ConnectionLog } from './connection-log'
import { MappingEditor } from './mapping-editor'
import { Options } from './options'
import { Problems } from './problems'

const STATES = { active: ['success', 'In step'], paused: ['neutral', 'Paused'], broken: ['danger', 'Stopped'] } as const

interface ConnectionCardProps {
  connection: CrmConnection
  tab: string
  onTab: (tab: string) => void
  onRemoved: () => void
}

/** One connection: how it stands, what can be done, and its mapping, problems and log. */
export function ConnectionCard({ connection, tab, onTab, onRemoved }: ConnectionCardProps) {
  const [isDeleting, setDeleting] = useState(false)
  const test = useTestCrm()
  const sync = useSyncCrm()
  const backfill = useBackfillCrm()
  const change = useChangeCrm()
  const retry = useRetryCrm()
  const deletion = useDeleteCrm()
  const { id, outbox } = connection
  const [tone, word] = STATES[connection.state]
  const failed = { onError: toastProblem }
  const runTest = () =>
    test.mutate(id, { ...failed, onSuccess: (found) => toast.success(`It works: ${found.name}, ${found.detail}`) })
  const startSync = () => sync.mutate(id, { ...failed, onSuccess: () => toast.success('Asking now.') })
  const fill = (action: 'start' | 'pause' | 'resume') => backfill.mutate({ id, action }, failed)
  const isPaused = connection.state === 'paused'
  return (
    <Card>
      <div className="grid gap-3 px-4 pt-3.5">
        <div className="flex flex-wrap items-center gap-2">
          <h2 className="font-semibold text-sm">{connection.name}</h2>
          <Status tone={tone}>{word}</Status>
          <Badge>{connection.account}</Badge>
          <div className="ml-auto flex flex-wrap gap-2">
            <Button size="sm" onClick={runTest} isBusy={test.isPending}>
              <Stethoscope /> Test
            </Button>
            <Button size="sm" onClick={startSync} isBusy={sync.isPending} disabled={connection.state !== 'active'}>
              <RefreshCw /> Sync now
            </Button>
            <Button
              size="sm"
              isBusy={change.isPending}
              onClick={() => change.mutate({ id, state: isPaused ? 'active' : 'paused' }, failed)}
              disabled={connection.state === 'broken'}
            >
              {isPaused ? <Play /> : <Pause />} {isPaused ? 'Resume' : 'Pause'}
            </Button>
            <Button
              size="sm"
              variant="ghost"
              aria-label={`Delete ${connection.name}`}
              onClick={() => setDeleting(true)}
            >
              <Trash2 />
            </Button>
          </div>
        </div>
        <p className="tabular flex flex-wrap gap-x-4 gap-y-1 text-[13px] text-muted-foreground">
          <span>{plural(connection.links, 'linked lead')}</span>
          <span>{connection.polled_at ? `asked ${formatAgo(connection.polled_at)}` : 'not asked yet'}</span>
          <span>{formatNumber(outbox.waiting)} waiting</span>
          <span>{formatNumber(outbox.delivered)} delivered</span>
          {!!outbox.failed && <span className="text-danger-text">{formatNumber(outbox.failed)} failed</span>}
        </p>
        {connection.problem && (
          <Notice tone={connection.state === 'broken' ? 'danger' : 'warning'}>
            {connection.problem} {connection.state === 'broken' && 'Mend it, then press Test.'}
          </Notice>
        )}
        {!!outbox.failed && (
          <Notice
            tone="danger"
            actions={
              <Button size="sm" isBusy={retry.isPending} onClick={() => retry.mutate(id, failed)}>
                <RotateCw /> Try all again
              </Button>
            }
          >
            {plural(outbox.failed ?? 0, 'message')} to {connection.name} {outbox.failed === 1 ? 'was' : 'were'} refused;
            the problems say why.
          </Notice>
        )}
        {connection.webhook_path && (
          <p className="flex flex-wrap items-center gap-2 text-[13px]">
            Their system posts contacts to <code className="break-all">{connection.webhook_path}</code>
            <CopyButton size="sm" text={`${window.location.origin}${connection.webhook_path}`} />
          </p>
        )}
        {connection.kind !== 'webhook' && (
          <Backfill connection={connection} isBusy={backfill.isPending} onAction={fill} />
        )}
      </div>
      <Tabs value={tab} onValueChange={onTab} className="mt-2">
        <TabsList className="px-4">
          <TabsTrigger value="mapping">Fields</TabsTrigger>
          <TabsTrigger value="options">Options</TabsTrigger>
          <TabsTrigger value="problems">
            Problems {connection.open_problems ? `(${connection.open_problems})` : ''}
          </TabsTrigger>
          <TabsTrigger value="log">Log</TabsTrigger>
        </TabsList>
        <TabsContent value="mapping" className="p-4">
          <MappingEditor connection={connection} />
        </TabsContent>
        <TabsContent value="options" className="p-4">
          <Options connection={connection} />
        </TabsContent>
        <TabsContent value="problems" className="p-4">
          <Problems connectionId={id} />
        </TabsContent>
        <TabsContent value="log" className="p-4">
          <ConnectionLog connectionId={id} />
        </TabsContent>
      </Tabs>
      <Confirm
        open={isDeleting}
        onOpenChange={setDeleting}
        title={`Disconnect ${connection.name}?`}
        description="Leads and contacts stay as they are. What waits to be delivered is dropped, and who is who is forgotten."
        action="Disconnect"
        isDangerous
        isBusy={deletion.isPending}
        onConfirm={() => deletion.mutate(id, { ...failed, onSuccess: onRemoved, onSettled: () => setDeleting(false) })}
      />
    </Card>
  )
}

interface BackfillProps {
  connection: CrmConnection
  isBusy: boolean
  onAction: (action: 'start' | 'pause' | 'resume') => void
}

function Backfill({ connection, isBusy, onAction }: BackfillProps) {
  const { backfill, backfill_read: read, mapping } = connection
  const isRunning = backfill === 'running'
  const said = {
    none: 'Contacts from before the connection are not here yet.',
    running: `${plural(read, 'contact')} read so far.`,
    paused: `Paused after ${plural(read, 'contact')}.`,
    done: `Everything was brought in: ${plural(read, 'contact')}.`,
  }
  return (
    <div className="flex flex-wrap items-center gap-3 text-[13px]">
      <span className="text-muted-foreground">{said[backfill]}</span>
      {isRunning && <Progress label="Backfill" className="max-w-40" />}
      <Button
        size="sm"
        isBusy={isBusy}
        disabled={mapping.length === 0}
        onClick={() => onAction(isRunning ? 'pause' : backfill === 'paused' ? 'resume' : 'start')}
      >
        {isRunning ? 'Pause backfill' : backfill === 'paused' ? 'Resume backfill' : 'Bring in everything'}
      </Button>
    </div>
  )
}
