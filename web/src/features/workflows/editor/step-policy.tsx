import { ChevronRight } from 'lucide-react'
import type { ReactNode } from 'react'
import type { NodeSpecification } from '@/api/workflows'
import { Badge } from '@/components/ui/badge'
import { Input, Textarea } from '@/components/ui/input'
import { SwitchField } from '@/components/ui/switch-field'
import { isRecord } from '@/components/workflow-canvas/records'
import type { DocNode } from './document'
import { FieldRow } from './field-row'
import { useStepForm } from './form-context'
import { plain } from './schema'

/** A part of the inspector that opens on demand. */
export function Section({ title, isOpen, children }: { title: string; isOpen?: boolean; children: ReactNode }) {
  return (
    <details open={isOpen} className="group border-t pt-2">
      <summary className="flex cursor-pointer list-none items-center gap-1.5 rounded py-1 font-medium text-[13px]">
        <ChevronRight className="size-4 text-muted-foreground transition-transform group-open:rotate-90" aria-hidden />
        <h3>{title}</h3>
      </summary>
      <div className="grid grid-cols-1 gap-3 pt-2 pb-1">{children}</div>
    </details>
  )
}

interface StepPolicyProps {
  node: DocNode
  specification: NodeSpecification | undefined
  onChange: (name: string, value: unknown) => void
}

/** What holds for every step: whether it is on, how long it may take, how often it is tried again, why it is there. */
export function StepPolicy({ node, specification, onChange }: StepPolicyProps) {
  const { problems } = useStepForm()
  const { data } = node
  const properties = isRecord(specification?.params.properties) ? specification.params.properties : {}
  const policy = (name: string) => ({
    value: data[name],
    error: problems.get(name),
    onChange: (value: number | undefined) => onChange(name, value),
  })
  const isSet = data.timeout_seconds != null || data.retries != null || data.disabled === true || !!data.notes
  return (
    <Section title="How it runs" isOpen={isSet}>
      {!specification?.ends_run && (
        <SwitchField
          label="On"
          checked={data.disabled !== true}
          onCheckedChange={(isOn) => onChange('disabled', isOn ? undefined : true)}
        >
          A step that is off is passed by.
        </SwitchField>
      )}
      {'timeout_seconds' in properties && (
        <PolicyNumber
          {...policy('timeout_seconds')}
          label="Time-out in seconds"
          hint="Its work fails when it takes longer; waiting is not work."
          least={1}
          most={600}
          usual="None"
        />
      )}
      {'retries' in properties && (specification?.is_pure || data.retries != null) && (
        <PolicyNumber
          {...policy('retries')}
          label="Tries again"
          hint="How often, when it fails."
          least={0}
          most={5}
          usual="0"
        />
      )}
      {'retries' in properties && !specification?.is_pure && data.retries == null && (
        <p className="text-muted-foreground text-xs">
          It is never tried again by itself: what it asks for could happen twice.
        </p>
      )}
      <FieldRow label="Notes" hint="Why this step is here; for people.">
        {(ids) => (
          <Textarea
            {...ids}
            maxLength={2000}
            value={typeof data.notes === 'string' ? data.notes : ''}
            onChange={(event) => onChange('notes', event.target.value || undefined)}
          />
        )}
      </FieldRow>
    </Section>
  )
}

interface PolicyNumberProps {
  label: string
  hint: string
  value: unknown
  error: string | undefined
  least: number
  most: number
  /** What holds where nothing is set. */
  usual: string
  onChange: (value: number | undefined) => void
}

const PolicyNumber = ({ label, hint, value, error, least, most, usual, onChange }: PolicyNumberProps) => (
  <FieldRow label={label} hint={hint} error={error}>
    {(ids) => (
      <Input
        {...ids}
        type="number"
        min={least}
        max={most}
        className="w-36"
        placeholder={usual}
        value={typeof value === 'number' ? value : ''}
        onChange={({ target }) => onChange(target.value === '' ? undefined : Number(target.value))}
      />
    )}
  </FieldRow>
)

export function StepDocs({ specification }: { specification: NodeSpecification }) {
  const signs = [
    specification.asks_model && 'Asks a model',
    specification.pauses && 'Waits',
    specification.has_effects && 'Has effects',
    specification.is_pure && 'No effects',
  ].filter((sign): sign is string => typeof sign === 'string')
  return (
    <Section title="What it does">
      <p className="text-[13px] text-muted-foreground">{plain(specification.docs || specification.description)}</p>
      {signs.length > 0 && (
        <p className="flex flex-wrap gap-1.5">
          {signs.map((sign) => (
            <Badge key={sign}>{sign}</Badge>
          ))}
        </p>
      )}
    </Section>
  )
}
