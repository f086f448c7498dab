/** Where a fact is from, in words for people. */
import { humanize } from './format'

const NAMES: Record<string, string> = {
  lead: 'our record',
  local: 'our own data',
  apollo: 'Apollo',
  website: 'their website',
}

export const providerName = (provider: string): string => NAMES[provider] ?? humanize(provider)

const CHANNELS: Record<string, string> = { sms: 'Text', email: 'E-mail', call: 'Call' }

/** A channel of a planned step. */
export const channelName = (channel: string): string => CHANNELS[channel] ?? humanize(channel)
