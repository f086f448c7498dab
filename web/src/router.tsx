/** Every address of the application. Routes are thin: a search schema and a lazily loaded page. */
import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router'
import { NotFound } from '@/components/layout/not-found'
import { PageError } from '@/components/layout/page-error'
import { Shell } from '@/components/layout/shell'
import {
  agentSearch,
  agentsSearch,
  approvalsSearch,
  campaignSearch,
  campaignsSearch,
  conversationsSearch,
  dashboardSearch,
  evalSearch,
  handsetSearch,
  importSearch,
  jobsSearch,
  leadsSearch,
  runSearch,
  runsSearch,
  settingsSearch,
  workflowEditSearch,
  workflowSearch,
} from '@/features/search'

const root = createRootRoute({ component: Shell })

/** A path parameter that is a number. */
function numeric<Name extends string>(name: Name) {
  return {
    parse: (raw: Record<Name, string>) => ({ [name]: Number(raw[name]) }) as Record<Name, number>,
    stringify: (params: Record<Name, number>) => ({ [name]: String(params[name]) }) as Record<Name, string>,
  }
}

const dashboard = createRoute({
  getParentRoute: () => root,
  path: '/',
  validateSearch: dashboardSearch,
  component: lazyRouteComponent(() => import('@/features/dashboard/dashboard-page'), 'DashboardPage'),
})
const campaigns = createRoute({
  getParentRoute: () => root,
  path: '/campaigns',
  validateSearch: campaignsSearch,
  component: lazyRouteComponent(() => import('@/features/campaigns/campaigns-page'), 'CampaignsPage'),
})
const newCampaign = createRoute({
  getParentRoute: () => root,
  path: '/campaigns/new',
  component: lazyRouteComponent(() => import('@/features/campaigns/campaign-edit-page'), 'NewCampaignPage'),
})
const campaign = createRoute({
  getParentRoute: () => root,
  path: '/campaigns/$campaignId',
  params: numeric('campaignId'),
  validateSearch: campaignSearch,
  component: lazyRouteComponent(() => import('@/features/campaigns/campaign-detail-page'), 'CampaignDetailPage'),
})
const editCampaign = createRoute({
  getParentRoute: () => root,
  path: '/campaigns/$campaignId/edit',
  params: numeric('campaignId'),
  component: lazyRouteComponent(() => import('@/features/campaigns/campaign-edit-page'), 'CampaignEditPage'),
})
const leads = createRoute({
  getParentRoute: () => root,
  path: '/leads',
  validateSearch: leadsSearch,
  component: lazyRouteComponent(() => import('@/features/leads/leads-page'), 'LeadsPage'),
})
const importLeads = createRoute({
  getParentRoute: () => root,
  path: '/leads/import',
  validateSearch: importSearch,
  component: lazyRouteComponent(() => import('@/features/leads/import-page'), 'ImportPage'),
})
const lead = createRoute({
  getParentRoute: () => root,
  path: '/leads/$leadId',
  params: numeric('leadId'),
  component: lazyRouteComponent(() => import('@/features/leads/lead-page'), 'LeadPage'),
})
const conversations = createRoute({
  getParentRoute: () => root,
  path: '/conversations',
  validateSearch: conversationsSearch,
  component: lazyRouteComponent(() => import('@/features/conversations/conversations-page'), 'ConversationsPage'),
})
const approvals = createRoute({
  getParentRoute: () => root,
  path: '/approvals',
  validateSearch: approvalsSearch,
  component: lazyRouteComponent(() => import('@/features/approvals/approvals-page'), 'ApprovalsPage'),
})
const handset = createRoute({
  getParentRoute: () => root,
  path: '/handset',
  validateSearch: handsetSearch,
  component: lazyRouteComponent(() => import('@/features/handset/handset-page'), 'HandsetPage'),
})
const agents = createRoute({
  getParentRoute: () => root,
  path: '/agents',
  validateSearch: agentsSearch,
  component: lazyRouteComponent(() => import('@/features/agents/agents-page'), 'AgentsPage'),
})
const agent = createRoute({
  getParentRoute: () => root,
  path: '/agents/$agentKey',
  validateSearch: agentSearch,
  component: lazyRouteComponent(() => import('@/features/agents/agent-page'), 'AgentPage'),
})
const workflows = createRoute({
  getParentRoute: () => root,
  path: '/workflows',
  component: lazyRouteComponent(() => import('@/features/workflows/workflows-page'), 'WorkflowsPage'),
})
const workflow = createRoute({
  getParentRoute: () => root,
  path: '/workflows/$workflowId',
  params: numeric('workflowId'),
  validateSearch: workflowSearch,
  component: lazyRouteComponent(() => import('@/features/workflows/workflow-page'), 'WorkflowPage'),
})
const editWorkflow = createRoute({
  getParentRoute: () => root,
  path: '/workflows/$workflowId/edit',
  params: numeric('workflowId'),
  validateSearch: workflowEditSearch,
  component: lazyRouteComponent(() => import('@/features/workflows/workflow-builder'), 'WorkflowBuilder'),
})
const runs = createRoute({
  getParentRoute: () => root,
  path: '/runs',
  validateSearch: runsSearch,
  component: lazyRouteComponent(() => import('@/features/runs/runs-page'), 'RunsPage'),
})
const run = createRoute({
  getParentRoute: () => root,
  path: '/runs/$runId',
  params: numeric('runId'),
  validateSearch: runSearch,
  component: lazyRouteComponent(() => import('@/features/runs/run-page'), 'RunPage'),
})
const jobs = createRoute({
  getParentRoute: () => root,
  path: '/jobs',
  validateSearch: jobsSearch,
  component: lazyRouteComponent(() => import('@/features/jobs/jobs-page'), 'JobsPage'),
})
const evals = createRoute({
  getParentRoute: () => root,
  path: '/evals',
  component: lazyRouteComponent(() => import('@/features/evals/evals-page'), 'EvalsPage'),
})
const evalRun = createRoute({
  getParentRoute: () => root,
  path: '/evals/$runId',
  params: numeric('runId'),
  validateSearch: evalSearch,
  component: lazyRouteComponent(() => import('@/features/evals/eval-page'), 'EvalPage'),
})
const settings = createRoute({
  getParentRoute: () => root,
  path: '/settings',
  component: lazyRouteComponent(() => import('@/features/settings/settings-page'), 'SettingsPage'),
})
const settingsSection = createRoute({
  getParentRoute: () => root,
  path: '/settings/$section',
  validateSearch: settingsSearch,
  component: lazyRouteComponent(() => import('@/features/settings/settings-page'), 'SettingsPage'),
})

export const router = createRouter({
  routeTree: root.addChildren([
    dashboard,
    campaigns,
    newCampaign,
    campaign,
    editCampaign,
    leads,
    importLeads,
    lead,
    conversations,
    approvals,
    handset,
    agents,
    agent,
    workflows,
    workflow,
    editWorkflow,
    runs,
    run,
    jobs,
    evals,
    evalRun,
    settings,
    settingsSection,
  ]),
  defaultPreload: 'intent',
  // Each route has a boundary of its own, within the shell.
  defaultErrorComponent: PageError,
  defaultNotFoundComponent: NotFound,
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
