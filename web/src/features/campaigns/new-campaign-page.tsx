import { Link, useNavigate } from '@tanstack/react-router'
import { ArrowRight } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { useCreateCampaign } from '@/api/campaigns'
import { ApiProblem } from '@/api/client'
import { Page } from '@/components/layout/page'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { Field } from '@/components/ui/field'
import { Input, Textarea } from '@/components/ui/input'
import { Notice } from '@/components/ui/states'
import { readStored, store } from '@/lib/storage'
import { Checklist } from './checklist'
import { SECTIONS, type SectionId, type SectionState } from './sections'

const KEY = 'draft.campaign.new'
const BLANK = { name: '', description: '', sender_name: '' }
const OPEN = Object.fromEntries(SECTIONS.map(({ id }) => [id, 'open'])) as Record<SectionId, SectionState>

/** The first section of a new campaign. With its name the draft exists, and everything after that saves itself. */
export function NewCampaignPage() {
  const navigate = useNavigate()
  const create = useCreateCampaign()
  const [form, setForm] = useState(() => ({ ...BLANK, ...readStored<Partial<typeof BLANK>>(KEY, {}) }))
  const [isMissing, setMissing] = useState(false)
  const problem = create.error instanceof ApiProblem ? create.error : null
  const set = (change: Partial<typeof BLANK>) => {
    const next = { ...form, ...change }
    setForm(next)
    store(KEY, next)
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setMissing(!form.name.trim())
    if (!form.name.trim()) return
    create.mutate(form, {
      onSuccess: (campaign) => {
        store(KEY, {})
        void navigate({
          to: '/campaigns/$campaignId/edit',
          params: { campaignId: campaign.id },
          hash: 'audience',
          replace: true,
        })
      },
    })
  }
  return (
    <Page
      title="New campaign"
      parent={
        <Link to="/campaigns" className="hover:underline">
          Campaigns
        </Link>
      }
    >
      <div className="flex flex-col gap-5 lg:flex-row lg:gap-8">
        <Checklist sections={SECTIONS} current="basics" states={OPEN} />
        <Card className="min-w-0 flex-1" aria-labelledby="section-title">
          <header className="border-b px-5 py-3.5">
            <h2 id="section-title" className="font-semibold text-[15px]">
              Basics
            </h2>
            <p className="text-[13px] text-muted-foreground">
              Give it a name; everything else can follow. The draft then saves itself as you write.
            </p>
          </header>
          <form onSubmit={submit} noValidate>
            <div className="grid gap-5 px-5 py-5">
              {problem && problem.fields.length === 0 && (
                <Notice tone="danger">
                  {problem.message} {problem.remedy}
                </Notice>
              )}
              <Field
                label="Name"
                required
                error={isMissing && !form.name.trim() ? 'The campaign needs a name.' : problem?.of('name')}
                hint="Only you and your colleagues see it."
              >
                {(control) => (
                  <Input
                    {...control}
                    autoFocus
                    value={form.name}
                    maxLength={200}
                    placeholder="Rooftop check, spring"
                    onChange={(event) => set({ name: event.target.value })}
                  />
                )}
              </Field>
              <Field
                label="What it is about"
                error={problem?.of('description')}
                hint="What you offer and what for. The texts and the agent's answers are written from this."
              >
                {(control) => (
                  <Textarea
                    {...control}
                    rows={5}
                    maxLength={5000}
                    value={form.description}
                    onChange={(event) => set({ description: event.target.value })}
                  />
                )}
              </Field>
              <Field
                label="Sender's name"
                error={problem?.of('sender_name')}
                hint="The person or brand that the texts speak for."
              >
                {(control) => (
                  <Input
                    {...control}
                    maxLength={120}
                    placeholder="Maya from Brightfield"
                    value={form.sender_name}
                    onChange={(event) => set({ sender_name: event.target.value })}
                  />
                )}
              </Field>
            </div>
            <footer className="flex items-center justify-end gap-2 border-t px-5 py-3">
              <Button variant="ghost" asChild>
                <Link to="/campaigns">Cancel</Link>
              </Button>
              <Button type="submit" variant="primary" isBusy={create.isPending}>
                Create the draft <ArrowRight />
              </Button>
            </footer>
          </form>
        </Card>
      </div>
    </Page>
  )
}
