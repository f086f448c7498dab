import {
  Ban,
  Bell,
  Building2,
  CalendarDays,
  CircleDollarSign,
  Clock,
  Contact,
  Cpu,
  Gauge,
  Info,
  KeyRound,
  ListTree,
  type LucideIcon,
  Phone,
  Send,
  SlidersHorizontal,
  Webhook,
} from 'lucide-react'
import { type ComponentType, type LazyExoticComponent, lazy } from 'react'

export interface Section {
  id: string
  label: string
  description: string
  icon: LucideIcon
  content: LazyExoticComponent<ComponentType>
}

export const SECTIONS: [Section, ...Section[]] = [
  {
    id: 'senders',
    label: 'Senders',
    description: 'The numbers that texts leave from.',
    icon: Phone,
    content: lazy(() => import('./senders-section')),
  },
  {
    id: 'quiet-hours',
    label: 'Quiet hours',
    description: 'When texts may leave, by the lead’s own clock.',
    icon: Clock,
    content: lazy(() => import('./quiet-hours-section')),
  },
  {
    id: 'calendars',
    label: 'Calendars',
    description: 'When meetings may be, and where they are kept.',
    icon: CalendarDays,
    content: lazy(() => import('./calendars-section')),
  },
  {
    id: 'budget',
    label: 'Budgets',
    description: 'What models and campaigns may spend, and what they did.',
    icon: CircleDollarSign,
    content: lazy(() => import('./budgets/budgets-section')),
  },
  {
    id: 'models',
    label: 'Models',
    description: 'Who writes the texts, what it costs, and whether it answers.',
    icon: Cpu,
    content: lazy(() => import('./models/models-section')),
  },
  {
    id: 'model-calls',
    label: 'Model calls',
    description: 'Every attempt at a call, what it was for and what it took.',
    icon: ListTree,
    content: lazy(() => import('./model-calls/calls-section')),
  },
  {
    id: 'scoring',
    label: 'Scoring',
    description: 'Which leads are worth contacting first, learned from your own outcomes.',
    icon: Gauge,
    content: lazy(() => import('./scoring-section')),
  },
  {
    id: 'suppressions',
    label: 'Suppression list',
    description: 'Numbers that must not be contacted, and why.',
    icon: Ban,
    content: lazy(() => import('./suppressions-section')),
  },
  {
    id: 'companies',
    label: 'Companies',
    description: 'What is known about companies without asking a provider.',
    icon: Building2,
    content: lazy(() => import('./companies-section')),
  },
  {
    id: 'crm',
    label: 'CRM and sheets',
    description: 'Systems that leads are kept in step with.',
    icon: Contact,
    content: lazy(() => import('./crm-section')),
  },
  {
    id: 'notifications',
    label: 'Notifications',
    description: 'Who is told of what, and by which way.',
    icon: Bell,
    content: lazy(() => import('./notifications-section')),
  },
  {
    id: 'outgoing-webhooks',
    label: 'Outgoing webhooks',
    description: 'Other systems that are told of what happens here.',
    icon: Send,
    content: lazy(() => import('./outgoing-webhooks-section')),
  },
  {
    id: 'credentials',
    label: 'Credentials',
    description: 'Keys and passwords that steps of workflows send to other systems.',
    icon: KeyRound,
    content: lazy(() => import('./credentials-section')),
  },
  {
    id: 'webhooks',
    label: 'Carrier webhooks',
    description: 'The addresses at which the carrier reaches this installation.',
    icon: Webhook,
    content: lazy(() => import('./webhooks-section')),
  },
  {
    id: 'environment',
    label: 'All settings',
    description: 'What this installation runs with, and how to change it.',
    icon: SlidersHorizontal,
    content: lazy(() => import('./environment-section')),
  },
  {
    id: 'about',
    label: 'About',
    description: 'What runs here, and what stands in the way.',
    icon: Info,
    content: lazy(() => import('./about-section')),
  },
]
