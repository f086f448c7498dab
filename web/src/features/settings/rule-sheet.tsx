import { z } from 'zod'
import { type Channel, type Fact, useSaveRule } from '@/api/notifications'
import { FormSheet } from '@/components/form/form-sheet'
import { Field } from '@/components/ui/field'
import { Input, NativeSelect } from '@/components/ui/input'
import { CHANNEL_LABELS, EVERY_FACT, TARGETS } from './rule-words'

const ruleForm = z.object({
  fact: z.string(),
  channel: z.enum(['email', 'slack', 'sms']),
  target: z.string().trim().max(200, 'At most 200 characters.'),
})
type RuleForm = z.infer<typeof ruleForm>

interface RuleSheetProps {
  /** The fact that is chosen first. */
  fact: string
  facts: Fact[]
  channels: Channel[]
  onClose: () => void
}

/** Adds somebody who is told of a fact. */
export function RuleSheet({ fact, facts, channels, onClose }: RuleSheetProps) {
  const save = useSaveRule()
  const usable = channels.filter((channel) => channel.is_configured)
  return (
    <FormSheet<RuleForm>
      title="Add rule"
      description="From now on; what happened before is in the bell."
      action="Add rule"
      schema={ruleForm}
      defaultValues={{ fact, channel: 'email', target: '' }}
      save={(values) => save.mutateAsync({ ...values, enabled: true })}
      onClose={onClose}
    >
      {({ register, watch, formState: { errors } }) => {
        const channel = watch('channel')
        return (
          <>
            <Field label="When" error={errors.fact?.message}>
              {(control) => (
                <NativeSelect {...control} {...register('fact')}>
                  <option value={EVERY_FACT}>Everything</option>
                  {facts.map((one) => (
                    <option key={one.name} value={one.name}>
                      {one.label}
                    </option>
                  ))}
                </NativeSelect>
              )}
            </Field>
            <Field
              label="By"
              error={errors.channel?.message}
              hint={
                channel === 'sms'
                  ? 'The number must be a lead’s: opt-outs and quiet hours hold for colleagues, too.'
                  : undefined
              }
            >
              {(control) => (
                <NativeSelect {...control} {...register('channel')}>
                  {usable.map((one) => (
                    <option key={one.channel} value={one.channel}>
                      {CHANNEL_LABELS[one.channel]}
                    </option>
                  ))}
                </NativeSelect>
              )}
            </Field>
            <Field label={TARGETS[channel].label} error={errors.target?.message}>
              {(control) => (
                <Input
                  {...control}
                  autoComplete="off"
                  placeholder={TARGETS[channel].placeholder}
                  {...register('target')}
                />
              )}
            </Field>
          </>
        )
      }}
    </FormSheet>
  )
}
