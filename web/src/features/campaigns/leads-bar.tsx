import { Link } from '@tanstack/react-router'
import { Search, X } from 'lucide-react'
import { fateOfDelivery } from '@/components/conversation/delivery'
import { Button } from '@/components/ui/button'
import { Input, NativeSelect } from '@/components/ui/input'
import { Notice } from '@/components/ui/states'
import { useTyped } from '@/lib/use-typed'
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
        <SearchBox value={search.search ?? ''} onSearch={(words) => set({ search: words || undefined })} />
        <Choice
          label="Status of the leads"
          value={search.status}
          any="Any status"
          choices={Object.entries(LEAD_STATUSES).map(([value, { label }]) => [value, label])}
          onChange={(status) => set({ status, reason: undefined, error: undefined })}
        />
        {(search.status === 'skipped' || search.reason) && (
          <Choice
            label="Reason of being skipped"
            value={search.reason}
            any="For any reason"
            choices={SKIP_REASONS.map((reason) => [reason, skipWords(reason)])}
            onChange={(reason) => set({ reason })}
          />
        )}
        <Choice
          label="What became of the text"
          value={search.delivery}
          any="Any delivery"
          choices={DELIVERIES.map((delivery) => [delivery, fateOfDelivery(delivery).label])}
          onChange={(delivery) => set({ delivery })}
        />
        <Choice
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
          <Button className="max-w-full" onClick={() => set({ error: undefined })}>
            <span className="max-w-80 truncate">{search.error}</span>
            <X aria-label="Any reason" />
          </Button>
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

interface ChoiceProps {
  label: string
  value: string | undefined
  any: string
  choices: [string, string][]
  onChange: (value: string | undefined) => void
}

function Choice({ label, value, any, choices, onChange }: ChoiceProps) {
  return (
    <NativeSelect
      aria-label={label}
      className="w-auto max-w-full"
      value={value ?? ''}
      onChange={(event) => onChange(event.target.value || undefined)}
    >
      <option value="">{any}</option>
      {choices.map(([choice, words]) => (
        <option key={choice} value={choice}>
          {words}
        </option>
      ))}
    </NativeSelect>
  )
}

function SearchBox({ value, onSearch }: { value: string; onSearch: (words: string) => void }) {
  const [text, setText] = useTyped(value, onSearch)
  return (
    <div className="relative w-full sm:w-60">
      <Search className="-translate-y-1/2 absolute top-1/2 left-2.5 size-4 text-muted-foreground" aria-hidden />
      <Input
        type="search"
        aria-label="Search the campaign’s leads"
        placeholder="Name, company or number"
        className="pl-8"
        maxLength={200}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
    </div>
  )
}
