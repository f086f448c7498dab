import { Dialog, DialogContent } from '@/components/ui/dialog'
import { Kbd } from '@/components/ui/misc'
import { keyCaps, useAllShortcuts } from '@/lib/shortcuts'

/** What `?` shows: every shortcut that works on this page. */
export function ShortcutList({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const shortcuts = useAllShortcuts()
  const groups = Map.groupBy(shortcuts, (shortcut) => shortcut.group)
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent title="Keyboard shortcuts" className="max-w-2xl">
        <div className="grid gap-x-8 gap-y-5 sm:grid-cols-2">
          {[...groups].map(([group, entries]) => (
            <section key={group}>
              <h3 className="mb-1.5 font-medium text-muted-foreground text-xs">{group}</h3>
              <dl className="grid gap-1">
                {entries.map((entry) => (
                  <div key={entry.keys} className="flex items-center justify-between gap-4 text-[13px]">
                    <dt>{entry.label}</dt>
                    <dd className="flex gap-0.5">
                      {keyCaps(entry.keys).map((cap) => (
                        <Kbd key={cap}>{cap}</Kbd>
                      ))}
                    </dd>
                  </div>
                ))}
              </dl>
            </section>
          ))}
        </div>
      </DialogContent>
    </Dialog>
  )
}
