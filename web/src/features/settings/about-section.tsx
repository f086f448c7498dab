import { useQuery } from '@tanstack/react-query'
import { CircleAlert, CircleCheck, Info, type LucideIcon, TriangleAlert } from 'lucide-react'
import { sendersQuery } from '@/api/senders'
import { readinessQuery, type SettingsReport, settingsQuery } from '@/api/settings'
import { Card, CardBody, CardHeader } from '@/components/ui/card'
import { Facts } from '@/components/ui/misc'
import { Notice } from '@/components/ui/states'
import { formatNumber } from '@/lib/format'
import { type Hint, hintsOf } from './hints'
import { Loaded } from './loaded'

const ICONS: Record<Hint['tone'], LucideIcon> = {
  success: CircleCheck,
  info: Info,
  warning: TriangleAlert,
  danger: CircleAlert,
}

/** Without a host in its address it is the embedded server, or one at a socket. */
function databaseHost(report: SettingsReport): string {
  const settings = report.groups.flatMap((group) => group.settings)
  const address = settings.find((setting) => setting.name === 'DATABASE_URL')?.value
  return /^postgresql:\/\/([^/]+)/.exec(address ?? '')?.[1] ?? 'PostgreSQL on this machine'
}

/** What runs here, and what stands in the way. */
export default function AboutSection() {
  const query = useQuery(settingsQuery())
  const readiness = useQuery(readinessQuery())
  const senders = useQuery(sendersQuery()).data
  const isDatabaseReachable = readiness.isPending ? undefined : readiness.data?.database === 'ok'
  return (
    <Loaded query={query}>
      {(report) => (
        <div className="grid gap-4">
          <Card>
            <CardHeader title="State" />
            <CardBody className="grid gap-2">
              {senders &&
                hintsOf({ report, senders, isDatabaseReachable }).map((hint) => (
                  <Notice key={hint.title} tone={hint.tone} icon={ICONS[hint.tone]}>
                    <p className="font-medium">{hint.title}</p>
                    <p>{hint.text}</p>
                  </Notice>
                ))}
              <p className="mt-1 text-[13px] text-muted-foreground">
                On the server, <code className="rounded bg-accent px-1 py-0.5 text-xs">outrider doctor</code> checks
                every setting and dependency and says how to mend what is wrong.
              </p>
            </CardBody>
          </Card>
          <Card>
            <CardHeader title="Outrider" />
            <CardBody>
              <Facts
                items={[
                  ['Version', report.version],
                  [
                    'Carrier',
                    report.carrier.kind === 'simulator' ? 'Simulator (nothing leaves this machine)' : 'Twilio',
                  ],
                  ['Model', report.model.is_offline ? 'Offline, by rules' : report.model.name],
                  ['Fallbacks', report.model.fallbacks.join(', ') || 'none'],
                  [
                    'Database',
                    `${databaseHost(report)}, ${isDatabaseReachable === undefined ? '…' : isDatabaseReachable ? 'answers' : 'does not answer'}`,
                  ],
                  ['Senders in use', formatNumber(senders?.filter((sender) => sender.enabled).length)],
                  ['Address', report.carrier.public_url],
                  [
                    'API',
                    <a key="docs" href="/docs" className="text-primary-text underline-offset-4 hover:underline">
                      Reference
                    </a>,
                  ],
                ]}
              />
            </CardBody>
          </Card>
        </div>
      )}
    </Loaded>
  )
}
