import { useState } from 'react'
import type { Budget, SettableScope } from '@/api/budgets'
import { Button } from '@/components/ui/button'
import { Card, CardBody, CardHeader } from '@/components/ui/card'
import { Notice } from '@/components/ui/states'
import { formatDateTime, formatMoney } from '@/lib/format'
import { BudgetBar } from './budget-bar'
import { LimitSheet } from './limit-sheet'
import { originWords, SCOPES, usedUpWords } from './words'

/** One budget of the installation: how much is gone, until when, and the way to change it. */
export function BudgetCard({ budget }: { budget: Budget & { scope: SettableScope } }) {
  const [isChanging, setChanging] = useState(false)
  const { title, about } = SCOPES[budget.scope]
  const limit = budget.limit === null ? null : Number(budget.limit)
  const usedUp = usedUpWords(budget)
  const underWay = Number(budget.under_way ?? 0)
  return (
    <Card className="flex flex-col">
      <CardHeader title={title} description={about} />
      <CardBody className="flex flex-1 flex-col gap-3">
        <p className="tabular">
          <span className="font-semibold text-2xl tracking-tight">
            {formatMoney(budget.spent === null ? limit : budget.spent)}
          </span>{' '}
          <span className="text-muted-foreground text-sm">
            {budget.spent === null
              ? limit === null
                ? 'no limit'
                : 'at most'
              : limit === null
                ? 'spent, no limit'
                : `of ${formatMoney(limit)}`}
          </span>
        </p>
        {limit !== null && budget.spent !== null && (
          <BudgetBar
            label={`${title}: spent of the limit`}
            spent={Number(budget.spent)}
            underWay={underWay}
            limit={limit}
          />
        )}
        {usedUp && <Notice tone="danger">{usedUp}</Notice>}
        <ul className="flex-1 space-y-0.5 text-muted-foreground text-xs">
          {underWay > 0 && <li>{formatMoney(underWay)} of it is only reserved for calls under way.</li>}
          {budget.ends_at && <li>Starts anew {formatDateTime(budget.ends_at)}.</li>}
          <li className="break-words">{originWords(budget)}.</li>
        </ul>
        <Button
          className="w-fit"
          aria-label={`Change the limit: ${title.toLowerCase()}`}
          onClick={() => setChanging(true)}
        >
          {limit === null ? 'Set a limit' : 'Change limit'}
        </Button>
      </CardBody>
      {isChanging && <LimitSheet budget={budget} onClose={() => setChanging(false)} />}
    </Card>
  )
}
