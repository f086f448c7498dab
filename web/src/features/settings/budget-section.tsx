import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { campaignUsesQuery } from '@/api/campaign-uses'
import { dashboardQuery } from '@/api/dashboard'
import { settingsQuery } from '@/api/settings'
import { Card, CardBody, CardHeader } from '@/components/ui/card'
import { Facts } from '@/components/ui/misc'
import { Progress } from '@/components/ui/progress'
import { formatMoney, formatPercent, humanize } from '@/lib/format'
import { type BudgetRow, budgetRows } from './budget'
import { Loaded } from './loaded'

const PRICE = 'OUTRIDER_SMS_SEGMENT_PRICE'
const MONTH = 30
const NEAR = 90

/** What was spent, what campaigns may spend, and what a text is reckoned to cost before the carrier bills it. */
export default function BudgetSection() {
  const dashboard = useQuery(dashboardQuery(MONTH)).data
  const price = useQuery(settingsQuery())
    .data?.groups.flatMap((group) => group.settings)
    .find((setting) => setting.name === PRICE)
  const campaigns = useQuery(campaignUsesQuery())
  return (
    <div className="grid gap-4">
      <Card>
        <CardHeader title="Spent" />
        <CardBody>
          <Facts
            className="tabular"
            items={[
              ['Texts today', formatMoney(dashboard?.today.cost)],
              ['Models today', formatMoney(dashboard?.models_today.cost)],
              [`Texts in ${MONTH} days`, formatMoney(dashboard?.period.cost)],
              [`Models in ${MONTH} days`, formatMoney(dashboard?.models_period.cost)],
              ['A segment is reckoned at', formatMoney(price?.value)],
            ]}
          />
          <p className="mt-3 text-[13px] text-muted-foreground">
            A text counts at the reckoned price until the carrier says what it billed. {price?.how_to_change}
          </p>
        </CardBody>
      </Card>
      <Card className="overflow-hidden">
        <CardHeader
          title="Budgets of campaigns"
          description="A campaign stops by itself before it spends more than its budget, and says so. The limit is set in the campaign."
        />
        <Loaded query={campaigns}>{(all) => <Budgets rows={budgetRows(all)} />}</Loaded>
      </Card>
    </div>
  )
}

function Budgets({ rows }: { rows: BudgetRow[] }) {
  if (rows.length === 0) {
    return (
      <p className="px-4 pb-4 text-[13px] text-muted-foreground">No campaign is under way, and none has a budget.</p>
    )
  }
  return (
    <ul className="divide-y border-t">
      {rows.map((row) => (
        <li key={row.id}>
          <Link
            to="/campaigns/$campaignId"
            params={{ campaignId: row.id }}
            className="flex flex-wrap items-center gap-x-4 gap-y-1.5 px-4 py-2.5 text-[13px] hover:bg-accent"
          >
            <span className="min-w-0 flex-1 basis-48">
              <span className="block truncate font-medium">{row.name}</span>
              <span className="block text-muted-foreground text-xs">{humanize(row.status)}</span>
            </span>
            <span className="w-32">
              {row.share !== null && (
                <Progress
                  label={`Budget of ${row.name} that is spent`}
                  value={row.share}
                  tone={row.share >= NEAR ? 'warning' : 'primary'}
                />
              )}
            </span>
            <span className="tabular w-44 text-right">
              {formatMoney(row.spent)}
              <span className="text-muted-foreground">
                {row.budget === null
                  ? ' without a limit'
                  : ` of ${formatMoney(row.budget)}, ${formatPercent(row.share, 0)}`}
              </span>
            </span>
          </Link>
        </li>
      ))}
    </ul>
  )
}
