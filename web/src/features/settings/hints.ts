import type { Sender } from '@/api/senders'
import type { SettingsReport } from '@/api/settings'

export interface Hint {
  tone: 'success' | 'info' | 'warning' | 'danger'
  title: string
  /** What it means, and what to do. */
  text: string
}

interface Facts {
  report: SettingsReport
  senders: Sender[]
  /** Undefined while it is not known. */
  isDatabaseReachable: boolean | undefined
}

/** What stands in the way, the worst first; what is only worth knowing comes last. */
export function hintsOf({ report, senders, isDatabaseReachable }: Facts): Hint[] {
  const { carrier, model, quiet_hours } = report
  const isReal = carrier.kind === 'twilio'
  const hints: (Hint | false)[] = [
    isDatabaseReachable === false && {
      tone: 'danger',
      title: 'The database does not answer',
      text: 'Nothing can be read or sent. Look at the server’s log, and at DATABASE_URL if it is set.',
    },
    !senders.some((sender) => sender.enabled) && {
      tone: 'danger',
      title: 'No sender is in use',
      text: 'Texts wait until there is one. Add or enable a sender.',
    },
    isReal &&
      !carrier.is_reachable_from_outside && {
        tone: 'danger',
        title: 'The carrier can’t reach this installation',
        text: `PUBLIC_URL is ${carrier.public_url}, which is no address of the internet. Replies are found only by asking, and delivery reports late. Set PUBLIC_URL and restart.`,
      },
    ...carrier.webhooks.map(
      (webhook): Hint | false =>
        isReal &&
        carrier.is_reachable_from_outside &&
        webhook.last_received === null && {
          tone: 'warning',
          title: `No ${webhook.purpose} came in yet`,
          text: `Enter the address at Twilio if you have not: ${webhook.where}`,
        },
    ),
    !quiet_hours.is_enforced && {
      tone: 'warning',
      title: 'Quiet hours are off',
      text: 'Texts leave at any hour. That is possible only while the simulator is the carrier.',
    },
    !isReal && {
      tone: 'info',
      title: 'The carrier is a simulator',
      text: 'No text leaves this machine. Set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN and restart to text real people.',
    },
    model.is_offline && {
      tone: 'info',
      title: 'The model works offline, by rules',
      text: 'It is no language model. Set OPENAI_API_KEY, ANTHROPIC_API_KEY, CEREBRAS_API_KEY or OLLAMA_BASE_URL, and restart.',
    },
  ]
  const found = hints.filter((hint) => hint !== false)
  const isFine = found.every((hint) => hint.tone === 'info')
  return isFine
    ? [
        { tone: 'success', title: 'Everything that is needed is there', text: 'Database, carrier, senders and model.' },
        ...found,
      ]
    : found
}
