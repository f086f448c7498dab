import { Link, useNavigate } from '@tanstack/react-router'
import { ArrowRight, Check, Megaphone, MessagesSquare, PackageOpen, Upload } from 'lucide-react'
import type { ReactNode } from 'react'
import { type SetupState, useLoadDemo } from '@/api/setup'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { cn } from '@/lib/cn'
import { toastProblem } from '@/lib/toast'

/** What an installation that has sent nothing yet says: three steps, what is done, and what it runs with. */
export function FirstRun({ setup }: { setup: SetupState }) {
  const isEmpty = !setup.has_leads && !setup.has_campaigns
  const steps = [
    {
      icon: Upload,
      title: 'Import leads',
      text: 'A CSV or Excel file with names and phone numbers. You see every column and every rejected row first.',
      isDone: setup.has_leads,
      action: <Link to="/leads/import">Import leads</Link>,
    },
    {
      icon: Megaphone,
      title: 'Write a campaign',
      text: 'Say what you offer and who speaks; look at the texts for real leads, try it on a few, then start it.',
      isDone: setup.has_campaigns,
      action: <Link to="/campaigns/new">Write a campaign</Link>,
    },
    {
      icon: MessagesSquare,
      title: 'Watch and answer',
      text: 'Agents answer replies and leave to you what needs a person. Play a lead yourself with the handset.',
      isDone: setup.has_sent,
      action: setup.has_campaigns ? (
        <Link to="/campaigns">Start a campaign</Link>
      ) : (
        <Link to="/handset">See the handset</Link>
      ),
    },
  ]
  const next = steps.findIndex((step) => !step.isDone)
  return (
    <div className="grid gap-4">
      <Card className="p-5 md:p-6">
        <div className="flex flex-wrap items-start gap-4">
          <div className="min-w-0 flex-1 basis-80">
            <h2 className="font-semibold text-lg tracking-tight">{isEmpty ? 'Welcome to Outrider' : 'Nearly there'}</h2>
            <p className="mt-1 max-w-2xl text-pretty text-muted-foreground text-sm">
              Agents text your leads, hold the conversation, find out who fits and hand over to you. Three steps lead to
              the first reply.
            </p>
          </div>
          {setup.can_load_demo && <DemoOffer />}
        </div>
        <ol className="mt-5 grid gap-3 lg:grid-cols-3">
          {steps.map((step, index) => (
            <Step key={step.title} number={index + 1} isNext={index === next} {...step} />
          ))}
        </ol>
      </Card>
      <RunsWith setup={setup} />
    </div>
  )
}

function DemoOffer() {
  const navigate = useNavigate()
  const loading = useLoadDemo()
  // The offer is gone as soon as the data is there; what follows must not depend on it.
  const load = () =>
    loading
      .mutateAsync()
      .then(
        (demo) => navigate({ to: '/campaigns/$campaignId', params: { campaignId: demo.campaign_id } }),
        toastProblem,
      )
  return (
    <div className="w-full rounded-lg bg-primary-soft p-3 sm:w-72">
      <p className="font-medium text-[13px] text-primary-text">Just looking around?</p>
      <p className="mt-0.5 mb-2.5 text-[13px] text-primary-text">
        Load fictional leads and a draft campaign, start it and watch everything move. Nobody real is contacted.
      </p>
      <Button variant="primary" isBusy={loading.isPending} onClick={load}>
        <PackageOpen /> Load demo data
      </Button>
    </div>
  )
}

interface StepProps {
  number: number
  icon: typeof Upload
  title: string
  text: string
  isDone: boolean
  isNext: boolean
  action: ReactNode
}

function Step({ number, icon: Icon, title, text, isDone, isNext, action }: StepProps) {
  return (
    <li className={cn('flex flex-col rounded-lg border p-4', isNext && 'border-primary')}>
      <div className="flex items-center gap-2.5">
        <span
          className={cn(
            'grid size-7 shrink-0 place-items-center rounded-full bg-accent font-semibold text-[13px] text-muted-foreground',
            isDone && 'bg-success-soft text-success-text',
            isNext && 'bg-primary text-primary-foreground',
          )}
          aria-hidden
        >
          {isDone ? <Check className="size-4" /> : number}
        </span>
        <h3 className="font-semibold text-sm">
          {title}
          {isDone && <span className="sr-only"> (done)</span>}
        </h3>
        <Icon className="ml-auto size-4 text-muted-foreground" aria-hidden />
      </div>
      <p className="mt-2 flex-1 text-[13px] text-muted-foreground">{text}</p>
      <Button asChild variant={isNext ? 'primary' : 'secondary'} className="mt-3 w-fit">
        {action}
      </Button>
    </li>
  )
}

/** Who plays the carrier and who writes: said plainly, with the way to change it. */
function RunsWith({ setup }: { setup: SetupState }) {
  return (
    <div className="grid gap-4 lg:grid-cols-2">
      <Card className="p-4">
        <h2 className="font-semibold text-sm">
          {setup.carrier === 'simulator' ? 'The carrier is a simulator' : 'Texts leave through Twilio'}
        </h2>
        <p className="mt-1 text-[13px] text-muted-foreground">
          {setup.carrier === 'simulator'
            ? 'No text leaves this machine. Simulated people receive them, reply, opt out or stay silent, and you can read along in the handset. To text real people set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN and restart.'
            : 'Starting a campaign contacts real people, within the quiet hours of where they live.'}
        </p>
        <SettingsLink section="webhooks">Addresses to enter at the carrier</SettingsLink>
      </Card>
      <Card className="p-4">
        <h2 className="font-semibold text-sm">
          {setup.model_is_offline ? 'The model works offline, by rules' : `Texts are written by ${setup.model}`}
        </h2>
        <p className="mt-1 text-[13px] text-muted-foreground">
          {setup.model_is_offline
            ? 'It fills in your template and answers by rules. It costs nothing and is no language model. For texts that a language model writes set OPENAI_API_KEY, ANTHROPIC_API_KEY, CEREBRAS_API_KEY or, for a server of your own, OLLAMA_BASE_URL or OPENAI_BASE_URL, and restart.'
            : 'Every call is counted with its tokens and its cost. Try the model before you start.'}
        </p>
        <SettingsLink section="models">{setup.model_is_offline ? 'Models' : 'Test the model'}</SettingsLink>
      </Card>
    </div>
  )
}

function SettingsLink({ section, children }: { section: string; children: string }) {
  return (
    <Link
      to="/settings/$section"
      params={{ section }}
      className="mt-2 inline-flex items-center gap-1 font-medium text-[13px] text-primary-text underline-offset-4 hover:underline"
    >
      {children} <ArrowRight className="size-3.5" aria-hidden />
    </Link>
  )
}
