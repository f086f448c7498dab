import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Search, Users } from 'lucide-react'
import { handsetPeopleQuery } from '@/api/handset'
import { Button } from '@/components/ui/button'
import { Input } from '@/components/ui/input'
import { Avatar } from '@/components/ui/misc'
import { EmptyState, ErrorState, SkeletonLines } from '@/components/ui/states'
import { cn } from '@/lib/cn'
import { formatPhone, formatShortTime } from '@/lib/format'
import { useTyped } from '@/lib/use-typed'

interface PeopleListProps {
  search: string
  onSearch: (words: string) => void
  phone: string | undefined
}

/** Leads with a number; those whom we texted come first. */
export function PeopleList({ search, onSearch, phone }: PeopleListProps) {
  const [typed, setTyped] = useTyped(search, onSearch)
  const people = useQuery(handsetPeopleQuery(search.trim()))
  return (
    <>
      <div className="relative shrink-0 border-b p-3">
        <Search className="absolute top-5 left-5.5 size-4 text-muted-foreground" aria-hidden />
        <Input
          type="search"
          aria-label="Search people"
          placeholder="Whose handset?"
          maxLength={100}
          className="pl-8"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
      </div>
      {people.error && !people.data ? (
        <ErrorState error={people.error} onRetry={people.refetch} />
      ) : people.isPending ? (
        <SkeletonLines className="p-4" count={8} />
      ) : people.data?.length === 0 ? (
        <NoPeople search={search} />
      ) : (
        <ul className="min-h-0 flex-1 overflow-y-auto" aria-label="People">
          {people.data?.map((person) => (
            <li key={person.lead_id}>
              <Link
                from="/handset"
                to="/handset"
                search={(before) => ({ ...before, phone: person.phone })}
                preload={false}
                aria-current={person.phone === phone ? 'true' : undefined}
                className={cn(
                  'flex items-center gap-3 border-b px-3 py-2 outline-offset-[-2px] hover:bg-accent/60',
                  person.phone === phone && 'bg-primary-soft hover:bg-primary-soft',
                )}
              >
                <Avatar name={person.name || person.phone} />
                <span className="min-w-0 flex-1">
                  <span className="block truncate font-medium text-[13px]">
                    {person.name || formatPhone(person.phone)}
                  </span>
                  <span className="block truncate text-muted-foreground text-xs">
                    {person.company ?? formatPhone(person.phone)}
                  </span>
                </span>
                <span className="shrink-0 text-muted-foreground text-xs">
                  {person.last_message_at ? formatShortTime(person.last_message_at) : 'no texts'}
                </span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

function NoPeople({ search }: { search: string }) {
  return search ? (
    <EmptyState icon={Search} title="Nobody matches">
      Only leads with a phone number have a handset.
    </EmptyState>
  ) : (
    <EmptyState
      icon={Users}
      title="Nobody to play yet"
      actions={
        <Button asChild>
          <Link to="/leads">To the leads</Link>
        </Button>
      }
    >
      Every lead with a phone number has a handset here. Import some leads first.
    </EmptyState>
  )
}
