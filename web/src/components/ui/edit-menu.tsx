import { EllipsisVertical, Pencil, Trash2 } from 'lucide-react'
import { Button } from './button'
import { Menu, MenuContent, MenuItem, MenuTrigger } from './menu'

interface EditMenuProps {
  /** What it is about, for screen readers. */
  name: string
  onEdit: () => void
  /** Asks first. */
  onDelete: () => void
}

/** The menu of a thing that can be edited and deleted. */
export function EditMenu({ name, onEdit, onDelete }: EditMenuProps) {
  return (
    <Menu>
      <MenuTrigger asChild>
        <Button variant="ghost" size="icon-sm" aria-label={`Actions for ${name}`}>
          <EllipsisVertical />
        </Button>
      </MenuTrigger>
      <MenuContent>
        <MenuItem onSelect={onEdit}>
          <Pencil /> Edit
        </MenuItem>
        <MenuItem isDangerous onSelect={onDelete}>
          <Trash2 /> Delete …
        </MenuItem>
      </MenuContent>
    </Menu>
  )
}
