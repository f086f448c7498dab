import {
  Calendar,
  Clock,
  Flag,
  GitBranch,
  type LucideIcon,
  MessageSquare,
  Phone,
  Play,
  Search,
  Square,
  UserCheck,
  Users,
} from 'lucide-react'

/** Icons that node specifications name; only these are loaded. */
const ICONS: Record<string, LucideIcon> = {
  calendar: Calendar,
  clock: Clock,
  flag: Flag,
  'git-branch': GitBranch,
  'message-square': MessageSquare,
  phone: Phone,
  play: Play,
  search: Search,
  'user-check': UserCheck,
  users: Users,
}

export function NodeIcon({ name, className }: { name: string | undefined; className?: string }) {
  const Icon = ICONS[name ?? ''] ?? Square
  return <Icon className={className} aria-hidden />
}
