import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { campaignUsesQuery } from '@/api/campaign-uses'
import { Card, CardHeader } from '@/components/ui/card'
import { formatMoney, formatPercent, humanize } from '@/lib/format'
import { Loaded } from '../loaded'
import { BudgetBar } from './budget-bar'
import { type BudgetRow, budgetRows } from './campaign-budgets'

/** What campaigns may spend on models and texts together, and did. */
export function CampaignsCard() {
  const campaigns = useQuery(campaignUsesQuery())
  return (
    <Card className="overflow-hidden">
      <CardHeader
        title="Campaigns"
        description="A campaign’s budget pays for its models and its texts. It pauses itself before it spends more. The limit is set in the campaign."
      />
      <Loaded query={campaigns}>{(all) => <Rows rows={budgetRows(all)} />}</Loaded>
    </Card>
  )
}

function Rows({ rows }: { rows: BudgetRow[] }) {
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
            className="flex flex-wrap items-center gap-x-6 gap-y-1.5 px-4 py-2.5 text-[13px] hover:bg-accent"
          >
            <span className="min-w-0 flex-1 basis-44">
              <span className="block truncate font-medium">{row.name}</span>
              <span className="block text-muted-foreground text-xs">{humanize(row.status)}</span>
            </span>
            {row.budget !== null && (
              <span className="w-48">
                <BudgetBar label={`Budget of ${row.name} that is spent`} spent={row.spent} limit={row.budget} isSmall />
              </span>
            )}
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
