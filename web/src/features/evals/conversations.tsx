import { ChevronRight } from 'lucide-react'
import type { Played } from '@/api/evals'
import { Status } from '@/components/ui/badge'
import { conversationTitle, effortWords, titleOf } from './compare'

/** Every conversation of a run; those that did not go as expected come first and are open. */
export function Conversations({ played }: { played: Played[] }) {
  const sorted = played.toSorted((one, other) => Number(one.passed) - Number(other.passed))
  return (
    <section className="divide-y overflow-hidden rounded-lg border bg-surface text-[13px]" aria-label="Conversations">
      {sorted.map((one) => (
        <details key={`${one.kind} ${one.name} ${one.repetition}`} open={!one.passed} className="group">
          <summary className="flex cursor-pointer list-none items-center gap-2 px-4 py-2.5 hover:bg-accent [&::-webkit-details-marker]:hidden">
            <ChevronRight
              className="size-4 shrink-0 text-muted-foreground transition-transform group-open:rotate-90"
              aria-hidden
            />
            <span className="flex min-w-0 flex-1 flex-wrap items-center gap-x-4 gap-y-1">
              <span className="min-w-0 flex-1 basis-60 font-medium">{conversationTitle(one)}</span>
              <Status tone={one.passed ? 'success' : 'danger'}>{one.passed ? 'As expected' : 'Not as expected'}</Status>
              <span className="tabular min-w-16 text-right text-muted-foreground">{effortWords(one)}</span>
            </span>
          </summary>
          <div className="grid gap-3 border-t px-4 py-3">
            <Problems problems={one.problems ?? []} />
            {one.outcome && <p className="text-muted-foreground">Ended: {titleOf(one.outcome)}</p>}
            {(one.turns ?? []).map((turn, place) => (
              <div key={place} className="grid gap-1.5">
                {turn.heard.map((text, line) => (
                  <p key={line} className="w-fit max-w-prose whitespace-pre-wrap rounded-lg bg-accent px-3 py-1.5">
                    <span className="sr-only">Lead: </span>
                    {text}
                  </p>
                ))}
                {turn.written.map((text, line) => (
                  <p
                    key={line}
                    className="ml-auto w-fit max-w-prose whitespace-pre-wrap rounded-lg bg-primary-soft px-3 py-1.5 text-primary-text"
                  >
                    <span className="sr-only">We: </span>
                    {text}
                  </p>
                ))}
                <p className="tabular text-right text-muted-foreground text-xs">
                  {turn.agent && `${titleOf(turn.agent)}, `}
                  {(turn.seconds ?? 0).toFixed(1)} s
                </p>
                <Problems problems={turn.problems ?? []} />
              </div>
            ))}
          </div>
        </details>
      ))}
    </section>
  )
}

function Problems({ problems }: { problems: string[] }) {
  if (problems.length === 0) return null
  return (
    <ul className="list-disc rounded-md bg-danger-soft py-1.5 pr-3 pl-7 text-danger-text">
      {problems.map((problem) => (
        <li key={problem} className="break-words">
          {problem}
        </li>
      ))}
    </ul>
  )
}
