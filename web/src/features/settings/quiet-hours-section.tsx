import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { type DayHours, settingsQuery } from '@/api/settings'
import { Card, CardBody, CardHeader } from '@/components/ui/card'
import { Input } from '@/components/ui/input'
import { Notice } from '@/components/ui/states'
import { Loaded } from './loaded'
import { placeName } from './places'

/** When texts may leave, by the lead's own clock. */
export default function QuietHoursSection() {
  const [search, setSearch] = useState('')
  const query = useQuery(settingsQuery())
  return (
    <Loaded query={query}>
      {({ quiet_hours: hours }) => {
        const wanted = search.trim().toLowerCase()
        const shown = hours.stricter.filter(({ place }) =>
          `${place} ${placeName(place)}`.toLowerCase().includes(wanted),
        )
        return (
          <div className="grid gap-4">
            {!hours.is_enforced && (
              <Notice tone="warning">
                Quiet hours are off: texts leave at any hour. That is possible only while the simulator is the carrier.
                Unset OUTRIDER_QUIET_HOURS and restart to enforce them.
              </Notice>
            )}
            <Card>
              <CardHeader
                title="When texts may leave"
                description="By the clock where the lead is. Who may be in several time zones or states is texted only when all of them allow it. What may not leave now waits. A campaign can narrow the hours, never widen them."
              />
              <CardBody>
                <p className="font-medium text-sm">Usually</p>
                <Week hours={hours.default} />
              </CardBody>
            </Card>
            <Card className="overflow-hidden">
              <CardHeader
                title="Stricter by law"
                description="Places whose rules allow less than usual."
                actions={
                  <Input
                    type="search"
                    aria-label="Find a state or country"
                    placeholder="Find a state or country"
                    className="w-48"
                    value={search}
                    onChange={(event) => setSearch(event.target.value)}
                  />
                }
              />
              {shown.length === 0 ? (
                <p className="px-4 pb-4 text-[13px] text-muted-foreground">
                  No stricter rule is known for “{search}”: the usual hours apply.
                </p>
              ) : (
                <table className="w-full border-t text-[13px]">
                  <thead className="sr-only">
                    <tr>
                      <th scope="col">Place</th>
                      <th scope="col">Hours</th>
                    </tr>
                  </thead>
                  <tbody className="divide-y">
                    {shown.map(({ place, hours: week }) => (
                      <tr key={place}>
                        <th scope="row" className="w-2/5 px-4 py-2 text-left align-top font-medium">
                          {placeName(place)}
                        </th>
                        <td className="px-4 py-2">
                          <Week hours={week} />
                        </td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              )}
            </Card>
          </div>
        )
      }}
    </Loaded>
  )
}

function Week({ hours }: { hours: DayHours[] }) {
  return (
    <ul className="tabular text-[13px]">
      {hours.map(({ days, start, end }) => (
        <li key={days}>
          {start && end ? `${start}–${end}` : 'no texts'} <span className="text-muted-foreground">{days}</span>
        </li>
      ))}
    </ul>
  )
}
