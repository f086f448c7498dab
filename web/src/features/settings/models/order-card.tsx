import { useQuery } from '@tanstack/react-query'
import type { Model } from '@/api/models'
import { settingsQuery } from '@/api/settings'
import { Badge } from '@/components/ui/badge'
import { Card, CardBody, CardHeader } from '@/components/ui/card'
import { formatDuration, modelName } from '@/lib/format'
import { inOrder, PROVIDER_VARIABLES, providerName } from './provider-words'

const CACHE = 'OUTRIDER_MODEL_CACHE_SECONDS'

/** Which model is asked first, which ones when it fails, and how to change that. */
export function OrderCard({ models }: { models: Model[] }) {
  const settings = useQuery(settingsQuery()).data?.groups.flatMap((group) => group.settings)
  const seconds = Number(settings?.find((setting) => setting.name === CACHE)?.value ?? Number.NaN)
  const order = inOrder(models)
  return (
    <Card>
      <CardHeader
        title="Who is asked, in which order"
        description="The first model answers. When it fails, the next one is turned to, within the same call."
      />
      <CardBody className="grid gap-4">
        <ol className="grid gap-1.5">
          {order.map((model, place) => (
            <li key={model.name} className="flex flex-wrap items-center gap-2 text-[13px]">
              <span className="tabular w-5 text-right text-muted-foreground">{place + 1}.</span>
              <span className="font-medium">{modelName(model.name)}</span>
              {model.is_default && <Badge tone="primary">Default</Badge>}
              {model.problem && <Badge tone="warning">Left out: can’t be used</Badge>}
            </li>
          ))}
        </ol>
        <div className="grid gap-1 text-[13px] text-muted-foreground">
          {order.length === 1 && !order[0]?.is_offline && (
            <p>There is no fallback: while the model fails, answers wait or go to a person.</p>
          )}
          {Number.isFinite(seconds) && (
            <p>
              {seconds > 0
                ? `The answer to exactly the same prompt is kept for ${formatDuration(seconds)} and costs nothing again (${CACHE}).`
                : `Answers are not kept for equal prompts (${CACHE} is 0).`}
            </p>
          )}
          <p>
            <Code>OUTRIDER_MODEL</Code> names the model (as in <Code>openai:gpt-4o-mini</Code>),{' '}
            <Code>OUTRIDER_FALLBACK_MODELS</Code> those to turn to, <Code>OUTRIDER_MODEL_CONCURRENCY</Code> how many
            calls are made at once. A provider is used once its variable is set in the environment or in the file .env,
            and Outrider is restarted:
          </p>
        </div>
        <dl className="grid gap-x-4 gap-y-2 text-[13px] sm:grid-cols-[7rem_1fr]">
          {PROVIDER_VARIABLES.map(({ provider, variables, about }) => (
            <div key={provider} className="contents">
              <dt className="font-medium">{providerName(provider)}</dt>
              <dd className="min-w-0 text-muted-foreground">
                {variables.map((variable) => (
                  <span key={variable}>
                    <Code>{variable}</Code>{' '}
                  </span>
                ))}
                <span className="block">{about}</span>
              </dd>
            </div>
          ))}
        </dl>
      </CardBody>
    </Card>
  )
}

const Code = ({ children }: { children: string }) => (
  <code className="break-all text-foreground text-xs">{children}</code>
)
