import type { RunDetail } from '@/api/runs'
import { humanize } from '@/lib/format'
import { Values } from './values'

/** What a dry run would have done. */
export function IntentList({ intents }: { intents: RunDetail['intents'] }) {
  return (
    <ul className="grid gap-2">
      {intents.map((intent, index) => (
        <li key={index} className="rounded-md border border-dashed px-3 py-2 text-[13px]">
          <p className="font-medium">{intent.title || humanize(intent.kind)}</p>
          <Values title="Details" value={intent.details} />
        </li>
      ))}
    </ul>
  )
}
