import { useQuery } from '@tanstack/react-query'
import { FlaskConical } from 'lucide-react'
import { useMemo, useState } from 'react'
import { campaignUsesQuery } from '@/api/campaign-uses'
import { listsQuery } from '@/api/lists'
import { type DryRunWanted, type TriedRun, useDryRun } from '@/api/workflow-drafts'
import { Button } from '@/components/ui/button'
import { Input, NativeSelect } from '@/components/ui/input'
import { EmptyState, ErrorState, SkeletonLines } from '@/components/ui/states'
import { Segmented } from '@/components/ui/toggles'
import { graphOf } from '@/components/workflow-canvas/graph'
import { outcomesOf } from '@/components/workflow-canvas/outcomes'
import { humanize, plural } from '@/lib/format'
import { type Doc, type DocNode, definitionOf, nodeOf, type Specifications } from './document'
import { FieldRow } from './field-row'
import { ChosenLead, LeadSearch } from './lead-search'
import { rememberedLead } from './preview-lead'
import { useDoc } from './store'
import { titleOf } from './titles'
import { TriedRuns } from './tried-runs'
import { USUAL_REPLY, type WaitChoice, waitChoices } from './trying'
import { outputsOf, type Pins, waysOf } from './use-pins'

/** What somebody chose for a step that waits. */
interface Chosen {
  key: string
  text?: string
}

const SAMPLES = [1, 3, 5, 10]

interface TryPanelProps {
  specifications: Specifications
  pins: Pins
  runs: TriedRun[]
  shown: TriedRun | undefined
  onRuns: (runs: TriedRun[]) => void
  onShow: (run: TriedRun | undefined) => void
  onStep: (nodeId: string) => void
}

/** Runs the draft on real leads without sending anything, and shows what would happen. */
export function TryPanel({ specifications, pins, runs, shown, onRuns, onShow, onStep }: TryPanelProps) {
  const doc = useDoc()
  const [source, setSource] = useState<'leads' | 'list' | 'campaign'>('leads')
  // Whoever looks at a lead wants to try it on them.
  const [leads, setLeads] = useState(() => [rememberedLead()].filter((id) => id !== undefined))
  const [chosenList, setList] = useState<number>()
  const [campaign, setCampaign] = useState<number>()
  const [sample, setSample] = useState(3)
  const [answers, setAnswers] = useState<Record<string, Chosen>>({})
  const lists = useQuery(listsQuery()).data ?? []
  const list = chosenList ?? (lists.length === 1 ? lists[0]?.id : undefined)
  const campaigns = useQuery({ ...campaignUsesQuery(), enabled: source === 'campaign' }).data ?? []
  const dry = useDryRun()
  const waiting = useMemo(() => waitingSteps(doc, specifications), [doc, specifications])
  const choicesOf = (node: DocNode) => waitChoices(node.type, outcomesOf(specifications.get(node.type), node.data))
  // A choice that the step no longer has is its first one again.
  const chosenOf = (node: DocNode): WaitChoice | undefined => {
    const choices = choicesOf(node)
    return choices.find(({ key }) => key === answers[node.id]?.key) ?? choices[0]
  }
  const outcomesOfStep = (id: string) => {
    const node = nodeOf(doc, id)
    return node ? outcomesOf(specifications.get(node.type), node.data) : []
  }
  const isReady = { leads: leads.length > 0, list: list !== undefined, campaign: campaign !== undefined }[source]
  const run = () => {
    const wanted: DryRunWanted = {
      config: definitionOf(doc),
      sample,
      ...{ leads: { lead_ids: leads }, list: { list_id: list ?? null }, campaign: { campaign_id: campaign ?? null } }[
        source
      ],
      // What is shown as chosen holds, also where nobody touched it.
      answers: Object.fromEntries(
        waiting.flatMap((node) => {
          const answer = chosenOf(node)?.answer
          if (answer?.event !== 'reply') return answer ? [[node.id, answer]] : []
          return [[node.id, { event: 'reply', data: { text: answers[node.id]?.text || USUAL_REPLY } }]]
        }),
      ),
      pins: outputsOf(pins),
      // Outcomes that a step no longer has are left out: somebody changed its cases since.
      pin_handles: Object.fromEntries(
        Object.entries(waysOf(pins)).filter(([id, way]) => outcomesOfStep(id).some((one) => one.name === way)),
      ),
    }
    dry.mutate(wanted, { onSuccess: (report) => onRuns(report.runs) })
  }
  return (
    <div className="grid grid-cols-1 gap-4">
      <div>
        <h2 className="font-semibold text-sm">Dry run</h2>
        <p className="text-[13px] text-muted-foreground">
          The draft runs on real leads. Nothing is sent and nobody is told.
        </p>
      </div>
      <Segmented
        label="On whom"
        value={source}
        choices={[
          { value: 'leads', label: 'Chosen leads' },
          { value: 'list', label: 'A list' },
          { value: 'campaign', label: 'A campaign' },
        ]}
        onChange={setSource}
      />
      {source === 'leads' ? (
        <div className="grid gap-2">
          {leads.length > 0 && (
            <ul className="flex flex-wrap gap-1.5">
              {leads.map((id) => (
                <li key={id}>
                  <ChosenLead id={id} onRemove={() => setLeads(leads.filter((one) => one !== id))} />
                </li>
              ))}
            </ul>
          )}
          <LeadSearch label="Add a lead" without={leads} onPick={(id) => setLeads([...leads, id])} />
        </div>
      ) : (
        <SampleOf
          kind={source}
          choices={source === 'list' ? lists : campaigns}
          chosen={source === 'list' ? list : campaign}
          onChoose={source === 'list' ? setList : setCampaign}
          sample={sample}
          onSample={setSample}
        />
      )}
      {waiting.length > 0 && (
        <fieldset className="grid gap-2">
          <legend className="mb-1 font-medium text-[13px]">Where it waits</legend>
          {waiting.map((node) => {
            const specification = specifications.get(node.type)
            const choices = choicesOf(node)
            const chosen = chosenOf(node)
            const set = (change: Partial<Chosen>) =>
              setAnswers({ ...answers, [node.id]: { key: chosen?.key ?? '', ...answers[node.id], ...change } })
            return (
              <FieldRow key={node.id} label={titleOf(node, specification)}>
                {(ids) => (
                  <>
                    <NativeSelect {...ids} value={chosen?.key} onChange={(event) => set({ key: event.target.value })}>
                      {choices.map((choice) => (
                        <option key={choice.key} value={choice.key}>
                          {choice.label}
                        </option>
                      ))}
                    </NativeSelect>
                    {chosen?.answer.event === 'reply' && (
                      <Input
                        aria-label={`What the lead replies at ${titleOf(node, specification)}`}
                        placeholder={USUAL_REPLY}
                        value={answers[node.id]?.text ?? ''}
                        onChange={(event) => set({ text: event.target.value })}
                      />
                    )}
                  </>
                )}
              </FieldRow>
            )
          })}
        </fieldset>
      )}
      <Button variant="primary" disabled={!isReady} isBusy={dry.isPending} onClick={run}>
        <FlaskConical /> Run
      </Button>
      <div aria-live="polite">
        {dry.isPending ? (
          <SkeletonLines count={5} />
        ) : dry.error ? (
          <ErrorState error={dry.error} onRetry={run} className="py-6" />
        ) : runs.length > 0 ? (
          <TriedRuns runs={runs} shown={shown} specifications={specifications} onShow={onShow} onStep={onStep} />
        ) : (
          dry.isSuccess && (
            <EmptyState title="Nobody to run it on" className="py-6">
              No lead of it can be tried.
            </EmptyState>
          )
        )}
      </div>
    </div>
  )
}

interface SampleOfProps {
  kind: 'list' | 'campaign'
  choices: { id: number; name: string }[]
  chosen: number | undefined
  onChoose: (id: number | undefined) => void
  sample: number
  onSample: (count: number) => void
}

/** Some leads of a list or of a campaign; of a campaign its texts, prompts and model hold as well. */
function SampleOf({ kind, choices, chosen, onChoose, sample, onSample }: SampleOfProps) {
  return (
    <div className="grid gap-1">
      <div className="flex gap-2">
        <NativeSelect
          aria-label={humanize(kind)}
          value={chosen ?? ''}
          onChange={(event) => onChoose(event.target.value ? Number(event.target.value) : undefined)}
        >
          <option value="">Choose a {kind} …</option>
          {choices.map((one) => (
            <option key={one.id} value={one.id}>
              {one.name}
            </option>
          ))}
        </NativeSelect>
        <NativeSelect
          aria-label="How many leads"
          className="w-auto"
          value={sample}
          onChange={(event) => onSample(Number(event.target.value))}
        >
          {SAMPLES.map((count) => (
            <option key={count} value={count}>
              {plural(count, 'lead')}
            </option>
          ))}
        </NativeSelect>
      </div>
      {kind === 'campaign' && (
        <p className="text-muted-foreground text-xs">With the texts, prompts and model of the campaign.</p>
      )}
    </div>
  )
}

/** The steps that wait, in the order in which a run meets them. */
function waitingSteps(doc: Doc, specifications: Specifications): DocNode[] {
  return graphOf(definitionOf(doc), [...specifications.values()]).flatMap(({ id, specification }) => {
    const node = nodeOf(doc, id)
    // A call whose answer is not wanted holds up nobody.
    const waits = specification?.pauses && node?.data.disabled !== true && node?.data.wait_for_answer !== false
    return node && waits ? [node] : []
  })
}
