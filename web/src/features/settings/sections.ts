import {
  Ban,
  CircleDollarSign,
  Clock,
  Cpu,
  Info,
  type LucideIcon,
  Phone,
  SlidersHorizontal,
  Webhook,
} from 'lucide-react'
import { type ComponentType, type LazyExoticComponent, lazy } from 'react'

export interface Section {
  id: string
  label: string
  icon: LucideIcon
  content: LazyExoticComponent<ComponentType>
}

export const SECTIONS: [Section, ...Section[]] = [
  { id: 'senders', label: 'Senders', icon: Phone, content: lazy(() => import('./senders-section')) },
  { id: 'quiet-hours', label: 'Quiet hours', icon: Clock, content: lazy(() => import('./quiet-hours-section')) },
  { id: 'budget', label: 'Budget', icon: CircleDollarSign, content: lazy(() => import('./budget-section')) },
  { id: 'models', label: 'Models', icon: Cpu, content: lazy(() => import('./models-section')) },
  { id: 'suppressions', label: 'Suppression list', icon: Ban, content: lazy(() => import('./suppressions-section')) },
  { id: 'webhooks', label: 'Webhooks', icon: Webhook, content: lazy(() => import('./webhooks-section')) },
  {
    id: 'environment',
    label: 'All settings',
    icon: SlidersHorizontal,
    content: lazy(() => import('./environment-section')),
  },
  { id: 'about', label: 'About', icon: Info, content: lazy(() => import('./about-section')) },
]
