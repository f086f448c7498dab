import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useBlocker, useLocation, useNavigate } from '@tanstack/react-router'
import { ArrowRight, Check, CloudOff, LoaderCircle, Rocket } from 'lucide-react'
import { useState } from 'react'
import { type Campaign, campaignQuery, preflightQuery } from '@/api/campaigns'
import { leadValuesQuery } from '@/api/leads'
import { Page } from '@/components/layout/page'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { Confirm } from '@/components/ui/dialog'
import { ErrorState, Notice, Skeleton } from '@/components/ui/states'
import { useShortcuts } from '@/lib/shortcuts'
import { CampaignStatus } from './campaign-card'
import { Checklist } from './checklist'
import { type DraftField, isEditable } from './draft'
import { AudienceSection } from './section-audience'
import { BasicsSection } from './section-basics'
import { BudgetSection } from './section-budget'
import { MessageSection } from './section-message'
import { ReviewSection } from './section-review'
import { ScheduleSection } from './section-schedule'
import { WorkflowSection } from './section-workflow'
import { canStart, isSection, issuesOf, nextSection, SECTIONS, type SectionId, sectionStates } from './sections'
import { StartDialog } from './start-dialog'
import { hasEnded } from './states'
import { type DraftForm, useDraft } from './use-draft'
import { useVerbs } from './use-verbs'
import { VerbMenu } from './verb-buttons'

export { NewCampaignPage } from './new-campaign-page'

const route = getRouteApi('/campaigns/$campaignId/edit')
const NONE: string[] = []

export function CampaignEditPage() {
  const { campaignId } = route.useParams()
  const { data: campaign, error, refetch } = useQuery(campaignQuery(campaignId))
  // A draft of another campaign must not be taken over.
  if (campaign) return <Editor key={campaignId} campaign={campaign} />
  return (
    <Page title="Campaign" parent={<Link to="/campaigns">Campaigns</Link>}>
      {error ? <ErrorState error={error} onRetry={refetch} /> : <Skeleton className="h-96" />}
    </Page>
  )
}

function Editor({ campaign }: { campaign: Campaign }) {
  const navigate = useNavigate()
  const form = useDraft(campaign)
  const verbs = useVerbs(campaign, () => void navigate({ to: '/campaigns' }))
  const [isStarting, setStarting] = useState(false)
  const isDraft = campaign.status === 'draft'
  const attributes = useQuery(leadValuesQuery('attributes')).data?.values ?? NONE
  const preflight = useQuery({ ...preflightQuery(campaign.id), enabled: isDraft })
  const issues = issuesOf(form.draft, attributes, isDraft ? preflight.data : undefined)
  const states = sectionStates(issues, !isDraft || preflight.data !== undefined)
  const sections = isDraft ? SECTIONS : SECTIONS.filter(({ id }) => id !== 'review')
  const hash = useLocation({ select: (location) => location.hash })
  const current = isSection(hash) && sections.some(({ id }) => id === hash) ? hash : 'basics'
  const isReady = isDraft && canStart(issues, preflight.data)
  const goTo = (id: SectionId) => void navigate({ to: '.', hash: id, replace: true, hashScrollIntoView: false })

  const start = async () => {
    if (await form.save()) setStarting(true)
  }
  useShortcuts([
    { keys: 'mod+s', label: 'Save now', group: 'Campaign', always: true, run: () => void form.save() },
    ...sections.map(({ id, title }, index) => ({
      keys: String(index + 1),
      label: title,
      group: 'Campaign',
      run: () => goTo(id),
    })),
  ])
  const section = SECTIONS.find(({ id }) => id === current) ?? SECTIONS[0]
  const following = isDraft ? nextSection(current) : undefined
  const isLocked = (field: DraftField) => !isEditable(field, campaign.status)
  const props = { campaign, form, isLocked }

  return (
    <Page
      title={form.draft.name.trim() || 'Campaign without a name'}
      parent={
        <Link to="/campaigns" className="hover:underline">
          Campaigns
        </Link>
      }
      mark={
        <>
          <CampaignStatus campaign={campaign} />
          <SaveMark form={form} />
        </>
      }
      actions={
        <>
          {!isDraft && (
            <Button asChild>
              <Link to="/campaigns/$campaignId" params={{ campaignId: campaign.id }}>
                To the campaign
              </Link>
            </Button>
          )}
          <VerbMenu campaign={campaign} run={verbs.run} without={['edit', 'start']} />
          {isDraft && (
            <Button
              variant="primary"
              disabled={!isReady}
              title={isReady ? undefined : 'Put right what stands in the way first'}
              onClick={() => void start()}
            >
              <Rocket /> Start
            </Button>
          )}
        </>
      }
    >
      <div className="flex flex-col gap-5 lg:flex-row lg:gap-8">
        <Checklist sections={sections} current={current} states={states} campaignId={campaign.id} />
        <Card className="min-w-0 flex-1" aria-labelledby="section-title">
          <header className="border-b px-5 py-3.5">
            <h2 id="section-title" className="font-semibold text-[15px]">
              {section.title}
            </h2>
            <p className="text-[13px] text-muted-foreground">{section.about}</p>
          </header>
          <div className="grid grid-cols-1 gap-5 px-5 py-5">
            {form.failure && (
              <Notice
                tone="danger"
                icon={CloudOff}
                actions={
                  <Button size="sm" onClick={() => void form.save()}>
                    Save again
                  </Button>
                }
              >
                Not saved: {form.failure.message} {form.failure.remedy} What you wrote is kept in this browser.
              </Notice>
            )}
            {hasEnded(campaign.status) && (
              <Notice>The campaign has ended and can't be changed any more. Duplicate it to change the copy.</Notice>
            )}
            {current === 'basics' && <BasicsSection {...props} />}
            {current === 'audience' && <AudienceSection {...props} />}
            {current === 'message' && (
              <MessageSection {...props} usesTemplate={preflight.data?.uses_template ?? true} />
            )}
            {current === 'workflow' && <WorkflowSection {...props} />}
            {current === 'schedule' && <ScheduleSection {...props} />}
            {current === 'budget' && <BudgetSection {...props} preflight={preflight.data} />}
            {current === 'review' && (
              <ReviewSection
                campaign={campaign}
                issues={issues}
                preflight={preflight.data}
                error={preflight.error}
                onRetry={preflight.refetch}
                save={form.save}
              />
            )}
          </div>
          {isDraft && (
            <footer className="flex justify-end border-t px-5 py-3">
              {following ? (
                <Button variant="primary" onClick={() => goTo(following.id)}>
                  {following.title} <ArrowRight />
                </Button>
              ) : (
                <Button variant="primary" disabled={!isReady} onClick={() => void start()}>
                  <Rocket /> Start the campaign
                </Button>
              )}
            </footer>
          )}
        </Card>
      </div>
      <StartDialog campaign={campaign} open={isStarting} onOpenChange={setStarting} />
      {verbs.dialogs}
      <LeaveGuard form={form} />
    </Page>
  )
}

/** Whether what is on the screen is stored. */
function SaveMark({ form }: { form: DraftForm }) {
  const marks = {
    saved: { icon: Check, words: 'Saved', ink: 'text-muted-foreground' },
    dirty: { icon: LoaderCircle, words: 'Not saved yet', ink: 'text-muted-foreground' },
    saving: { icon: LoaderCircle, words: 'Saving …', ink: 'text-muted-foreground' },
    failed: { icon: CloudOff, words: 'Not all is saved', ink: 'text-danger-text' },
  }
  const { icon: Icon, words, ink } = marks[form.state]
  return (
    <span role="status" className={`flex items-center gap-1 text-[13px] ${ink}`}>
      <Icon className={form.state === 'saving' ? 'size-3.5 animate-spin' : 'size-3.5'} aria-hidden />
      {words}
    </span>
  )
}

/** Stores what is left when one goes, and asks only if that fails. */
function LeaveGuard({ form }: { form: DraftForm }) {
  const blocker = useBlocker({
    shouldBlockFn: async ({ current, next }) => {
      if (current.pathname === next.pathname || form.state === 'saved') return false
      return !(await form.save())
    },
    enableBeforeUnload: () => form.state !== 'saved',
    withResolver: true,
  })
  return (
    <Confirm
      open={blocker.status === 'blocked'}
      onOpenChange={(open) => !open && blocker.reset?.()}
      title="Leave with changes that are not saved?"
      description={<p>They stay in this browser and are there again when you come back to this campaign.</p>}
      action="Leave"
      stay="Keep editing"
      onConfirm={() => blocker.proceed?.()}
    />
  )
}
