import { useQuery } from '@tanstack/react-query'
import { evalQuery, type Played } from '@/api/evals'
import { Card, CardHeader } from '@/components/ui/card'
import { ErrorState, SkeletonLines } from '@/components/ui/states'
import { conversationTitle, differences, effortWords, type Outcome, resultWords } from './compare'

const VERDICTS = { worse: 'Worse', better: 'Better', alone: 'Only in one', same: 'Same' }

/** This run beside another one, conversation by conversation. */
export function Comparison({ beside, played }: { beside: number; played: Played[] }) {
  const query = useQuery(evalQuery(beside))
  if (query.isPending) return <SkeletonLines count={4} />
  if (query.isError) return <ErrorState error={query.error} onRetry={query.refetch} />
  const before = (query.data.results?.played ?? []).map(outcomeOf)
  const after = played.map(outcomeOf)
  return (
    <Card className="overflow-hidden">
      <CardHeader
        title={`Beside run ${beside}`}
        description={`There ${resultWords(before)}, here ${resultWords(after)}.`}
      />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section className="max-h-96 overflow-auto border-t" tabIndex={0} aria-label="Differences">
        <table className="w-full min-w-[32rem] text-left text-[13px]">
          <thead className="text-muted-foreground text-xs">
            <tr>
              {['Conversation', 'Verdict', `Run ${beside}`, 'This run'].map((head) => (
                <th key={head} scope="col" className="px-4 py-1.5 font-medium">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody className="tabular divide-y">
            {differences(before, after).map((one) => (
              <tr key={one.key}>
                <th scope="row" className="px-4 py-1.5 font-normal">
                  {conversationTitle(one.before ?? one.after ?? { name: one.name })}
                </th>
                <td className="px-4 py-1.5">{VERDICTS[one.verdict]}</td>
                <td className="px-4 py-1.5">{cell(one.before)}</td>
                <td className="px-4 py-1.5">{cell(one.after)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </Card>
  )
}

const cell = (one: Outcome | null): string =>
  one ? `${one.passed ? 'As expected' : 'Not as expected'}, ${effortWords(one)}` : '–'

const outcomeOf = (one: Played): Outcome => ({
  name: one.name,
  kind: one.kind ?? 'script',
  repetition: one.repetition ?? 1,
  passed: one.passed ?? false,
  seconds: one.seconds ?? 0,
  cost: one.cost ?? 0,
})
