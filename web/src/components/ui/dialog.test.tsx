import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { useState } from 'react'
import { expect, it, vi } from 'vitest'
import { Confirm, Dialog, DialogContent } from './dialog'
import { Menu, MenuContent, MenuItem, MenuTrigger } from './menu'

function Page() {
  const [open, setOpen] = useState<'sheet' | 'confirm' | null>(null)
  const close = () => setOpen(null)
  return (
    <>
      <button type="button" onClick={() => setOpen('sheet')}>
        Edit
      </button>
      <Menu>
        <MenuTrigger>More</MenuTrigger>
        <MenuContent>
          <MenuItem onSelect={() => setOpen('confirm')}>Delete</MenuItem>
        </MenuContent>
      </Menu>
      {open === 'sheet' && (
        <Dialog open onOpenChange={close}>
          <DialogContent title="Sheet">
            <input aria-label="Name" />
          </DialogContent>
        </Dialog>
      )}
      <Confirm
        open={open === 'confirm'}
        onOpenChange={close}
        title="Delete?"
        description="For good."
        action="Delete it"
        onConfirm={close}
      />
    </>
  )
}

it('gives the focus back to what opened a sheet', async () => {
  render(<Page />)
  await userEvent.click(screen.getByRole('button', { name: 'Edit' }))
  await vi.waitFor(() => expect(screen.getByRole('dialog')).toContainElement(document.activeElement as HTMLElement))
  await userEvent.keyboard('{Escape}')
  await vi.waitFor(() => expect(screen.getByRole('button', { name: 'Edit' })).toHaveFocus())
})

it('gives the focus back to the button of the menu from which a question was opened', async () => {
  render(<Page />)
  await userEvent.click(screen.getByRole('button', { name: 'More' }))
  await userEvent.click(screen.getByRole('menuitem', { name: 'Delete' }))
  await screen.findByRole('alertdialog')
  await userEvent.keyboard('{Escape}')
  await vi.waitFor(() => expect(screen.getByRole('button', { name: 'More' })).toHaveFocus())
})
