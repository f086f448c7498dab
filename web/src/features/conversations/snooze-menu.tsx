import { AlarmClock } from 'lucide-react'
import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { Dialog, DialogContent } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { formatDateTime } from '@/lib/format'
import { snoozeChoices } from './snooze'

interface SnoozeDialogProps {
  open: boolean
  onOpenChange: (open: boolean) => void
  onSnooze: (until: Date) => void
}

/** Until when a thread is put aside. */
export function SnoozeDialog({ open, onOpenChange, onSnooze }: SnoozeDialogProps) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent
        title="Snooze until"
        description="Out of sight until then, or until the lead writes."
        className="max-w-sm"
      >
        <Choices
          onChoose={(until) => {
            onOpenChange(false)
            onSnooze(until)
          }}
        />
      </DialogContent>
    </Dialog>
  )
}

function Choices({ onChoose }: { onChoose: (until: Date) => void }) {
  const [own, setOwn] = useState('')
  const until = own ? new Date(own) : null
  const isPast = until !== null && until.getTime() <= Date.now()
  return (
    <div className="grid gap-4">
      <ul className="grid gap-0.5">
        {snoozeChoices(new Date()).map((choice) => (
          <li key={choice.label}>
            <Button variant="ghost" className="w-full justify-start" onClick={() => onChoose(choice.until)}>
              <AlarmClock /> <span className="text-foreground">{choice.label}</span>
              <span className="ml-auto text-xs">{formatDateTime(choice.until.toISOString())}</span>
            </Button>
          </li>
        ))}
      </ul>
      <form
        className="flex items-end gap-2 border-t pt-3"
        onSubmit={(event) => {
          event.preventDefault()
          if (until && !isPast) onChoose(until)
        }}
      >
        <div className="min-w-0 flex-1">
          <Field label="Another time" error={isPast ? 'Choose a time that is still to come.' : undefined}>
            {(control) => (
              <Input {...control} type="datetime-local" value={own} onChange={(event) => setOwn(event.target.value)} />
            )}
          </Field>
        </div>
        <Button type="submit" disabled={!until || isPast}>
          Snooze
        </Button>
      </form>
    </div>
  )
}
