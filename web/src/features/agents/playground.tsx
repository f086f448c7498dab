import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Columns2, Eraser, Play, Square } from 'lucide-react'
import { type FormEvent, type KeyboardEvent, useState } from 'react'
import { type Agent, type AgentType, versionsQuery } from '@/api/agents'
import { modelsQuery } from '@/api/models'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { NativeSelect, Textarea } from '@/components/ui/input'
import { cn } from '@/lib/cn'
import { modelName } from '@/lib/format'
import { NOBODY, type Side } from './run'
import { RunView } from './run-view'
import { SomebodyFields } from './somebody-fields'
import { usePlayground } from './use-playground'
import { talks } from './words'

const WAYS = ['A', 'B'] as const

/** Talk with the agent as a lead would, or let it work on a company. Nothing is sent or booked. */
export function Playground({ agentType, agent }: { agentType: AgentType; agent?: Agent }) {
  const { lead, campaign } = useSearch({ from: '/agents/$agentKey' })
  const navigate = useNavigate({ from: '/agents/$agentKey' })
  const [invented, setInvented] = useState(NOBODY)
  const [text, setText] = useState('')
  const [isCompared, setCompared] = useState(false)
  const [sides, setSides] = useState<Side[]>([
    { version: agent ? 'draft' : '', model: '' },
    { version: agent?.published ? String(agent.published) : agent ? 'draft' : '', model: '' },
  ])
  const playground = usePlayground(agentType, agent?.id)
  const isTalk = talks(agentType) || agentType === 'analytics'
  const needsText = isTalk && agentType !== 'qualification'
  const asked = isCompared ? sides : sides.slice(0, 1)
  const send = (event?: FormEvent) => {
    event?.preventDefault()
    if (playground.isRunning || (needsText && !text.trim())) return
    playground.send(asked, { leadId: lead, campaignId: campaign, ...invented }, text.trim())
    setText('')
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) send(event as unknown as FormEvent)
  }
  return (
    <div className="grid gap-5 lg:grid-cols-[17rem_1fr]">
      <div className="grid content-start gap-4">
        <SomebodyFields
          lead={lead}
          campaign={campaign}
          invented={invented}
          onInvent={setInvented}
          onChoose={(change) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true })}
        />
        <p className="text-[13px] text-muted-foreground">
          Nothing is sent, booked or stored from here, except the run itself, under Runs.
        </p>
      </div>
      <div className="grid min-w-0 content-start gap-3">
        <div className="flex flex-wrap items-center gap-2">
          <Button aria-pressed={isCompared} onClick={() => setCompared(!isCompared)}>
            <Columns2 /> {isCompared ? 'One side only' : 'Compare side by side'}
          </Button>
          <Button
            variant="ghost"
            disabled={playground.threads.every((turns) => !turns.length)}
            onClick={playground.clear}
          >
            <Eraser /> Start over
          </Button>
        </div>
        <div className={cn('grid gap-4', isCompared && 'md:grid-cols-2')}>
          {asked.map((side, place) => (
            <section
              key={WAYS[place]}
              aria-label={isCompared ? `Side ${WAYS[place]}` : 'Conversation'}
              className="grid min-w-0 content-start gap-3"
            >
              <SideFields
                name={isCompared ? `${WAYS[place]}: ` : ''}
                side={side}
                agent={agent}
                onChange={(next) => setSides(sides.map((known, at) => (at === place ? next : known)))}
              />
              <div
                className="grid min-h-32 content-start gap-4 rounded-lg border bg-surface-sunken p-3"
                aria-live="polite"
              >
                {(playground.threads[place] ?? []).length === 0 && (
                  <p className="py-6 text-center text-[13px] text-muted-foreground">
                    {isTalk ? 'Write what a lead would write.' : 'Run the agent on this lead or company.'}
                  </p>
                )}
                {playground.threads[place]?.map((turn, at) => (
                  <RunView key={at} turn={turn} />
                ))}
              </div>
            </section>
          ))}
        </div>
        <form onSubmit={send} className="sticky bottom-0 -mx-1 flex items-end gap-2 bg-background px-1 py-2">
          <div className="flex-1">
            <Field label={isTalk ? 'What the lead writes' : 'What to look at'}>
              {(control) => (
                <Textarea
                  {...control}
                  className="min-h-16"
                  maxLength={4000}
                  value={text}
                  placeholder={isTalk ? 'What does it cost?' : 'May stay empty'}
                  onChange={(event) => setText(event.target.value)}
                  onKeyDown={onKeyDown}
                />
              )}
            </Field>
          </div>
          {playground.isRunning ? (
            <Button size="lg" onClick={playground.stop}>
              <Square /> Stop
            </Button>
          ) : (
            <Button type="submit" size="lg" variant="primary" disabled={needsText && !text.trim()}>
              <Play /> Run
            </Button>
          )}
        </form>
      </div>
    </div>
  )
}

interface SideFieldsProps {
  name: string
  side: Side
  agent: Agent | undefined
  onChange: (side: Side) => void
}

function SideFields({ name, side, agent, onChange }: SideFieldsProps) {
  const models = useQuery(modelsQuery()).data ?? []
  const versions = useQuery({ ...versionsQuery(agent?.id ?? 0), enabled: agent !== undefined }).data ?? []
  return (
    <div className="grid gap-2 sm:grid-cols-2">
      {agent && (
        <Field label={`${name}Version`}>
          {(control) => (
            <NativeSelect
              {...control}
              value={side.version}
              onChange={(event) => onChange({ ...side, version: event.target.value })}
            >
              <option value="draft">Draft, as saved</option>
              {versions.map((version) => (
                <option key={version.number} value={version.number}>
                  Version {version.number}
                  {version.number === agent.published ? ' (speaks)' : ''}
                </option>
              ))}
            </NativeSelect>
          )}
        </Field>
      )}
      <Field label={`${name}Model`}>
        {(control) => (
          <NativeSelect
            {...control}
            value={side.model}
            onChange={(event) => onChange({ ...side, model: event.target.value })}
          >
            <option value="">The agent’s own</option>
            {models.map((model) => (
              <option key={model.name} value={model.name} disabled={model.problem != null}>
                {modelName(model.name)}
              </option>
            ))}
          </NativeSelect>
        )}
      </Field>
    </div>
  )
}
