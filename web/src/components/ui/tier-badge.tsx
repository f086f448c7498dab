import { Badge, type Tone } from './badge'

const TONES: Record<string, Tone> = { A: 'success', B: 'info', C: 'warning', D: 'neutral' }

/** A lead's tier, in the same colour everywhere. */
export const TierBadge = ({ tier }: { tier: string }) => <Badge tone={TONES[tier] ?? 'neutral'}>{tier}</Badge>
