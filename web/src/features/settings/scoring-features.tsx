import type { ScoreReport } from '@/api/scoring'
import { Badge } from '@/components/ui/badge'
import { Card, CardBody, CardHeader } from '@/components/ui/card'
import { Notice } from '@/components/ui/states'
import { percent } from '@/lib/scoring'

/** What the scorer goes by, what it may not know, and what was left out. */
export function ScoringFeatures({ report }: { report: ScoreReport }) {
  const leaks = new Set(report.leaks.map((leak) => leak.label))
  const others = Object.entries(report.left_out).filter(([name]) => !leaks.has(name))
  const most = Math.max(...report.importance.map((one) => one.share), 0.01)
  return (
    <Card>
      <CardHeader
        title="What it goes by"
        description="How much each feature moves the scores on average. Only what was known before the first contact counts."
      />
      <CardBody className="grid gap-4">
        <ul className="grid gap-1.5">
          {report.importance.map((one) => (
            <li
              key={one.feature}
              className="grid grid-cols-[minmax(0,11rem)_minmax(0,1fr)_3.5rem] items-center gap-3 text-[13px]"
            >
              <span className="truncate">{one.label}</span>
              <span className="h-2 rounded-full bg-accent" aria-hidden>
                <span className="block h-2 rounded-full bg-primary" style={{ width: `${(100 * one.share) / most}%` }} />
              </span>
              <span className="tabular text-right">{percent(one.share, 0)}</span>
            </li>
          ))}
        </ul>
        {report.leaks.map((leak) => (
          <Notice key={leak.feature} tone={leak.is_left_out ? 'warning' : 'info'}>
            <span className="font-medium">{leak.label}</span>{' '}
            <Badge tone={leak.is_left_out ? 'warning' : 'neutral'}>{leak.is_left_out ? 'Left out' : 'Stays'}</Badge>{' '}
            {leak.reason}
          </Notice>
        ))}
        {report.notes.map((note) => (
          <p key={note} className="text-[13px] text-muted-foreground">
            {note}
          </p>
        ))}
        {others.length > 0 && (
          <p className="text-[13px] text-muted-foreground">
            Not used: {others.map(([name, reason]) => `${name} (${reason})`).join(', ')}.
          </p>
        )}
      </CardBody>
    </Card>
  )
}
