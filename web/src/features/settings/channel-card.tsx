import { useState } from 'react'
import { ApiProblem } from '@/api/client'
import { type Channel, useTestChannel } from '@/api/notifications'
import { Status } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Card, CardBody, CardHeader } from '@/components/ui/card'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { Notice } from '@/components/ui/states'
import { CHANNEL_LABELS, TARGETS } from './rule-words'

/** How a channel is set up, and a button that tries it. Its secrets are environment settings and never shown. */
export function ChannelCard({ channel }: { channel: Channel }) {
  const [target, setTarget] = useState('')
  const test = useTestChannel()
  const words = TARGETS[channel.channel]
  const result = test.data
  const problem = test.error instanceof ApiProblem ? (test.error.of('target') ?? test.error.detail) : null
  return (
    <Card className="flex flex-col">
      <CardHeader
        title={CHANNEL_LABELS[channel.channel]}
        description={channel.is_configured ? channel.account : 'Not set up'}
        actions={
          channel.is_local ? (
            <Status tone="warning">Local</Status>
          ) : channel.is_configured ? (
            <Status tone="success">Set up</Status>
          ) : (
            <Status tone="neutral">Off</Status>
          )
        }
      />
      <CardBody className="flex flex-1 flex-col gap-3">
        {channel.problem && (
          <p className="text-[13px] text-warning-text">The last notification did not arrive: {channel.problem}</p>
        )}
        {(!channel.is_configured || channel.is_local || channel.channel === 'sms') && (
          <p className="text-[13px] text-muted-foreground">{channel.how_to_set_up}</p>
        )}
        {channel.is_configured && (
          <form
            noValidate
            className="mt-auto grid gap-3"
            onSubmit={(event) => {
              event.preventDefault()
              test.mutate({ channel: channel.channel, target })
            }}
          >
            <Field
              label={words.label}
              {...(problem && { error: problem })}
              {...(!channel.needs_target && { hint: 'Empty: the webhook’s own channel.' })}
            >
              {(control) => (
                <Input
                  {...control}
                  autoComplete="off"
                  placeholder={words.placeholder}
                  value={target}
                  onChange={(event) => setTarget(event.target.value)}
                />
              )}
            </Field>
            <Button type="submit" isBusy={test.isPending} disabled={channel.needs_target && !target.trim()}>
              Send a test
            </Button>
            <div role="status">
              {result?.ok && (
                <Notice tone="success">It was taken. {channel.is_local && `Kept as ${result.reference}.`}</Notice>
              )}
              {result && !result.ok && (
                <Notice tone="danger">{[result.error, result.remedy].filter(Boolean).join(' ')}</Notice>
              )}
            </div>
          </form>
        )}
      </CardBody>
    </Card>
  )
}
