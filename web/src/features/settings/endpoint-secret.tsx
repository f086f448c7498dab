import { Button } from '@/components/ui/button'
import { CopyButton } from '@/components/ui/copy-button'
import { Dialog, DialogContent } from '@/components/ui/dialog'
import { Input } from '@/components/ui/input'

/** A signing secret, the only time that it is told. */
export function SecretDialog({ secret, onClose }: { secret: string; onClose: () => void }) {
  return (
    <Dialog open onOpenChange={onClose}>
      <DialogContent
        title="Signing secret"
        description="Enter it where messages are verified. It is shown only now."
        footer={
          <Button variant="primary" onClick={onClose}>
            I have kept it
          </Button>
        }
      >
        <div className="flex gap-2">
          <Input
            aria-label="Signing secret"
            readOnly
            value={secret}
            className="font-mono text-xs"
            onFocus={(event) => event.target.select()}
          />
          <CopyButton text={secret} aria-label="Copy the signing secret" />
        </div>
      </DialogContent>
    </Dialog>
  )
}
