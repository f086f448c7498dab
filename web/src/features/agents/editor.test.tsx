import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { fireEvent, render, screen, waitFor } from '@testing-library/react'
import { describe, expect, it, vi } from 'vitest'
import type { Agent } from '@/api/agents'
import { answerBy } from '@/test/server'
import { AgentEditor } from './editor'

vi.mock('@tanstack/react-router', async (original) => ({
  ...(await original<typeof import('@tanstack/react-router')>()),
  useBlocker: () => ({ status: 'idle' }),
}))

// Its preview lives by the address.
vi.mock('./prompt-editor', () => ({ PromptEditor: () => null }))

const agent: Agent = {
  id: 7,
  name: 'Maya',
  agent_type: 'conversation',
  description: 'Ours',
  system_prompt: 'You are Maya.',
  model: null,
  temperature: 0.7,
  tools: [],
  guardrails: {
    most_characters: 320,
    allowed_links: [],
    forbidden_phrases: [],
    escalate_below_confidence: 0.35,
    most_failures: 2,
    disclose_ai: 'when_asked',
  },
  revision: 1,
  changed_by: 'Ann',
  changed_at: '2026-01-05T09:00:00Z',
  published: 1,
  has_changes: false,
  is_default: false,
  warnings: [],
  created_at: '2026-01-05T09:00:00Z',
  updated_at: '2026-01-05T09:00:00Z',
}
const theirs: Agent = { ...agent, revision: 2, description: 'Theirs', changed_by: 'Pat' }

function shown() {
  const saved: Record<string, unknown>[] = []
  answerBy(async (request) => {
    if (request.method !== 'PATCH') return Response.json([], { status: 200 })
    const body = (await request.json()) as Record<string, unknown>
    saved.push(body)
    if (body.revision !== 2)
      return Response.json(
        {
          type: 'urn:outrider:problem:agent-edited-meanwhile',
          title: 'Changed by somebody else meanwhile',
          detail: 'Pat changed this agent.',
          revision: 2,
        },
        { status: 409 },
      )
    return Response.json({ ...theirs, ...body, revision: 3 })
  })
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  const page = (of: Agent) => (
    <QueryClientProvider client={client}>
      <AgentEditor agent={of} />
    </QueryClientProvider>
  )
  const { rerender } = render(page(agent))
  return { saved, becomes: (of: Agent) => rerender(page(of)) }
}

const field = (name: string) => screen.getByRole('textbox', { name: new RegExp(`^${name}`) }) as HTMLInputElement
const write = (name: string, value: string) => fireEvent.input(field(name), { target: { value } })

describe('a draft that somebody else changes meanwhile', () => {
  it('is shown at once where nothing was typed', async () => {
    const { becomes } = shown()
    becomes(theirs)
    await waitFor(() => expect(field('Description').value).toBe('Theirs'))
    expect(screen.queryByRole('button', { name: 'Keep mine' })).toBeNull()
  })

  it('asks whose is to stay, and keeps mine over theirs', async () => {
    const { becomes, saved } = shown()
    write('Name', 'Mine')
    await screen.findByText('Changes that are not saved yet.')
    becomes(theirs)
    const alert = await screen.findByRole('alert')
    expect(alert.textContent).toContain('Pat')
    expect(alert.textContent).toContain('description')
    expect(field('Name').value).toBe('Mine')
    fireEvent.click(screen.getByRole('button', { name: 'Keep mine' }))
    await waitFor(() => expect(saved).toHaveLength(1))
    expect(saved[0]).toMatchObject({ name: 'Mine', description: 'Theirs', revision: 2 })
  })

  it('loads theirs when that is chosen', async () => {
    const { becomes, saved } = shown()
    write('Name', 'Mine')
    await screen.findByText('Changes that are not saved yet.')
    becomes(theirs)
    fireEvent.click(await screen.findByRole('button', { name: 'Load theirs' }))
    expect(field('Name').value).toBe('Maya')
    expect(field('Description').value).toBe('Theirs')
    expect(saved).toHaveLength(0)
  })

  it('is refused when the news comes late, and nothing typed is lost', async () => {
    const { becomes, saved } = shown()
    write('Name', 'Mine')
    fireEvent.click(await screen.findByRole('button', { name: 'Save draft' }))
    await waitFor(() => expect(saved).toHaveLength(1))
    expect(saved[0]).toMatchObject({ revision: 1 })
    becomes(theirs)
    fireEvent.click(await screen.findByRole('button', { name: 'Keep mine' }))
    await waitFor(() => expect(saved).toHaveLength(2))
    expect(saved[1]).toMatchObject({ name: 'Mine', revision: 2 })
  })
})
