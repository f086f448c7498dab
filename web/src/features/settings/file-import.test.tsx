import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import type { ReactNode } from 'react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { ImportCompanies } from './import-companies'
import { ImportSuppressions } from './import-suppressions'

const FILE = new File(['phone\n1'], 'numbers.csv', { type: 'text/csv' })

/** Uploads are answered like this; returns what was sent. */
function answerUploads(status: number, answer: object): FormData[] {
  const sent: FormData[] = []
  class Uploading {
    upload = {}
    status = status
    responseText = JSON.stringify(answer)
    onload = () => {}
    open() {}
    send(form: FormData) {
      sent.push(form)
      this.onload()
    }
  }
  vi.stubGlobal('XMLHttpRequest', Uploading)
  return sent
}

function show(dialog: ReactNode) {
  render(<QueryClientProvider client={new QueryClient()}>{dialog}</QueryClientProvider>)
}

afterEach(() => vi.unstubAllGlobals())

describe('FileImport', () => {
  it('sends the file with its reason and shows the lines that were left out', async () => {
    const rejected = [{ line: 3, value: 'nobody', problem: 'is no number' }]
    const sent = answerUploads(200, { added: 2, already_suppressed: 1, rejected_count: 1, rejected })
    show(<ImportSuppressions onClose={() => {}} />)
    const action = screen.getByRole('button', { name: 'Suppress numbers' })
    expect(action).toHaveProperty('disabled', true)
    await userEvent.upload(screen.getByLabelText(/File/), FILE)
    await userEvent.selectOptions(screen.getByLabelText('Reason'), 'complaint')
    await userEvent.click(action)
    expect((await screen.findByRole('status')).textContent).toMatch(/2 numbers added; 1 number on the list before/)
    expect(screen.getByText('Line 3').parentElement?.textContent).toBe('Line 3nobodyis no number')
    expect(sent[0]?.get('file')).toBeInstanceOf(File)
    expect(sent[0]?.get('reason')).toBe('complaint')
    expect(screen.getByRole('button', { name: 'Done' })).toBeTruthy()
  })

  it('keeps the file that was refused and says at the field what to do', async () => {
    const sent = answerUploads(422, { title: 'Unusable', detail: 'It has no company.', remedy: 'Name the column.' })
    show(<ImportCompanies onClose={() => {}} />)
    await userEvent.upload(screen.getByLabelText(/File/), FILE)
    await userEvent.click(screen.getByRole('button', { name: 'Import' }))
    expect(await screen.findByText(/Name the column/)).toBeTruthy()
    await userEvent.click(screen.getByRole('button', { name: 'Import' }))
    expect(sent).toHaveLength(2)
  })
})
