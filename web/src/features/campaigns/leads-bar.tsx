import { Link } from '@tanstack/react-router'
import { fateOfDelivery } from '@/components/conversation/delivery'
import { Button } from '@/components/ui/button'
import { FilterChip, FilterChoice, FilterSearch } from '@/components/ui/filters'
import { Notice } from '@/components/ui/states'
import { DELIVERIES, type LeadsTabSearch, leadFilterOf, NO_FILTER, SKIP_REASONS } from './leads-filter'
import { LEAD_STATUSES, skipWords } from './states'

interface LeadsBarProps {
  campaignId: number
  search: LeadsTabSearch
  set: (change: LeadsTabSearch) => void
}

/** Which of the campaign's leads are shown. */
export function LeadsBar({ campaignId, search, set }: LeadsBarProps) {
  return (
    <>
      <div className="flex flex-wrap items-center gap-2 pb-3">
        <FilterSearch
          label="Search the campaign’s leads"
          placeholder="Name, company or number"
          className="sm:w-60"
          value={search.search ?? ''}
          onSearch={(words) => set({ search: words || undefined })}
        />
        <FilterChoice
          label="Status of the leads"
          value={search.status}
          any="Any status"
          choices={Object.entries(LEAD_STATUSES).map(([value, { label }]) => [value, label])}
          onChange={(status) => set({ status, reason: undefined, error: undefined })}
        />
        {(search.status === 'skipped' || search.reason) && (
          <FilterChoice
            label="Reason of being skipped"
            value={search.reason}
            any="For any reason"
            choices={SKIP_REASONS.map((reason) => [reason, skipWords(reason)])}
            onChange={(reason) => set({ reason })}
          />
        )}
        <FilterChoice
          label="What became of the text"
          value={search.delivery}
          any="Any delivery"
          choices={DELIVERIES.map((delivery) => [delivery, fateOfDelivery(delivery).label])}
          onChange={(delivery) => set({ delivery })}
        />
        <FilterChoice
          label="Answer"
          value={search.replied === undefined ? undefined : String(search.replied)}
          any="Answered or not"
          choices={[
            ['true', 'Answered'],
            ['false', 'Not answered'],
          ]}
          onChange={(replied) => set({ replied: replied === undefined ? undefined : replied === 'true' })}
        />
        {search.error && (
          <FilterChip label="Any reason" onRemove={() => set({ error: undefined })}>
            {search.error}
          </FilterChip>
        )}
        {Object.keys(leadFilterOf(search)).length > 0 && (
          <Button variant="ghost" onClick={() => set(NO_FILTER)}>
            Show all
          </Button>
        )}
      </div>
      {search.delivery === 'unknown' && (
        <Notice
          tone="warning"
          className="mb-3"
          actions={
            <Button size="sm" asChild>
              <Link
                to="/conversations"
                search={{ unknown: true, everyone: true, status: 'any', campaign_id: campaignId }}
              >
                Decide in the conversations
              </Link>
            </Button>
          }
        >
          The connection broke while these texts were handed over. They are looked up at the carrier by themselves and
          never sent again before it is known; if you see one in the carrier’s log, say so in its conversation.
        </Notice>
      )}
    </>
  )
}
