import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type LeadScore, leadScoreQuery } from '@/api/scoring'
import { Card, CardBody, CardHeader } from '@/components/ui/card'
import { cn } from '@/lib/cn'
import { DOES, percent, signed } from '@/lib/scoring'

/** What the scorer says of the lead, and why. Nothing is shown while none is in use. */
export function ScoreCard({ leadId }: { leadId: number }) {
  const score = useQuery(leadScoreQuery(leadId)).data?.score
  if (!score) return null
  return (
    <Card>
      <CardHeader
        title={`Score before contact: ${score.score}`}
        description={`Of leads like this one, ${percent(score.probability, 0)} do it: the lead ${DOES[score.outcome]} within ${score.waiting_days} days. On average ${percent(score.prevalence, 0)} do; 50 is an average lead.`}
      />
      <CardBody className="grid gap-3">
        <Parts score={score} />
        <Link
          to="/settings/$section"
          params={{ section: 'scoring' }}
          className="w-fit text-[13px] text-muted-foreground underline hover:text-foreground"
        >
          How good the scorer is
        </Link>
      </CardBody>
    </Card>
  )
}

function Parts({ score }: { score: LeadScore }) {
  const told = score.parts.filter((part) => Math.round(part.points) !== 0)
  if (told.length === 0)
    return <p className="text-[13px] text-muted-foreground">Nothing sets this lead apart from others.</p>
  return (
    <ul className="grid gap-1 text-[13px]">
      {told.map((part) => (
        <li key={part.feature} className="flex items-baseline gap-3">
          <span className="min-w-0 flex-1 break-words">
            <span className="text-muted-foreground">{part.label}</span> {part.value}
          </span>
          <span
            className={cn('tabular shrink-0 font-medium', part.points > 0 ? 'text-success-text' : 'text-danger-text')}
          >
            {signed(part.points)}
          </span>
        </li>
      ))}
    </ul>
  )
}
