import { Link } from '@tanstack/react-router'
import {
  CircleX,
  Copy,
  Download,
  type LucideIcon,
  MoreHorizontal,
  Pause,
  Pencil,
  Play,
  RotateCcw,
  Trash2,
} from 'lucide-react'
import type { Campaign } from '@/api/campaigns'
import { Button, type ButtonProps } from '@/components/ui/button'
import { Menu, MenuContent, MenuItem, MenuSeparator, MenuTrigger } from '@/components/ui/menu'
import { formatNumber } from '@/lib/format'
import { type Verb, verbsOf } from './states'

const MAIN: Partial<Record<Verb, { label: string; icon: LucideIcon }>> = {
  start: { label: 'Start', icon: Play },
  pause: { label: 'Pause', icon: Pause },
  resume: { label: 'Resume', icon: Play },
}

const MENU: { verb: Verb; label: string; icon: LucideIcon; isDangerous?: boolean }[] = [
  { verb: 'edit', label: 'Edit', icon: Pencil },
  { verb: 'duplicate', label: 'Duplicate', icon: Copy },
  { verb: 'export', label: 'Export results (CSV)', icon: Download },
  { verb: 'retry', label: 'Retry failed', icon: RotateCcw },
  { verb: 'cancel', label: 'Cancel …', icon: CircleX, isDangerous: true },
  { verb: 'delete', label: 'Delete', icon: Trash2, isDangerous: true },
]

interface VerbProps {
  campaign: Campaign
  run: (verb: Verb) => void
  busy: Verb | null
  size?: ButtonProps['size']
}

/** The one thing that is usually wanted in this state: start, pause or resume. */
export function MainVerb({ campaign, run, busy, size }: VerbProps) {
  const verb = verbsOf(campaign).find((candidate) => candidate in MAIN)
  const shown = verb && MAIN[verb]
  if (!verb || !shown) return null
  const Icon = shown.icon
  return (
    <Button
      size={size ?? 'md'}
      variant={verb === 'pause' ? 'secondary' : 'primary'}
      isBusy={busy === verb}
      aria-label={`${shown.label} ${campaign.name}`}
      onClick={() => run(verb)}
    >
      {busy !== verb && <Icon />} {shown.label}
    </Button>
  )
}

/** Everything else that may be done in this state. */
export function VerbMenu({ campaign, run, without = [] }: Omit<VerbProps, 'busy'> & { without?: Verb[] }) {
  const legal = verbsOf(campaign).filter((verb) => !without.includes(verb))
  const ordinary = MENU.filter((entry) => legal.includes(entry.verb) && !entry.isDangerous)
  const dangerous = MENU.filter((entry) => legal.includes(entry.verb) && entry.isDangerous)
  const item = ({ verb, label, icon: Icon, isDangerous }: (typeof MENU)[number]) => (
    <MenuItem key={verb} isDangerous={isDangerous ?? false} onSelect={() => run(verb)}>
      <Icon aria-hidden /> {verb === 'retry' ? `${label} (${formatNumber(campaign.stats.failed)})` : label}
    </MenuItem>
  )
  return (
    <Menu>
      <MenuTrigger asChild>
        <Button variant="ghost" size="icon" aria-label={`More for ${campaign.name}`}>
          <MoreHorizontal />
        </Button>
      </MenuTrigger>
      <MenuContent>
        {ordinary.map(item)}
        {ordinary.length > 0 && dangerous.length > 0 && <MenuSeparator />}
        {dangerous.map(item)}
      </MenuContent>
    </Menu>
  )
}

/** A campaign's name as the way to it: a draft is opened where it is written. */
export function CampaignLink({ campaign, className }: { campaign: Campaign; className?: string }) {
  const params = { campaignId: campaign.id }
  return campaign.status === 'draft' ? (
    <Link to="/campaigns/$campaignId/edit" params={params} className={className}>
      {campaign.name}
    </Link>
  ) : (
    <Link to="/campaigns/$campaignId" params={params} className={className}>
      {campaign.name}
    </Link>
  )
}
