import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type Budget, budgetsQuery, type SettableScope } from '@/api/budgets'
import { dashboardQuery } from '@/api/dashboard'
import { settingsQuery } from '@/api/settings'
import { Card, CardBody, CardHeader } from '@/components/ui/card'
import { Facts } from '@/components/ui/misc'
import { formatMoney } from '@/lib/format'
import { useTopics } from '@/live/use-live'
import { Loaded } from '../loaded'
import { AlertsCard } from './alerts-card'
import { BudgetCard } from './budget-card'
import { CampaignsCard } from './campaigns-card'
import { CostsCard } from './costs-card'
import { isSettable } from './words'

const PRICE = 'OUTRIDER_SMS_SEGMENT_PRICE'
const MONTH = 30

const isOwn = (budget: Budget): budget is Budget & { scope: SettableScope } => isSettable(budget.scope)

/** What models may cost and did, what campaigns may spend, and what texts came to. */
export default function BudgetsSection() {
  useTopics('budgets')
  const budgets = useQuery(budgetsQuery())
  return (
    <div className="grid gap-4">
      <Loaded query={budgets}>
        {(report) => (
          <>
            <div className="grid gap-4 lg:grid-cols-3">
              {report.budgets.filter(isOwn).map((budget) => (
                <BudgetCard key={budget.scope} budget={budget} />
              ))}
            </div>
            <CostsCard />
            <p className="text-[13px] text-muted-foreground">
              Every single call, with what it took and what it was for, is in the{' '}
              <Link to="/settings/$section" params={{ section: 'model-calls' }} className="text-primary-text underline">
                list of model calls
              </Link>
              .
            </p>
            <CampaignsCard />
            <AlertsCard campaigns={report.campaigns} />
          </>
        )}
      </Loaded>
      <TextsCard />
    </div>
  )
}

function TextsCard() {
  const dashboard = useQuery(dashboardQuery(MONTH)).data
  const price = useQuery(settingsQuery())
    .data?.groups.flatMap((group) => group.settings)
    .find((setting) => setting.name === PRICE)
  return (
    <Card>
      <CardHeader title="Texts" description="What the carrier bills is paid by campaigns only." />
      <CardBody>
        <Facts
          className="tabular"
          items={[
            ['Today', formatMoney(dashboard?.today.cost)],
            [`In ${MONTH} days`, formatMoney(dashboard?.period.cost)],
            ['A segment is reckoned at', formatMoney(price?.value)],
          ]}
        />
        <p className="mt-3 text-[13px] text-muted-foreground">
          A text counts at the reckoned price until the carrier says what it billed. {price?.how_to_change}
        </p>
      </CardBody>
    </Card>
  )
}
