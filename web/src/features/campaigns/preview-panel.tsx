import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ChevronLeft, ChevronRight, Eye, Sparkles } from 'lucide-react'
import { type ReactNode, useEffect, useState } from 'react'
import { type Preview, type PreviewIn, previewQuery, type TriedText } from '@/api/campaign-trials'
import { type Campaign, campaignLeadsQuery } from '@/api/campaigns'
import { Button } from '@/components/ui/button'
import { ErrorState, Notice, SkeletonLines } from '@/components/ui/states'
import { cn } from '@/lib/cn'
import { formatMoney, modelName, plural } from '@/lib/format'
import { isNobody } from './audience'
import type { Draft } from './draft'
import { skipWords } from './states'

const REST_MS = 600

interface PreviewPanelProps {
  campaign: Campaign
  draft: Draft
  /** Writing costs nothing: it may be done anew at every pause of the typing. */
  isFree: boolean
}

/** What one real lead would read, as it would leave; the next lead by a click. */
export function PreviewPanel({ campaign, draft, isFree }: PreviewPanelProps) {
  const [place, setPlace] = useState(0)
  const wanted = useWanted(campaign, draft, place)
  const [asked, setAsked] = useState<string | null>(null)
  const key = JSON.stringify(wanted)
  const isAsked = isFree || asked === key
  const preview = useQuery(previewQuery(isAsked ? wanted : null))
  const tried = preview.data?.leads[0]
  const isStale = !isFree && asked !== key
  return (
    <aside
      aria-labelledby="preview-title"
      className="self-start rounded-lg border bg-surface-sunken p-4 xl:sticky xl:top-4"
    >
      <header className="mb-3 flex items-center gap-1">
        <h3 id="preview-title" className="flex flex-1 items-center gap-2 font-semibold text-sm">
          <Eye className="size-4 text-muted-foreground" aria-hidden /> Preview
        </h3>
        <Button
          variant="ghost"
          size="icon-sm"
          aria-label="Previous lead"
          disabled={place === 0}
          onClick={() => setPlace(place - 1)}
        >
          <ChevronLeft />
        </Button>
        <Button
          variant="ghost"
          size="icon-sm"
          aria-label="Next lead"
          disabled={!preview.data || preview.data.next_offset === null}
          onClick={() => setPlace(place + 1)}
        >
          <ChevronRight />
        </Button>
      </header>
      {wanted === null ? (
        <p className="text-[13px] text-muted-foreground">
          Choose an{' '}
          <Link
            to="/campaigns/$campaignId/edit"
            params={{ campaignId: campaign.id }}
            hash="audience"
            replace
            className="text-primary-text underline underline-offset-4"
          >
            audience
          </Link>{' '}
          to see what its leads would read.
        </p>
      ) : (
        <>
          {preview.error && isAsked ? (
            <ErrorState error={preview.error} onRetry={preview.refetch} className="px-0 py-4" />
          ) : tried ? (
            <div className={cn('transition-opacity', (preview.isFetching || isStale) && 'opacity-60')}>
              <Tried preview={preview.data as Preview} />
            </div>
          ) : preview.isFetching ? (
            <SkeletonLines count={5} />
          ) : preview.data ? (
            <p className="text-[13px] text-muted-foreground">Nobody of this audience may be texted.</p>
          ) : null}
          {isStale && (
            <Button className="mt-3 w-full" isBusy={preview.isFetching} onClick={() => setAsked(key)}>
              <Sparkles /> {tried ? 'Write it anew' : 'Let the model write one'}
            </Button>
          )}
        </>
      )}
    </aside>
  )
}

/** What to ask for, once the typing rests; null without anybody to write to. */
function useWanted(campaign: Campaign, draft: Draft, place: number): PreviewIn | null {
  const hasNoAudience = isNobody(draft.audience)
  const assigned = useInfiniteQuery({
    ...campaignLeadsQuery(campaign.id, {}, 'id'),
    enabled: hasNoAudience && campaign.stats.total_leads > 0,
  })
  const ids = assigned.data?.pages.flatMap((page) => page.items.map((lead) => lead.lead_id)) ?? []
  const id = ids[place]
  const now: PreviewIn = {
    name: draft.name,
    description: draft.description,
    agent_type: draft.agent_type,
    sms_template: draft.sms_template,
    sms_system_prompt: draft.sms_system_prompt,
    sms_temperature: draft.sms_temperature,
    sender_name: draft.sender_name,
    model: draft.model,
    workflow_id: draft.workflow_id,
    workflow_config: campaign.workflow_config as PreviewIn['workflow_config'],
    require_consent: draft.require_consent,
    count: 1,
    offset: hasNoAudience ? 0 : place,
    ...(hasNoAudience ? { lead_ids: id === undefined ? null : [id] } : { audience: draft.audience }),
  }
  const text = JSON.stringify(now)
  const [rested, setRested] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setRested(text), REST_MS)
    return () => clearTimeout(timer)
  }, [text])
  return hasNoAudience && id === undefined ? null : (JSON.parse(rested) as PreviewIn)
}

function Tried({ preview }: { preview: Preview }) {
  const tried = preview.leads[0]
  if (!tried) return null
  return (
    <div className="grid grid-cols-1 gap-3">
      <p className="text-[13px]">
        To <span className="font-medium">{tried.lead.name || 'a lead without a name'}</span>
        {tried.lead.company && <span className="text-muted-foreground">, {tried.lead.company}</span>}
      </p>
      {tried.excluded && <Notice tone="warning">Left out by the campaign: {skipWords(tried.excluded)}.</Notice>}
      {tried.error && <Notice tone="danger">{tried.error}</Notice>}
      {tried.texts.map((text, index) => (
        <OutgoingText key={index} text={text} />
      ))}
      {tried.outcome === 'completed' && tried.texts.length === 0 && (
        <p className="text-[13px] text-muted-foreground">The workflow sends this lead no text.</p>
      )}
      {tried.empty_placeholders.length > 0 && (
        <Notice tone="warning">
          Empty for this lead: {tried.empty_placeholders.map((name) => `{{${name}}}`).join(', ')}
        </Notice>
      )}
      <p className="text-muted-foreground text-xs">
        {preview.is_offline
          ? 'Written by rules: no language model is configured.'
          : `Written by ${tried.model ? modelName(tried.model) : 'the model'} for ${formatMoney(tried.model_cost)}; each text is written anew when the campaign runs.`}
      </p>
    </div>
  )
}

/** A text as it would leave, with what it takes and costs. */
export function OutgoingText({ text, children }: { text: TriedText; children?: ReactNode }) {
  return (
    <div className="grid grid-cols-1 justify-items-end gap-1">
      <p className="w-fit max-w-full whitespace-pre-wrap break-words rounded-xl rounded-br-sm bg-primary-soft px-3 py-2 text-sm">
        {text.body}
      </p>
      <p className="tabular text-muted-foreground text-xs">
        {text.characters} characters · {plural(text.segments, 'segment')} · {text.encoding} · {formatMoney(text.cost)}
      </p>
      {text.plain_segments < text.segments && (
        <p className="text-warning-text text-xs">
          With plain characters: {plural(text.plain_segments, 'segment')}. Costly ones:{' '}
          {text.costly_characters.slice(0, 8).join(' ')}
        </p>
      )}
      {children}
    </div>
  )
}
