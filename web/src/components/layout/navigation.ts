import {
  Bot,
  CheckCheck,
  FlaskConical,
  Inbox,
  LayoutDashboard,
  ListTodo,
  type LucideIcon,
  Megaphone,
  Route,
  Settings,
  Smartphone,
  Users,
  Workflow,
} from 'lucide-react'

export interface Place {
  to:
    | '/'
    | '/campaigns'
    | '/leads'
    | '/conversations'
    | '/approvals'
    | '/handset'
    | '/agents'
    | '/workflows'
    | '/runs'
    | '/jobs'
    | '/evals'
    | '/settings'
  label: string
  icon: LucideIcon
  /** `g` and this key lead here. */
  key: string
}

export const PLACES: Place[] = [
  { to: '/', label: 'Dashboard', icon: LayoutDashboard, key: 'd' },
  { to: '/campaigns', label: 'Campaigns', icon: Megaphone, key: 'c' },
  { to: '/leads', label: 'Leads', icon: Users, key: 'l' },
  { to: '/conversations', label: 'Conversations', icon: Inbox, key: 'i' },
  { to: '/approvals', label: 'Approvals', icon: CheckCheck, key: 'p' },
  { to: '/handset', label: 'Handset', icon: Smartphone, key: 'h' },
]

export const MORE_PLACES: Place[] = [
  { to: '/agents', label: 'Agents', icon: Bot, key: 'a' },
  { to: '/workflows', label: 'Workflows', icon: Workflow, key: 'w' },
  { to: '/runs', label: 'Runs', icon: Route, key: 'r' },
  { to: '/evals', label: 'Evals', icon: FlaskConical, key: 'e' },
  { to: '/jobs', label: 'Jobs', icon: ListTodo, key: 'j' },
  { to: '/settings', label: 'Settings', icon: Settings, key: 's' },
]
