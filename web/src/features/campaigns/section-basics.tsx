import { Field } from '@/components/ui/field'
import { Input, Textarea } from '@/components/ui/input'
import type { SectionProps } from './section-props'

export function BasicsSection({ form, isLocked }: SectionProps) {
  const { draft, problems, set } = form
  return (
    <div className="grid gap-5">
      <Field label="Name" required error={problems.name} hint="Only you and your colleagues see it.">
        {(control) => (
          <Input
            {...control}
            value={draft.name}
            maxLength={200}
            disabled={isLocked('name')}
            onChange={(event) => set({ name: event.target.value })}
          />
        )}
      </Field>
      <Field
        label="What it is about"
        error={problems.description}
        hint="What you offer and what for. The texts and the agent's answers are written from this, so say it as you would say it to a new colleague."
      >
        {(control) => (
          <Textarea
            {...control}
            rows={5}
            value={draft.description}
            maxLength={5000}
            disabled={isLocked('description')}
            onChange={(event) => set({ description: event.target.value })}
          />
        )}
      </Field>
      <Field
        label="Sender's name"
        error={problems.sender_name}
        hint="The person or brand that the texts speak for, as in “Maya from Brightfield”. Rules ask that the first text says who writes."
      >
        {(control) => (
          <Input
            {...control}
            value={draft.sender_name}
            maxLength={120}
            disabled={isLocked('sender_name')}
            onChange={(event) => set({ sender_name: event.target.value })}
          />
        )}
      </Field>
    </div>
  )
}
