import { useQuery } from '@tanstack/react-query'
import { settingsQuery, type WebhookAddress } from '@/api/settings'
import { Card, CardBody, CardHeader } from '@/components/ui/card'
import { CopyButton } from '@/components/ui/copy-button'
import { Input } from '@/components/ui/input'
import { Notice } from '@/components/ui/states'
import { formatAgo, formatDateTime, humanize } from '@/lib/format'
import { Loaded } from './loaded'

/** The addresses that the carrier calls, to be entered there. */
export default function WebhooksSection() {
  const query = useQuery(settingsQuery())
  return (
    <Loaded query={query}>
      {({ carrier }) => (
        <div className="grid gap-4">
          {carrier.kind === 'simulator' ? (
            <Notice tone="info">
              The simulator plays the carrier and knows these addresses already. Enter them at Twilio once you have set
              TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN.
            </Notice>
          ) : (
            !carrier.is_reachable_from_outside && (
              <Notice tone="danger">
                Twilio can’t reach {carrier.public_url}. Set PUBLIC_URL to an https address that leads here, restart,
                and come back for the addresses.
              </Notice>
            )
          )}
          {carrier.webhooks.map((webhook) => (
            <WebhookCard key={webhook.url} webhook={webhook} />
          ))}
          <p className="text-[13px] text-muted-foreground">
            Only calls that the carrier signed are accepted, and the signature is checked against PUBLIC_URL: the
            address at Twilio must be the same to the letter. What a webhook misses is asked for, so no reply is lost.
          </p>
        </div>
      )}
    </Loaded>
  )
}

function WebhookCard({ webhook }: { webhook: WebhookAddress }) {
  return (
    <Card>
      <CardHeader
        title={humanize(webhook.purpose)}
        description={
          webhook.last_received ? (
            <span title={formatDateTime(webhook.last_received)}>Last received {formatAgo(webhook.last_received)}</span>
          ) : (
            'Nothing received yet'
          )
        }
      />
      <CardBody>
        <div className="flex gap-2">
          <Input
            aria-label={`Address for ${webhook.purpose}`}
            readOnly
            value={webhook.url}
            className="font-mono text-xs"
            onFocus={(event) => event.target.select()}
          />
          <CopyButton text={webhook.url} aria-label={`Copy the address for ${webhook.purpose}`} />
        </div>
        <p className="mt-2 text-[13px] text-muted-foreground">{webhook.where}</p>
      </CardBody>
    </Card>
  )
}
