import { Zap } from 'lucide-react'
import { useState } from 'react'
import { type Model, type ModelTest, useTestModel } from '@/api/models'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Card, CardBody, CardHeader } from '@/components/ui/card'
import { Input } from '@/components/ui/input'
import { Facts } from '@/components/ui/misc'
import { Notice } from '@/components/ui/states'
import { formatMoney, formatNumber, NONE } from '@/lib/format'
import { toastProblem } from '@/lib/toast'

/** One model: what it costs, and whether it answers. */
export function ModelCard({ model }: { model: Model }) {
  const test = useTestModel()
  const price = (dollars: string | null) => (dollars === null ? NONE : formatMoney(dollars))
  return (
    <Card>
      <CardHeader
        title={
          <span className="flex flex-wrap items-center gap-2">
            {model.name}
            {model.is_default && <Badge tone="primary">Default</Badge>}
            {model.is_fallback && <Badge>Fallback</Badge>}
            {model.is_offline && <Badge tone="info">Works offline</Badge>}
          </span>
        }
        description={
          model.is_offline
            ? 'Writes from templates and answers by rules. It is always there, costs nothing, and is no language model.'
            : `${price(model.input_price)} for a million tokens in, ${price(model.output_price)} for a million out.`
        }
        actions={
          <Button
            isBusy={test.isPending}
            aria-label={`Test ${model.name}`}
            onClick={() => test.mutate(model.name, { onError: toastProblem })}
          >
            <Zap /> Test
          </Button>
        }
      />
      {(model.problem || test.data) && (
        <CardBody className="grid gap-3">
          {model.problem && (
            <Notice tone="warning">
              {model.problem} {model.remedy}
            </Notice>
          )}
          {test.data && <TestResult result={test.data} />}
        </CardBody>
      )}
    </Card>
  )
}

/** Tries a model before anybody configures it. */
export function OtherModel() {
  const [name, setName] = useState('')
  const test = useTestModel()
  return (
    <Card>
      <CardHeader
        title="Try another model"
        description="One short text is asked for; with a paid provider it costs a fraction of a cent."
      />
      <CardBody className="grid gap-3">
        <form
          className="flex gap-2"
          onSubmit={(event) => {
            event.preventDefault()
            if (name.trim()) test.mutate(name.trim(), { onError: toastProblem })
          }}
        >
          <Input
            aria-label="Model as provider:model"
            placeholder="provider:model, as in openai:gpt-4o-mini"
            maxLength={120}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
          <Button type="submit" isBusy={test.isPending} disabled={!name.trim()}>
            <Zap /> Test
          </Button>
        </form>
        {test.data && <TestResult result={test.data} />}
      </CardBody>
    </Card>
  )
}

function TestResult({ result }: { result: ModelTest }) {
  if (!result.ok) {
    return (
      <Notice tone="danger">
        <span role="alert">
          {result.error} {result.remedy}
        </span>
      </Notice>
    )
  }
  return (
    <div className="rounded-md border p-3" role="status">
      <p className="mb-3 text-sm">“{result.sample}”</p>
      <Facts
        className="tabular"
        items={[
          ['Model', result.model],
          ['Answered in', `${result.seconds.toFixed(result.seconds < 1 ? 3 : 1)} s`],
          ['Tokens', `${formatNumber(result.input_tokens)} in, ${formatNumber(result.output_tokens)} out`],
          ['Cost', result.price_known ? formatMoney(result.cost) : 'not known: the price list has no such model'],
        ]}
      />
    </div>
  )
}
