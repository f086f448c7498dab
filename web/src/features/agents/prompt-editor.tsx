import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Braces } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import type { UseFormReturn } from 'react-hook-form'
import { promptPreviewQuery, variablesQuery } from '@/api/agents'
import { campaignUsesQuery } from '@/api/campaign-uses'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { NativeSelect, Textarea } from '@/components/ui/input'
import { Popover, PopoverClose, PopoverContent, PopoverTrigger } from '@/components/ui/menu'
import { Notice } from '@/components/ui/states'
import { formatNumber } from '@/lib/format'
import type { Draft } from './draft'
import { LeadChoice } from './lead-choice'
import { inserted } from './words'

const REST_MS = 350

/** The prompt, and beside it how it reads for one lead. */
export function PromptEditor({ form }: { form: UseFormReturn<Draft> }) {
  const prompt = form.watch('system_prompt')
  const area = useRef<HTMLTextAreaElement | null>(null)
  const { ref, ...field } = form.register('system_prompt')
  const insert = (name: string) => {
    const from = area.current
    const put = inserted(prompt, name, from?.selectionStart ?? prompt.length, from?.selectionEnd ?? prompt.length)
    form.setValue('system_prompt', put.prompt, { shouldDirty: true, shouldValidate: true })
    requestAnimationFrame(() => {
      area.current?.focus()
      area.current?.setSelectionRange(put.cursor, put.cursor)
    })
  }
  return (
    <div className="grid gap-4 lg:grid-cols-2">
      <div className="relative">
        <div className="absolute -top-1.5 right-0">
          <VariablePicker onPick={insert} />
        </div>
        <div>
          <Field
            label="Prompt"
            required
            error={form.formState.errors.system_prompt?.message}
            hint={
              <span className="flex justify-between gap-4">
                <span>Who it is, what it is to achieve, how it speaks. Rules of safety are added by code.</span>
                <span className="tabular shrink-0">{formatNumber(prompt.length)} / 20,000</span>
              </span>
            }
          >
            {(control) => (
              <Textarea
                {...control}
                className="mt-1.5 min-h-96 font-mono text-[13px]"
                spellCheck
                {...field}
                ref={(element) => {
                  ref(element)
                  area.current = element
                }}
              />
            )}
          </Field>
        </div>
      </div>
      <Preview prompt={prompt} />
    </div>
  )
}

function VariablePicker({ onPick }: { onPick: (name: string) => void }) {
  const variables = useQuery(variablesQuery()).data ?? []
  return (
    <Popover>
      <PopoverTrigger asChild>
        <Button size="sm" variant="ghost">
          <Braces /> Insert a variable
        </Button>
      </PopoverTrigger>
      <PopoverContent align="end" className="max-h-96 w-80 overflow-y-auto p-1" aria-label="Variables">
        <ul>
          {variables.map((variable) => (
            <li key={variable.name}>
              <PopoverClose asChild>
                <button
                  type="button"
                  onClick={() => onPick(variable.name)}
                  className="grid w-full gap-0.5 rounded-md px-2 py-1.5 text-left hover:bg-accent focus-visible:bg-accent"
                >
                  <code className="text-xs">{`{{${variable.name}}}`}</code>
                  <span className="text-muted-foreground text-xs">
                    {variable.meaning}, as in “{variable.example}”
                  </span>
                </button>
              </PopoverClose>
            </li>
          ))}
        </ul>
        <p className="border-t px-2 py-1.5 text-muted-foreground text-xs">
          Also <code>{'{{lead.attributes.<name>}}'}</code>. After <code>|</code> stands what to write without a value:{' '}
          <code>{'{{sender|our company}}'}</code>.
        </p>
      </PopoverContent>
    </Popover>
  )
}

function Preview({ prompt }: { prompt: string }) {
  const { lead, campaign } = useSearch({ from: '/agents/$agentKey' })
  const navigate = useNavigate({ from: '/agents/$agentKey' })
  const choose = (change: { lead?: number | undefined; campaign?: number | undefined }) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true })
  const rested = useRested(prompt)
  const query = useQuery(promptPreviewQuery(rested, lead, campaign))
  const campaigns = useQuery(campaignUsesQuery()).data ?? []
  const preview = query.data
  return (
    <section aria-labelledby="preview" className="grid content-start gap-2">
      <h2 id="preview" className="font-medium text-sm">
        Preview
      </h2>
      <div className="grid gap-2 sm:grid-cols-2">
        <LeadChoice value={lead} onChoose={(id) => choose({ lead: id })} />
        <Field label="Campaign">
          {(control) => (
            <NativeSelect
              {...control}
              value={campaign ?? ''}
              onChange={(event) => choose({ campaign: Number(event.target.value) || undefined })}
            >
              <option value="">{lead === undefined ? 'Example campaign' : 'None'}</option>
              {campaigns.map((one) => (
                <option key={one.id} value={one.id}>
                  {one.name}
                </option>
              ))}
            </NativeSelect>
          )}
        </Field>
      </div>
      {preview?.problems.map((problem) => (
        <Notice key={problem.problem} tone="danger">
          {problem.problem} {problem.remedy}
        </Notice>
      ))}
      {preview && preview.missing.length > 0 && (
        <p className="text-[13px] text-warning-text">No value for this lead: {preview.missing.join(', ')}.</p>
      )}
      {query.isError && !preview && <p className="text-[13px] text-danger-text">{query.error.message}</p>}
      <section
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        tabIndex={0}
        aria-label="The prompt for this lead"
        className="max-h-96 overflow-y-auto whitespace-pre-wrap rounded-md border bg-surface-sunken p-3 text-[13px] leading-relaxed"
      >
        {preview?.text}
      </section>
    </section>
  )
}

function useRested(value: string): string {
  const [rested, setRested] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), REST_MS)
    return () => clearTimeout(timer)
  }, [value])
  return rested
}
